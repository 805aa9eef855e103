"""Listeners in Asia, who want different things of a tour by country."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from tests.data import DATA, need_data, rows
from tests.e2e.command import done, provenance, value, write

pytestmark = pytest.mark.e2e
NETWORKS = DATA / "networks"
LISTENERS = f"""\
name: The show
days: 15
master_seed: 5
replications: 6
audience:
  from_people:
    file: {NETWORKS}/lastfm_asia.nodes.csv.gz
    id: node
    segment_by: [country]
    usage: {{lastfm: {{visits_per_day: 1}}}}
  segments:
    17: {{motivations: {{entertainment: 1}}}}
    10: {{motivations: {{remuneration: 1}}}}
    0: {{motivations: {{entertainment: 1, remuneration: 1}}}}
network:
  lastfm: {{edges: {NETWORKS}/lastfm_asia.edges.csv.gz, directed: false}}
channels:
  lastfm: {{kind: feed, medium: feed, cpm: 4}}
messages:
  show: {{appeals: {{entertainment: 0.9}}, quality: 0.7}}
  voucher: {{appeals: {{remuneration: 0.9}}, quality: 0.7}}
plan:
  flights:
    tour: {{message: show, channel: lastfm, days: 1-12, grp: 400}}
"""


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


@pytest.fixture(scope="module")
def listeners(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listeners")
    other = "extends: show.yaml\nname: The voucher\nplan: {flights: {tour: {message: voucher}}}\n"
    write(folder, {"show.yaml": LISTENERS, "voucher.yaml": other})
    done("run", "show.yaml", "--out", "show", cwd=folder)
    done("compare", "show", "voucher.yaml", "--out", "both", cwd=folder)
    return folder


def test_listeners_are_counted_by_country(listeners):
    ran = provenance(listeners / "show")
    people = rows(NETWORKS / "lastfm_asia.nodes.csv.gz")
    assert ran["public"]["agents"] == len(people) == 7624
    counted = Counter(row["country"] for row in people)
    assert ran["public"]["segments"] == pytest.approx({name: n / 7624 for name, n in counted.items()})
    assert ran["network"]["lastfm"]["n_ties"] == 2 * 27_806
    assert ran["network"]["lastfm"]["same_segment"] > 0.85


def test_a_country_is_moved_by_what_it_wants(listeners):
    frame = pd.read_csv(listeners / "show/summary.csv")
    low, high = (
        {c: value(frame, "attitude_lift", f"mean_{end}", c) for c in ("17", "0", "10")}
        for end in ("lo", "hi")
    )
    assert low["17"] > high["0"]
    assert low["0"] > high["10"] >= 0
    assert low["17"] > 0.01


def test_the_other_message_turns_it_round(listeners):
    frame = pd.read_csv(listeners / "both/comparison.csv")
    assert value(frame, "attitude_lift", "p_better", "17") > 0.999
    assert value(frame, "attitude_lift", "p_better", "10") < 0.001
    # Country 0 wants both alike: what is left is chance.
    assert abs(value(frame, "attitude_lift", "difference", "0")) < 0.1 * value(
        frame, "attitude_lift", "mean_a", "0"
    )
    assert value(frame, "contacts", "difference") == 0
