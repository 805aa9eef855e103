"""US adults of a national survey: four weeks on five channels, with the same pressure on each user."""

from __future__ import annotations

import re
from collections import defaultdict

import pandas as pd
import pytest
from scipy.stats import spearmanr

from tests.data import DATA, need_data, rows
from tests.e2e.command import done, value, write
from tests.e2e.texts import SURVEYED

pytestmark = pytest.mark.e2e
PLATFORMS = ("youtube", "facebook", "instagram", "tiktok")
BANDS = ("18-29", "30-49", "50-64", "65+")
ADULTS, PER_USER = 258_000_000, 3
COLUMNS = {name: f"uses_{name}" for name in PLATFORMS} | {"tv": "cable_tv"}


@pytest.fixture(autouse=True, scope="module")
def _data():
    need_data()


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
{SURVEYED}plan:
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
