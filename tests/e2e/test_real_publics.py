"""Campaigns on real publics, from the command line: streamers, listeners, a national survey, a cohort."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import re
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from tests.data import DATA, need_data
from tests.e2e.command import done, value, write

pytestmark = pytest.mark.e2e
NETWORKS = DATA / "networks"


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


def rows(path):
    """Return the rows of a CSV or CSV.gz file as dicts of text."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def provenance(folder):
    return json.loads((folder / "provenance.json").read_text("utf-8"))


# Spanish-language streamers: whom to pay for two posts, the twelve most viewed or any twelve?

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


# Listeners in Asia: countries want different things of a tour.

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
    low, high = ({c: value(frame, "attitude_lift", f"mean_{end}", c) for c in ("17", "0", "10")} for end in ("lo", "hi"))
    assert low["17"] > high["0"]
    assert low["0"] > high["10"] >= 0
    assert low["17"] > 0.01


def test_the_other_message_turns_it_round(listeners):
    frame = pd.read_csv(listeners / "both/comparison.csv")
    assert value(frame, "attitude_lift", "p_better", "17") > 0.999
    assert value(frame, "attitude_lift", "p_better", "10") < 0.001
    # Country 0 wants both alike: what is left is chance.
    assert abs(value(frame, "attitude_lift", "difference", "0")) < 0.1 * value(frame, "attitude_lift", "mean_a", "0")
    assert value(frame, "contacts", "difference") == 0


# US adults: four weeks on five channels, with the same pressure on each user.

PLATFORMS = ("youtube", "facebook", "instagram", "tiktok")
BANDS = ("18-29", "30-49", "50-64", "65+")
ADULTS, PER_USER = 258_000_000, 3
COLUMNS = {name: f"uses_{name}" for name in PLATFORMS} | {"tv": "cable_tv"}


def band(age):
    return next((BANDS[k] for k in (3, 2, 1, 0) if age and int(age) >= (18, 30, 50, 65)[k]), None)


@pytest.fixture(scope="module")
def use():
    """Return the weighted share who use each platform, of all and by age band; blank counts as no."""
    weight, users = defaultdict(float), defaultdict(float)
    for row in rows(DATA / "audience/pew_2021_platform_use.csv"):
        for group in ("all", band(row["age"])):
            weight[group] += float(row["weight"])
            for name, column in COLUMNS.items():
                users[group, name] += float(row["weight"]) * (row[column] == "yes")
    return {(group, name): total / weight[group] for (group, name), total in users.items()}


@pytest.fixture(scope="module")
def adults(tmp_path_factory, use):
    folder = tmp_path_factory.mktemp("adults")
    bought = {name: round(PER_USER * ADULTS * use["all", name]) for name in COLUMNS}
    flights = "".join(
        f"    on_{name}: {{message: census, channel: {name}, days: 1-28, impressions: {n}}}\n"
        for name, n in bought.items()
    )
    text = f"""\
name: US adults
days: 28
master_seed: 5
replications: 2
audience:
  people: {ADULTS}
  agents: 50_000
  from_survey:
    file: {DATA}/audience/pew_2021_platform_use.csv
    weight: weight
    bands: {{age: [18, 30, 50, 65]}}
    segment_by: [age_band]
    usage:
      youtube: {{uses: uses_youtube, often: freq_youtube}}
      facebook: {{uses: uses_facebook, often: freq_facebook}}
      instagram: {{uses: uses_instagram, often: freq_instagram}}
      tiktok: {{uses: uses_tiktok, visits_per_day: 2}}
      tv: {{uses: cable_tv, visits_per_day: 1.5}}
    visits_per_day:
      {{several times a day: 4, about once a day: 1, a few times a week: 0.4, every few weeks: 0.05, less often: 0.02}}
channels:
  youtube: {{kind: broadcast, medium: video}}
  facebook: {{kind: feed, medium: feed}}
  instagram: {{kind: feed, medium: feed}}
  tiktok: {{kind: feed, medium: feed}}
  tv: {{kind: broadcast, medium: tv}}
messages:
  census: {{appeals: {{information: 0.8}}, quality: 0.6}}
plan:
  flights:
{flights}"""
    write(folder, {"plan.yaml": text})
    write(folder, {"check.txt": done("check", "plan.yaml", cwd=folder).out})
    done("run", "plan.yaml", "--out", "out", cwd=folder)
    return folder


def test_reach_ranks_ages_and_platforms_as_their_use_does(adults, use):
    frame = pd.read_csv(adults / "out/summary.csv")
    cells = [(group, name) for group in BANDS for name in PLATFORMS]
    reach = [value(frame, "reach", "mean", group, name) for group, name in cells]
    shares = [use[cell] for cell in cells]
    assert spearmanr(reach, shares).statistic >= 0.9
    assert all(0 < met <= share + 0.03 for met, share in zip(reach, shares, strict=True))


def test_check_tells_the_use_that_the_survey_has(adults, use):
    told = (adults / "check.txt").read_text("utf-8")
    assert "public: 50,000 simulated persons for 258,000,000 people (one stands for 5,160)" in told
    for name in COLUMNS:
        share = float(re.search(rf"^  {name}: ([\d.]+) % use it", told, re.MULTILINE)[1])
        assert share == pytest.approx(100 * use["all", name], abs=0.2 + 0.05)  # .05: rounded to one digit
    assert "age_band: blank in 55 of 1,502 rows" in told


def test_the_plan_costs_what_its_impressions_do(adults, use):
    frame = pd.read_csv(adults / "out/summary.csv")
    cpm = {"youtube": 9.7, "facebook": 7.2, "instagram": 6.7, "tiktok": 10, "tv": 36}
    money = sum(PER_USER * ADULTS * use["all", name] * price / 1000 for name, price in cpm.items())
    assert value(frame, "spend", "mean") == pytest.approx(money, rel=1e-6)
    assert value(frame, "impressions_undelivered", "mean") == 0
    bought = value(frame, "impressions_bought", "mean")
    # 50,000 people stand for 258 million: contacts come in lots of 5,160.
    assert value(frame, "contacts", "mean") == pytest.approx(bought, rel=0.02)


# One student cohort in Copenhagen: three layers over the same people.

HOSTS = 20


@pytest.fixture(scope="module")
def texts():
    """Return the number of texts from one student to another."""
    return {(row["src"], row["dst"]): int(row["n_contacts"]) for row in rows(NETWORKS / "copenhagen.sms.edges.csv.gz")}


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
    seen = frame[(frame.metric == "partner_contacts") & (frame.segment == "all") & (frame.channel == "sms")].value
    expected = 20 * strength.sum()
    error = math.sqrt(20 * (strength * (1 - strength)).sum() / len(seen))
    assert len(seen) == 30
    assert abs(seen.mean() - expected) < 4 * error
    assert error < 0.02 * expected  # tight enough to tell weights from none
