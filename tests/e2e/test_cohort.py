"""One student cohort in Copenhagen: three layers of ties over the same people."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from tests.data import DATA, need_data, rows
from tests.e2e.command import done, provenance, write

pytestmark = pytest.mark.e2e
NETWORKS = DATA / "networks"
HOSTS = 20


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


@pytest.fixture(scope="module")
def texts():
    """Return the number of texts from one student to another."""
    return {
        (row["src"], row["dst"]): int(row["n_contacts"])
        for row in rows(NETWORKS / "copenhagen.sms.edges.csv.gz")
    }


@pytest.fixture(scope="module")
def cohort(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("cohort")
    sent = Counter()
    for (sender, _), n in texts.items():
        sent[sender] += n
    hosts = [sender for sender, _ in sent.most_common(HOSTS)]
    layers = "".join(
        f"  {name}: {{edges: {NETWORKS}/copenhagen.{name}.edges.csv.gz, {how}}}\n"
        for name, how in (
            ("facebook", "directed: false"),
            ("calls", "directed: true, weight: n_contacts"),
            ("sms", "directed: true, weight: n_contacts"),
        )
    )
    # Everyone looks at texts all day, so that a text is seen with the tie's weight and nothing else.
    text = f"""\
name: A party
days: 20
master_seed: 5
replications: 30
sharing: null
audience:
  from_people:
    file: {NETWORKS}/copenhagen.nodes.csv.gz
    id: node
    segment_by: [female]
    usage: {{facebook: {{visits_per_day: 1}}, calls: {{visits_per_day: 0.5}}, sms: {{visits_per_day: 50}}}}
network:
{layers}channels:
  facebook: {{kind: feed, medium: feed}}
  calls: {{kind: feed, medium: direct}}
  sms: {{kind: feed, medium: direct, usage_shape: 100, visibility: 1}}
messages:
  party: {{appeals: {{social_integration: 0.9}}, quality: 0.9}}
plan:
  flights:
    paid: {{message: party, channel: facebook, days: 1-10, grp: 200}}
  partners:
    hosts: {{message: party, channel: sms, people: [{", ".join(hosts)}], post_on: {list(range(1, 21))}}}
"""
    write(folder, {"plan.yaml": text})
    done("run", "plan.yaml", "--out", "out", cwd=folder)
    return folder, hosts


def test_three_layers_lie_over_the_same_people(cohort):
    folder, _ = cohort
    ran = provenance(folder / "out")
    assert ran["public"]["agents"] == 844
    people = Counter(row["female"] or "unknown" for row in rows(NETWORKS / "copenhagen.nodes.csv.gz"))
    assert people["unknown"] == 57
    assert ran["public"]["segments"] == pytest.approx({name: n / 844 for name, n in people.items()})
    n_ties = {name: layer["n_ties"] for name, layer in ran["network"].items()}
    assert n_ties == {"facebook": 2 * (6429 - 11), "calls": 924, "sms": 1303}


def test_what_was_dropped_or_unknown_is_told(cohort):
    folder, _ = cohort
    ran = provenance(folder / "out")
    assert ran["network"]["facebook"]["notes"] == ["11 rows tied a person to themselves: dropped"]
    assert ran["network"]["calls"]["notes"] == ran["network"]["sms"]["notes"] == []
    assert any("female: blank in 57 of 844 rows" in note for note in ran["public"]["notes"])
    report = (folder / "out/report.html").read_text("utf-8")
    assert "11 rows tied a person to themselves" in report
    assert "blank in 57 of 844 rows" in report


def test_a_text_is_seen_with_the_strength_of_its_tie(cohort, texts):
    """Two-sided at 4 standard errors, known from the ties: a false alarm in 16,000."""
    folder, hosts = cohort
    strength = np.array([n for (sender, _), n in texts.items() if sender in hosts]) / max(texts.values())
    frame = pd.read_parquet(folder / "out/worlds.parquet")
    seen = frame[
        (frame.metric == "partner_contacts") & (frame.segment == "all") & (frame.channel == "sms")
    ].value
    expected = 20 * strength.sum()
    error = math.sqrt(20 * (strength * (1 - strength)).sum() / len(seen))
    assert len(seen) == 30
    assert abs(seen.mean() - expected) < 4 * error
    assert error < 0.02 * expected  # tight enough to tell weights from none
