"""`pregon compare`: scenario files, result folders or both, on the same worlds or not at all."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.e2e.command import done, edited, names, pregon, value, write
from tests.e2e.texts import TINY

pytestmark = pytest.mark.e2e
COLUMNS = (
    "metric,segment,channel,unit,plan_a,plan_b,mean_a,mean_b,difference,diff_lo,diff_hi,p_better,"
    "share_of_worlds,n_worlds,variance_ratio"
)
RICHER = """\
extends: base.yaml
name: Richer
plan: {flights: {tv_hello: {budget: 1_800}}}
"""
ALONE = """\
extends: base.yaml
name: Poorer
question: {ask: Is more money more contacts?, decide_by: contacts}
alternatives: {Richer: {plan.flights.tv_hello.budget: 1_800}, Dearer: {plan.partners.voices.fee: 60}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with two plans, a run of each, and their comparison made in three ways."""
    folder = tmp_path_factory.mktemp("compare")
    write(
        folder,
        {
            "base.yaml": TINY,
            "richer.yaml": RICHER,
            "others.yaml": "extends: base.yaml\nname: Others\naudience: {agents: 500}\n",
            "alone.yaml": ALONE,
            "luck.yaml": "extends: base.yaml\nname: Luck\nmaster_seed: 4\n",
            "longer.yaml": "extends: base.yaml\nname: Longer\ndays: 6\n",
        },
    )
    for name in ("base", "richer"):
        done("run", f"{name}.yaml", "--out", f"run_{name}", cwd=folder)
    for out, a, b in (("files", "richer.yaml", "base.yaml"), ("folders", "run_richer", "run_base"),
                      ("mixed", "run_richer", "base.yaml")):  # fmt: skip
        told = done("compare", a, b, "--out", out, cwd=folder)
        write(folder, {f"{out}.txt": told.out})
    return folder


def test_leaves_a_table_and_a_report(folder):
    for out in ("files", "folders", "mixed"):
        assert names(folder / out) == ["comparison.csv", "report.html"]
    assert (folder / "files/comparison.csv").read_text("utf-8").splitlines()[0] == COLUMNS
    report = (folder / "files/report.html").read_text("utf-8")
    assert "Richer" in report
    assert "Tiny" in report


def test_files_folders_and_both_give_the_same_bytes(folder):
    for name in ("comparison.csv", "report.html"):
        files = (folder / "files" / name).read_bytes()
        for out in ("folders", "mixed"):
            assert files == (folder / out / name).read_bytes(), (out, name)


def test_differences_are_paired_and_of_the_first_from_the_others(folder):
    frame = pd.read_csv(folder / "files/comparison.csv")
    assert set(frame.plan_a) == {"Richer"}
    assert set(frame.plan_b) == {"Tiny"}
    assert set(frame.n_worlds) == {3}
    assert not frame.duplicated(["metric", "segment", "channel"]).any()
    assert value(frame, "spend", "difference") == pytest.approx(900)
    assert value(frame, "contacts", "share_of_worlds", channel="tv") == 1
    assert value(frame, "contacts", "p_better", channel="tv") > 0.99
    # The flight on clips is in both plans: not a contact of it moves.
    assert value(frame, "contacts", "difference", channel="clips") == 0
    assert value(frame, "contacts", "p_better", channel="clips") == 0.5
    apart = [pd.read_parquet(folder / f"run_{name}/worlds.parquet") for name in ("richer", "base")]
    tv = [worlds[(worlds.metric == "contacts") & (worlds.segment == "all") & (worlds.channel == "tv")]
          .set_index("replication").value for worlds in apart]  # fmt: skip
    assert value(frame, "contacts", "difference", channel="tv") == pytest.approx((tv[0] - tv[1]).mean())


def test_says_which_letter_is_which_plan(folder):
    told = (folder / "folders.txt").read_text("utf-8").splitlines()
    assert told[:2] == ["A: Richer", "B: Tiny"]
    assert told[-1] == "Report: folders/report.html"


def test_one_file_is_compared_with_its_alternatives(folder):
    told = done("compare", "alone.yaml", "--out", "alone", cwd=folder)
    lines = told.out.splitlines()
    assert lines[:4] == ["A: Poorer", "B: Richer", "C: Dearer", "Question: Is more money more contacts?"]
    assert lines[4].startswith("Answer: ")
    assert "Richer (B)" in lines[4]
    frame, apart = (pd.read_csv(folder / out / "comparison.csv") for out in ("alone", "files"))
    mine = frame[frame.plan_b == "Richer"].reset_index(drop=True)
    assert mine.metric.equals(apart.metric)
    assert mine.mean_b.equals(apart.mean_a)
    assert mine.mean_a.equals(apart.mean_b)
    assert "Is more money more contacts?" in (folder / "alone/report.html").read_text("utf-8")
    assert "alternatives: Richer, Dearer; `pregon compare` runs them too, 3 plans in all" in (
        done("check", "alone.yaml", cwd=folder).out
    )
    alone, base = (folder / "run_alone", folder / "run_base")
    done("run", "alone.yaml", "--out", "run_alone", cwd=folder)
    assert (alone / "worlds.parquet").read_bytes() == (base / "worlds.parquet").read_bytes()


def test_three_plans_and_changes_to_all(folder):
    write(folder, {"poorer.yaml": RICHER.replace("Richer", "Poorer").replace("1_800", "300")})
    changes = ("--replications", 2, "--set", "plan.partners.voices.fee=10")
    done("compare", "base.yaml", "richer.yaml", "poorer.yaml", "--out", "three", *changes, cwd=folder)
    frame = pd.read_csv(folder / "three/comparison.csv")
    assert list(dict.fromkeys(zip(frame.plan_a, frame.plan_b, strict=True))) == [
        ("Tiny", "Richer"),
        ("Tiny", "Poorer"),
    ]
    assert set(frame.n_worlds) == {2}
    pair = frame[frame.plan_b == "Poorer"]
    assert value(pair, "spend", "mean_a") == pytest.approx(900 + 180 + 3 * 10)
    assert value(pair, "spend", "difference") == pytest.approx(600)


@pytest.mark.parametrize(
    ("plans", "words"),
    [
        (
            ("base.yaml", "others.yaml", "luck.yaml"),
            (
                "others.yaml: public ",
                "want plans on the same public",
                "luck.yaml: master seed 4 against 3 of base.yaml",
            ),
        ),
        (("luck.yaml", "run_base"), ("run_base: master seed 3 against 4 of luck.yaml",)),
        (("base.yaml", "longer.yaml"), ("6 days against 5", "want runs of the same length")),
        (("base.yaml",), ("one plan", "want two or more")),
        (("base.yaml", "bse.yaml"), ("bse.yaml: no such file",)),
        (("base.yaml", "empty"), ("empty/worlds.parquet: no such file", "`pregon run --out`")),
        (
            ("run_base", "torn"),
            ("torn/worlds.parquet: cannot be read", "torn/provenance.json: cannot be read"),
        ),
    ],
)
def test_refuses_plans_that_cannot_be_paired(folder, plans, words):
    for name in ("empty", "torn"):
        (folder / name).mkdir(exist_ok=True)
    for file in (folder / "run_base").iterdir():
        (folder / "torn" / file.name).write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    before = names(folder)
    refused = pregon("compare", *plans, "--out", "none", cwd=folder)
    assert refused.code == 2, refused.out + refused.err
    for word in words:
        assert word in refused.err, f"{word} is not in\n{refused.err}"
    assert "Traceback" not in refused.err
    assert refused.out == ""
    assert names(folder) == before


def test_refuses_to_write_over_a_plan_it_compares(folder):
    report = (folder / "run_base/report.html").read_bytes()
    refused = pregon("compare", "run_base", "run_richer", "--out", "run_base", cwd=folder)
    assert refused.code == 2
    assert "--out run_base: one of the plans to compare" in refused.err
    assert (folder / "run_base/report.html").read_bytes() == report
    assert "comparison.csv" not in names(folder / "run_base")


def test_a_plan_that_extends_another_keeps_its_public(folder):
    assert edited(RICHER, ("1_800", "900")) != RICHER
    told = done("check", "richer.yaml", cwd=folder).out
    assert "Richer: 5 days" in told
    assert "USD 1,800" in told
