"""Sweeps on real people: a split over five channels on US adults, 24 partner sets among Spanish-language streamers."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.data import need_data
from tests.e2e.command import done, value, write
from tests.e2e.test_streamers import STREAMERS
from tests.e2e.texts import SURVEYED

pytestmark = [pytest.mark.e2e, pytest.mark.verify, pytest.mark.timeout(3000)]
CHANNELS = ("youtube", "facebook", "instagram", "tiktok", "tv")
TOTAL = 10_000_000
ADULTS = f"""\
name: US adults, one budget on five channels
days: 28
master_seed: 5
replications: 4
audience:
  people: 258_000_000
  agents: 20_000
{SURVEYED}plan:
  flights:
""" + "".join(
    f"    on_{name}: {{message: census, channel: {name}, days: 1-28, budget: {TOTAL // 5}}}\n" for name in CHANNELS
) + f"""\
sweep:
  split: {{media: {{over: [{", ".join(f"plan.flights.on_{name}.budget" for name in CHANNELS)}], steps: 3}}}}
  rank: {{metric: reach, margin: 0.01}}
"""  # fmt: skip
SETS = (
    STREAMERS
    + """\
sweep:
  vary:
    plan.partners.streamers.choose.by: [views, audience, influence]
    plan.partners.streamers.choose.count: [1, 2, 4, 8, 12, 16, 24, 32]
  rank: {metric: total_reach}
"""
)


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


def test_a_split_over_five_channels(tmp_path):
    """Every split costs the same; the best is no worse than all money on any one channel, and mixes some."""
    write(tmp_path, {"plan.yaml": ADULTS})
    said = done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path).out
    ranking = pd.read_csv(tmp_path / "out/ranking.csv")
    money = [f"plan.flights.on_{name}.budget" for name in CHANNELS]
    assert len(ranking) == 35
    assert set(ranking[money].sum(axis=1)) == {TOTAL}
    summary = pd.read_csv(tmp_path / "out/summary.csv")
    spend = summary[(summary.metric == "spend") & (summary.channel == "all")]["mean"]
    assert spend.to_numpy() == pytest.approx(TOTAL, rel=0.02)
    best = ranking.iloc[0]
    assert (best[money] > 0).sum() >= 2
    alone = ranking[(ranking[money] > 0).sum(axis=1) == 1]
    assert len(alone) == 5
    assert best["mean"] > alone["mean"].max()
    assert "Which channel split?</h2>" in (tmp_path / "out/report.html").read_text("utf-8")
    assert "Of 35 design points" in said


def test_partner_sets_among_streamers(tmp_path):
    """More partners of a rule never meet fewer people; the view of partners is there."""
    write(tmp_path, {"plan.yaml": SETS})
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    ranking = pd.read_csv(tmp_path / "out/ranking.csv")
    by, count = "plan.partners.streamers.choose.by", "plan.partners.streamers.choose.count"
    assert len(ranking) == 24
    for _, rule in ranking.groupby(by):
        assert rule.sort_values(count)["mean"].is_monotonic_increasing
    fees = pd.read_csv(tmp_path / "out/summary.csv")
    dearest = fees[fees[count] == 32]
    assert value(dearest[dearest[by] == "views"], "spend", "mean") > 32 * 2 * 200 - 1
    assert "Which partners, and how many?</h2>" in (tmp_path / "out/report.html").read_text("utf-8")
