"""The ready sweeps: frequency × budget × creative, a split over five channels, 24 partner sets; on real people where their files are."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from sim import Scenario
from sim.experiment.design import checked, design_of
from tests.data import DATA, need_data
from tests.e2e.command import ROOT, done, edited, value, write

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(3000)]
READY = ROOT / "scenarios"
SWEEPS = {
    "frequency_sweep": 30,
    "us_adults_split": 70,
    "real/us_adults_split": 70,
    "real/streamers_partners": 24,
}
CHANNELS = ("youtube", "facebook", "instagram", "tiktok", "tv")
MONEY = [f"plan.flights.on_{name}.budget" for name in CHANNELS]
TOTAL = 10_000_000


def swept(folder, name, worlds):
    """Return ranking, summary and report of a ready sweep, in fewer worlds than it asks for."""
    text = (READY / f"{name}.yaml").read_text("utf-8")
    write(folder, {"plan.yaml": text.replace("../../../shared/data", str(DATA))})
    if "extends:" in text:
        write(folder, {"frequency.yaml": (READY / "frequency.yaml").read_text("utf-8")})
    said = done("sweep", "plan.yaml", "--out", "out", "--replications", worlds, cwd=folder).out
    assert f"Of {SWEEPS[name]} design points" in said
    ranking, summary = (pd.read_csv(folder / "out" / f"{table}.csv") for table in ("ranking", "summary"))
    assert len(ranking) == SWEEPS[name]
    return ranking, summary, (folder / "out/report.html").read_text("utf-8")


@pytest.mark.parametrize("name", SWEEPS)
def test_each_asks_a_question_and_has_sound_points(name):
    if name.startswith("real/"):
        need_data()
    scenario = Scenario.load(READY / f"{name}.yaml")
    assert scenario.question.ask.endswith("?")
    assert len(checked(scenario, design_of(scenario))) == SWEEPS[name]
    assert scenario.sweep.rank.metric == scenario.question.decide_by


@pytest.mark.verify
def test_frequency_budget_and_creative(tmp_path):
    """The view of frequency has attitude beside it, and the same people tire more the more often they are met."""
    ranking, summary, page = swept(tmp_path, "frequency_sweep", 4)
    assert "How often?</h2>" in page
    assert "Attitude, lift" in page
    assert (
        f"The best frequency found: flights.always_on.cap.times {ranking['plan.flights.always_on.cap.times'][0]}"
        in page
    )
    assert re.search(r"Attitude gains most at flights\.always_on\.cap\.times \d", page)
    assert len(set(ranking["plan.flights.always_on.message"])) == 2
    cap = "plan.flights.always_on.cap.times"
    often = summary[
        (summary.metric == "average_frequency") & (summary.segment == "all") & (summary.channel == "all")
    ]
    assert often.groupby(cap)["mean"].mean().is_monotonic_increasing


def check_split(ranking, summary, page):
    """Every split costs the same; the best is better than all money on any one channel, and mixes some."""
    assert set(ranking[MONEY].sum(axis=1)) == {TOTAL}
    spend = summary[(summary.metric == "spend") & (summary.segment == "all") & (summary.channel == "all")][
        "mean"
    ]
    assert spend.to_numpy() == pytest.approx(TOTAL, rel=0.02)
    best = ranking.iloc[0]
    assert (best[MONEY] > 0).sum() >= 2
    alone = ranking[(ranking[MONEY] > 0).sum(axis=1) == 1]
    assert len(alone) == 5
    assert best["mean"] > alone["mean"].max()
    assert "Which channel split?</h2>" in page
    told = re.search(r"The best split found: ([^<]*)\.", page)[1]
    for name, share in zip(CHANNELS, best[MONEY] / TOTAL, strict=True):
        assert f"on_{name} {100 * share:.0f} %" in told.replace("\u00a0", " ")


@pytest.mark.verify
def test_a_split_over_five_channels(tmp_path):
    check_split(*swept(tmp_path, "us_adults_split", 4))


@pytest.mark.verify
def test_a_split_over_five_channels_on_a_survey(tmp_path):
    need_data()
    check_split(*swept(tmp_path, "real/us_adults_split", 4))


@pytest.mark.verify
def test_partner_sets_among_streamers(tmp_path):
    """More partners of a rule never meet fewer people; the view of partners is there."""
    need_data()
    ranking, summary, page = swept(tmp_path, "real/streamers_partners", 4)
    by, count = "plan.partners.streamers.choose.by", "plan.partners.streamers.choose.count"
    for _, rule in ranking.groupby(by):
        assert rule.sort_values(count)["mean"].is_monotonic_increasing
    dearest = summary[summary[count] == 32]
    assert value(dearest[dearest[by] == "views"], "spend", "mean") > 32 * 2 * 200 - 1
    assert "Which partners, and how many?</h2>" in page
    best = ranking.iloc[0]
    assert best[count] == 32
    assert f"The best set of partners found: partners.streamers.choose.by {best[by]} and " in page


def test_a_place_of_ones_own_for_the_survey(tmp_path):
    """The file of respondents may lie anywhere: `--set` names it."""
    need_data()
    text = (READY / "real/us_adults_split.yaml").read_text("utf-8")
    write(tmp_path, {"plan.yaml": edited(text, ("agents: 20_000", "agents: 2_000"))})
    file = f"audience.from_survey.file={DATA / 'audience/pew_2021_platform_use.csv'}"
    said = done("run", "plan.yaml", "--out", "out", "--replications", 2, "--set", file, cwd=tmp_path).out
    assert "Report" in said
