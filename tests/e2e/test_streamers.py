"""Spanish-language streamers: whom to pay for two posts, the twelve most viewed or any twelve?"""

from __future__ import annotations

import hashlib
import math
from collections import Counter

import pandas as pd
import pytest

from tests.data import DATA, need_data, rows
from tests.e2e.command import done, provenance, value, write

pytestmark = pytest.mark.e2e
NETWORKS = DATA / "networks"
VISITS, POSTS, PARTNERS = 1.5, [5, 12], 12
STREAMERS = f"""\
name: Twelve most viewed
days: 21
master_seed: 5
replications: 8
audience:
  from_people:
    file: {NETWORKS}/twitch_ES.nodes.csv.gz
    id: node
    segment_by: [partner, mature]
    usage: {{twitch: {{visits_per_day: {VISITS}}}}}
network:
  twitch: {{edges: {NETWORKS}/twitch_ES.edges.csv.gz, directed: false}}
channels:
  twitch: {{kind: feed, medium: video, cpm: 4, visibility: 0.05}}
messages:
  demo: {{appeals: {{entertainment: 0.8}}, quality: 0.7}}
plan:
  flights:
    paid: {{message: demo, channel: twitch, days: 3-14, impressions: 6_000}}
  partners:
    streamers:
      message: demo
      channel: twitch
      choose: {{rule: top, by: views, count: {PARTNERS}}}
      fee: 200
      post_on: {POSTS}
"""


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


@pytest.fixture(scope="module")
def streamers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streamers")
    ids = [row["node"] for row in rows(NETWORKS / "twitch_ES.nodes.csv.gz")]
    drawn = sorted(ids, key=lambda node: hashlib.sha256(node.encode()).digest())[:PARTNERS]
    other = f"""\
extends: top.yaml
name: Twelve at random
plan: {{partners: {{streamers: {{choose: null, people: [{", ".join(drawn)}]}}}}}}
"""
    write(folder, {"top.yaml": STREAMERS, "drawn.yaml": other})
    done("run", "top.yaml", "--out", "top", cwd=folder)
    done("compare", "top", "drawn.yaml", "--out", "both", cwd=folder)
    return folder


def test_streamers_are_the_people_of_the_file(streamers):
    public = provenance(streamers / "top")["public"]
    people = rows(NETWORKS / "twitch_ES.nodes.csv.gz")
    assert (public["people"], public["agents"]) == (len(people), 4648)
    counted = Counter(f"{row['partner']} {row['mature']}" for row in people)
    assert public["segments"] == pytest.approx({name: n / len(people) for name, n in counted.items()})
    ties = provenance(streamers / "top")["network"]["twitch"]
    assert ties["n_ties"] == 2 * 59_382


def test_the_twelve_most_viewed_are_booked(streamers):
    people = rows(NETWORKS / "twitch_ES.nodes.csv.gz")
    ranked = sorted(people, key=lambda row: -int(row["views"]))
    (booking,) = provenance(streamers / "top")["partners"]
    assert booking["people"] == [row["node"] for row in ranked[:PARTNERS]]
    degree = Counter(end for row in rows(NETWORKS / "twitch_ES.edges.csv.gz") for end in row.values())
    assert booking["audience"] == sum(degree[node] for node in booking["people"])
    assert booking["fees"] == PARTNERS * len(POSTS) * 200


def test_the_most_viewed_bring_far_more_contacts_for_the_same_money(streamers):
    frame = pd.read_csv(streamers / "both/comparison.csv")
    top, drawn = (value(frame, "partner_contacts", f"mean_{plan}") for plan in "ab")
    assert top > 4 * drawn > 0
    assert value(frame, "partner_contacts", "p_better") > 0.999
    assert value(frame, "partner_contacts", "share_of_worlds") == 1
    assert value(frame, "total_reach", "p_better") > 0.99
    assert value(frame, "spend", "mean_a") == value(frame, "spend", "mean_b") == pytest.approx(24 + 4_800)
    # A post is seen with .05 · min(1, visits); visits are exponential with mean 1.5.
    seen = 0.05 * VISITS * (1 - math.exp(-1 / VISITS))
    audience = provenance(streamers / "top")["partners"][0]["audience"]
    assert top == pytest.approx(audience * len(POSTS) * seen, rel=0.1)


def test_the_flight_beside_them_does_not_move(streamers):
    frame = pd.read_csv(streamers / "both/comparison.csv")
    for metric in ("contacts", "reach", "reach_3plus", "impressions_delivered"):
        assert value(frame, metric, "mean_a") > 0
        assert value(frame, metric, "difference") == value(frame, metric, "diff_hi") == 0


def test_the_report_names_both_plans(streamers):
    report = (streamers / "both/report.html").read_text("utf-8")
    assert "Twelve most viewed" in report
    assert "Twelve at random" in report
