"""The reports: self-contained, escaped, the same bytes for the same numbers, and readable ones."""

from __future__ import annotations

import html
import itertools
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment.compare import Comparison, compare
from sim.results import catalog
from sim.results.frames import Result
from sim.results.report import chart_base, charts, run_parts, wording
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import Readings, frequency_shares
from sim.results.report.write import write_comparison_report, write_run_report
from sim.results.summary import daily_columns, framed, summary_columns, worlds_columns
from sim.scenario import metrics as scenario_metrics

Row = tuple[str, str, str]
PEOPLE = 2_000_000.0
N_DAYS = 60
VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})


def made_up(
    *, push: float = 1.0, n_worlds: int = 40, name: str = "Reusable bottle, spring launch",
    segments: tuple[str, ...] = ("students", "families", "retired"), channels: tuple[str, ...] = ("instagram", "tv"),
) -> Result:  # fmt: skip
    """Return a result whose numbers are smooth functions of world, day and name: no luck in it."""
    world = np.arange(n_worlds)[:, None]
    day = np.arange(1, N_DAYS + 1)[None, :]
    daily: dict[Row, npt.NDArray[np.float64]] = {}
    for s, segment in enumerate(("all", *segments)):
        scale = push * (1 + 0.12 * s) * (1 + 0.02 * np.sin((1.7 + 0.1 * s + 0.4 * push) * world))
        for c, channel in enumerate(("all", *channels)):
            met = np.minimum(0.45 * scale * (1 - np.exp(-day / 18)) / (1 + 0.45 * c), 1)
            daily["reach", segment, channel] = met
            for k in range(2, 11):
                daily[f"reach_{k}plus", segment, channel] = met * 0.6 ** (k - 1)
            contacts = met * 2.7
            daily["average_frequency", segment, channel] = contacts / met
            daily["grp", segment, channel] = 100 * contacts
            for metric, part in (("contacts", 1.0), ("attended_contacts", 0.5), ("earned_contacts", 0.01),
                                 ("owned_contacts", 0.002), ("partner_contacts", 0.0)):  # fmt: skip
                daily[metric, segment, channel] = PEOPLE * contacts * part
        growth = 1 - np.exp(-day / 30)
        for metric, high, share in (("awareness", 0.36, 0.4), ("consideration", 0.12, 0.6), ("adoption", 0.02, 0.3),
                                    ("attitude", 0.15, 0.9), ("trust", 0.5, 0.01)):  # fmt: skip
            daily[metric, segment, "all"] = high * scale * growth
            daily[f"{metric}_lift", segment, "all"] = high * share * scale * growth
        daily["total_reach", segment, "all"] = np.minimum(daily["reach", segment, "all"] * 1.05, 1)
        daily["pass_along_rate", segment, "all"] = 0.004 * scale * growth
        daily["earned_multiplier", segment, "all"] = 1 + 0.01 * scale * growth
        daily["shares", segment, "all"] = PEOPLE * 0.002 * scale * growth
    last = {row: values[:, -1] for row, values in daily.items()} | _last_only(daily, channels, push)
    values = np.stack([np.broadcast_to(v, n_worlds) for v in last.values()], axis=1)
    stacked = np.stack([np.broadcast_to(v, (n_worlds, N_DAYS)) for v in daily.values()], axis=2)
    return Result(
        framed(summary_columns(list(last), values, "USD", PEOPLE, np.zeros(n_worlds, np.int64))),
        framed(worlds_columns(list(last), values, range(n_worlds))),
        framed(daily_columns(list(daily), stacked, "USD")),
        provenance_of(name, push, n_worlds, segments, channels),
    )


def _last_only(daily: dict[Row, Any], channels: tuple[str, ...], push: float) -> dict[Row, Any]:
    met = {channel: daily["reach", "all", channel][:, -1] for channel in ("all", *channels)}
    both = met[channels[0]] + met[channels[1]] - met["all"]
    adopted = PEOPLE * daily["adoption", "all", "all"][:, -1]
    spend = 100_000 * push
    out: dict[Row, Any] = {("overlap", "all", "+".join(channels[:2])): both}
    for channel in channels[:2]:
        out["unique_reach", "all", channel] = out["overlap", "all", channel] = met[channel] - both
    for channel, part in zip(("all", *channels), (1.0, 0.4, 0.6), strict=False):
        contacts = daily["contacts", "all", channel][:, -1]
        out["spend", "all", channel] = np.array([spend * part])
        out["cpm", "all", channel] = 1000 * spend * part / contacts
        out["cost_per_reach_point", "all", channel] = spend * part / (100 * met[channel])
        out["cost_per_grp", "all", channel] = spend * part / (100 * contacts / PEOPLE)
    out["acquisitions", "all", "all"] = adopted
    out["cost_per_acquisition", "all", "all"] = spend / adopted
    out["cost_per_incremental_acquisition", "all", "all"] = spend / (0.3 * adopted)
    out["objective:heard_three_times", "students", "all"] = np.arange(len(met["all"])) % 7 != 0
    return out


def provenance_of(
    name: str, push: float, n_worlds: int, segments: tuple[str, ...], channels: tuple[str, ...]
) -> dict[str, Any]:
    bought = 3_200_000 * push
    return {
        "scenario": {
            "name": name, "start": "2027-03-01", "days": N_DAYS, "currency": "USD", "master_seed": 7,
            "channels": {channel: {"ad_load": 2.0 if i else None} for i, channel in enumerate(channels)},
            "plan": {"flights": {
                "reveal": {"message": "reveal", "channel": channels[0], "to": ["students"], "days": "10-40",
                           "budget": 40_000 * push, "cap": {"times": 3, "per_days": 7}},
                "teaser": {"message": "teaser", "channel": channels[1], "days": "1-14", "budget": 60_000},
            }},
            "objectives": {"heard_three_times": {"metric": "reach_3plus", "segment": segments[0], "by_day": 40,
                                                 "at_least": 0.1, "probability": 0.6}},
        },
        "scenario_hash": name.encode().hex()[:16], "public_hash": "ab12", "master_seed": 7, "luck": "splitmix64-v1",
        "replications": list(range(n_worlds)), "versions": {"pregon": "0.1.0", "numpy": "2.4.6"},
        "public": {"people": PEOPLE, "agents": 50_000, "people_per_agent": 40.0,
                   "segments": dict.fromkeys(segments, 1 / len(segments)), "notes": ["3 blanks counted as no use"]},
        "network": {channels[0]: {"n_ties": 1_744_321, "mean_followers": 34.9, "reciprocity": None,
                                  "notes": ["12 self-loops dropped"]}},
        "flights": [
            {"flight": "reveal", "channel": channels[0], "message": "reveal", "bought": bought,
             "deliverable": 0.86 * bought, "undelivered": 0.14 * bought, "speed_up": 20.0,
             "spend": 34_400 * push, "unit_price": 12.5},
            {"flight": "teaser", "channel": channels[1], "message": "teaser", "bought": 1_666_667.0,
             "deliverable": 1_666_667.0, "undelivered": 0.0, "speed_up": 1.0, "spend": 60_000.0, "unit_price": 36.0},
        ],
        "partners": [{"booking": "creators", "channel": channels[0], "people": [11, 902, 40_231], "posts": 9,
                      "fees": 1575.0, "audience": 14_200}],
        "sharing": {"beta": {channels[0]: 0.83}},
        "baseline": "same worlds without flights, partners and owned posts",
    }  # fmt: skip


def run_report(result: Result, path: Path) -> str:
    write_run_report(
        path, summary=result.summary, daily=result.daily, worlds=result.worlds, provenance=result.provenance
    )
    return path.read_text("utf-8")


def comparison_report(compared: Comparison, path: Path) -> str:
    runs = [(label, r.summary, r.daily, r.worlds, r.provenance) for label, r in compared.runs]
    write_comparison_report(path, comparison=compared.frame, runs=runs)
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def plain() -> Result:
    return made_up()


@pytest.fixture(scope="module")
def plain_html(plain: Result, tmp_path_factory: pytest.TempPathFactory) -> str:
    return run_report(plain, tmp_path_factory.mktemp("run") / "report.html")


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(made_up(name="Cap three"), made_up(push=1.1, name="Cap five"))


@pytest.fixture(scope="module")
def compared_html(compared: Comparison, tmp_path_factory: pytest.TempPathFactory) -> str:
    return comparison_report(compared, tmp_path_factory.mktemp("compare") / "report.html")


class Structure(HTMLParser):
    """Collect what a browser would act on, and whether tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def words_of(text: str) -> str:
    """Return the text of a page as one reads it, spaces made plain."""
    joined = " ".join(Structure(text).texts)
    return re.sub(r"\s+", " ", joined.replace(wording.NBSP, " ").replace("\u2060", ""))


@pytest.mark.parametrize("kind", ["plain_html", "compared_html"])
def test_a_report_needs_no_network_and_no_script(kind: str, request: pytest.FixtureRequest) -> None:
    page = Structure(request.getfixturevalue(kind))
    assert page.open == []
    assert not {"script", "link", "iframe", "img", "object", "embed", "base", "form"} & set(page.tags)
    assert page.tags.count("svg") >= 4
    reaching_out = [
        (n, v) for n, v in page.attributes if n in {"src", "href", "action", "data", "xlink:href"}
    ]
    assert reaching_out == []
    assert "@import" not in request.getfixturevalue(kind)


def test_clipped_charts_share_no_id_and_draw_the_same_twice() -> None:
    # Vega numbers its clip paths over the whole process; the reports must not show it.
    rows = pd.DataFrame({"x": [0.0, 2.0], "y": [0.0, 2.0]})
    line = alt.Chart(rows).mark_line(clip=True).encode(x="x:Q", y="y:Q")
    first, second, other = (chart_base.to_svg(line, name, "a <line>") for name in ("one", "one", "two"))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first, other)]
    assert first == second
    assert all(ids)
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)\"]+)\)", first)) == ids[0]
    assert 'aria-label="a &lt;line&gt;"' in first


def test_same_inputs_same_bytes_whatever_ran_before(plain: Result, plain_html: str, tmp_path: Path) -> None:
    run_report(made_up(n_worlds=3), tmp_path / "other.html")
    elsewhere = plain.provenance | {
        "machine": "another",
        "start": "2031-01-01T00:00:00",
        "wall_seconds": 99.5,
    }
    again = Result(plain.summary, plain.worlds, plain.daily, elsewhere)
    assert run_report(again, tmp_path / "again.html") == plain_html


def test_another_result_gives_another_report(plain_html: str, tmp_path: Path) -> None:
    assert run_report(made_up(push=1.01), tmp_path / "report.html") != plain_html


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    bad = "<script>alert('x')</script>"
    hostile = made_up(
        name=bad,
        segments=("</style><b>", '" onload="x', "{{ 7*7 }}"),
        channels=("a+b]]>", "<img src=x onerror=y>"),
    )
    text = run_report(hostile, tmp_path / "report.html")
    page = Structure(text)
    assert page.open == []
    assert not {"script", "b", "img"} & set(page.tags)
    assert {name for name, _ in page.attributes} & {"onload", "onerror"} == set()
    assert bad in "".join(page.texts)
    assert "{{ 7*7 }}" in text
    assert "49" not in {piece.strip() for piece in page.texts}
    other = comparison_report(compare(hostile, made_up(push=1.1)), tmp_path / "comparison.html")
    assert not {"script", "img"} & set(Structure(other).tags)


def test_the_first_lines_answer_the_planner(plain: Result, plain_html: str) -> None:
    reach = plain.value("reach")
    text = words_of(plain_html)
    assert re.search(
        rf"The plan reaches {100 * reach:.1f} % of 2\.0 M people \(95 % of worlds: \d\d\.\d–\d\d\.\d %\) "
        r"2\.7 times on average for USD 100,000\.",
        text,
    )
    aware, lift = plain.value("awareness"), plain.value("awareness_lift")
    assert f"{100 * aware:.1f} % are aware ({100 * lift:.1f} points more than without the campaign)" in text
    assert "Objective “heard_three_times” is met in 85 % of worlds; 60 % are asked." in text
    assert text.index("The plan reaches") < text.index("Key figures")


def test_without_a_clear_lift_none_is_claimed(plain: Result) -> None:
    summary = plain.summary.copy()
    row = summary["metric"] == "awareness_lift"
    summary.loc[row, ["mean", "mean_lo", "mean_hi"]] = [0.001, -0.001, 0.003]
    lines = run_parts.headline(Run("x", summary, plain.daily, plain.worlds, plain.provenance))
    assert "are aware (no clear difference to no campaign)" in lines[0]


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [(0.6, "✓ as surely as asked"), (0.99, "✗ not as surely"), (0.85, "too close to call")],
)
def test_an_objective_is_judged_by_its_interval(plain: Result, asked: float, verdict: str) -> None:
    scenario = plain.provenance["scenario"]
    aim = scenario["objectives"]["heard_three_times"] | {"probability": asked}
    provenance = plain.provenance | {"scenario": scenario | {"objectives": {"heard_three_times": aim}}}
    section = run_parts.objectives_section(Run("x", plain.summary, plain.daily, plain.worlds, provenance))
    assert section is not None
    (row,) = section.blocks[0].rows  # type: ignore[union-attr]
    assert row[-1].text == verdict
    assert row[3].under.endswith("34 of 40 worlds")


def test_few_worlds_are_said_to_tell_no_spread(tmp_path: Path) -> None:
    text = words_of(run_report(made_up(n_worlds=12), tmp_path / "report.html"))
    assert "95 % interval of the mean:" in text
    assert "nan" not in text.lower().split()
    one = words_of(run_report(made_up(n_worlds=1), tmp_path / "one.html"))
    assert "no interval: a single world" in one


def test_a_bare_run_still_makes_a_report(plain: Result, tmp_path: Path) -> None:
    kept = ["total_reach", "awareness"]
    frames = (frame[frame["metric"].isin(kept)] for frame in (plain.summary, plain.worlds, plain.daily))
    bare = Result(
        *frames, provenance=plain.provenance | {"flights": [], "partners": [], "network": {}, "sharing": {}}
    )
    text = words_of(run_report(bare, tmp_path / "report.html"))
    assert "Without bought contacts, the plan's messages meet" in text
    assert "Gross rating points" not in text


def test_partners_and_flights_are_named_as_planned(plain_html: str) -> None:
    text = words_of(plain_html)
    assert "11, 902, 40231 9 14,200 USD 1,575" in text
    assert "teaser days 1–14 teaser · tv to all 1.7 M – – USD 60,000 USD 36.00" in text


def test_undelivered_is_told_with_its_reason(plain_html: str) -> None:
    text = words_of(plain_html)
    assert "448,000 14.0 % of it cap 3 per 7 days pressed ×20.00 to make it good" in text


def test_only_what_is_shown_is_explained(plain: Result, plain_html: str) -> None:
    explained = re.findall(r"<dt>(.*?) <span", plain_html)
    titles = {catalog.METRICS[m].title for m in plain.summary["metric"] if m in catalog.METRICS}
    named = {html.unescape(title) for title in explained}
    assert "Reach 2+, 3+, …" in named
    assert named - {"Reach 2+, 3+, …"} <= titles
    assert "Return on investment" not in named


def test_a_failed_write_leaves_the_old_report(
    plain: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", "utf-8")

    def broken(self: Path, *_: object, **__: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", broken)
    with pytest.raises(OSError, match="disk full"):
        write_run_report(
            target, summary=plain.summary, daily=plain.daily, worlds=plain.worlds, provenance=plain.provenance
        )
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_comparison_says_what_differs_and_how_surely(compared: Comparison, compared_html: str) -> None:
    text = words_of(compared_html)
    frame = compared.frame
    row = frame[(frame.metric == "reach") & (frame.segment == "all") & (frame.channel == "all")].iloc[0]
    size = f"{-100 * row['difference']:.1f}"
    assert f"On the same 40 worlds, A reaches {size} points fewer of the people than B (95 % interval" in text
    assert "A costs USD 10,000 less than B: USD 100,000 against USD 110,000." in text
    assert "plan.flights.reveal.budget 40,000 44,000" in text
    assert "Without pairing it would take this many times as many worlds" in text


def test_equal_plans_do_not_clearly_differ(tmp_path: Path) -> None:
    same = compare(made_up(name="One"), made_up(name="Other"))
    text = words_of(comparison_report(same, tmp_path / "report.html"))
    assert (
        "A and B do not clearly differ in reach, total reach, awareness, consideration and adoption." in text
    )
    assert "A and B cost the same: USD 100,000." in text
    assert "What differs between the plans" not in text


def test_three_plans_are_each_set_against_the_first(tmp_path: Path) -> None:
    three = compare(made_up(name="One"), made_up(push=1.1, name="Two"), made_up(push=0.9, name="Three"))
    text = words_of(comparison_report(three, tmp_path / "report.html"))
    assert "A against B" in text
    assert "A against C" in text
    assert re.search(r"A reaches \d\.\d points more of the people than C", text)


def test_the_catalogue_and_the_scenario_know_the_same_indicators() -> None:
    own = set(catalog.METRICS) - {"overlap"}
    assert own == set(scenario_metrics.METRICS) - {"overlap"}


def test_every_indicator_has_title_unit_and_definition() -> None:
    titles = [metric.title for metric in catalog.METRICS.values()]
    assert len(titles) == len(set(titles))
    for name, metric in catalog.METRICS.items():
        assert metric.name == name
        assert metric.definition in catalog.describe(name)
        assert not metric.definition.endswith(".")
        assert metric.over_channels


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("reach", "share"), ("spend", "CLP"), ("cpm", "CLP per 1000 impressions"), ("grp", "points"),
        ("trust_lift", "trust"), ("objective:x", "share"), ("cost_per_acquisition", "CLP per adoption"),
    ],
)  # fmt: skip
def test_units_carry_the_currency(metric: str, unit: str) -> None:
    assert catalog.unit_of(metric, "CLP") == unit


@pytest.mark.parametrize("name", ["reech", "objective:", "reach_11plus", ""])
def test_an_unknown_indicator_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no such indicator"):
        catalog.metric_of(name)


def test_the_nearest_indicator_is_hinted() -> None:
    with pytest.raises(InputError, match=r"did you mean awareness\?"):
        catalog.unit_of("awarness", "USD")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.4387, "share", "43.9 %"), (0.0044, "share", "0.44 %"), (0.0, "share", "0.0 %"),
        (1_234_567, "people", "1.2 M people"),
        (12_300, "people", "12,300 people"), (2.58e8, "people", "258 M people"), (7.1e9, "contacts", "7.1 bn contacts"),
        (12_300, "USD", "USD 12,300"), (6.7, "USD per 1000 impressions", "USD 6.70 per 1000 impressions"),
        (-12_300, "USD", "−USD 12,300"), (117.24, "points", "117.2 GRP"), (-0.00041, "attitude", "−0.00041"),
        (-1e-9, "trust", "0.00000"),
        (math.nan, "share", "–"), (None, "USD", "–"), (math.inf, "USD", "–"),
    ],
)  # fmt: skip
def test_numbers_read_as_a_planner_writes_them(value: float | None, unit: str, text: str) -> None:
    assert wording.quantity(value, unit).replace(wording.NBSP, " ") == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "is_difference", "text"),
    [
        (0.436, 0.442, "share", False, "43.6–44.2 %"), (0.43601, 0.43652, "share", False, "43.60–43.65 %"),
        (-0.003, 0.012, "share", True, "−0.3 to +1.2 pp"), (-0.2, 0.1, "attitude", False, "−0.200 to 0.100"),
        (100_000.0, 100_000.0, "USD", False, "USD 100,000"), (math.nan, 1.0, "share", False, "–"),
        (1_190_000, 1_240_000, "contacts", False, "1.19–1.24 M contacts"),
    ],
)  # fmt: skip
def test_intervals_tell_their_ends_apart(
    low: float, high: float, unit: str, is_difference: bool, text: str
) -> None:
    told = wording.interval(low, high, unit, is_difference=is_difference)
    assert told.replace(wording.NBSP, " ") == text


@pytest.mark.parametrize(
    ("p", "text"), [(1.0, "100 %"), (0.9991, "> 99 %"), (0.0002, "< 1 %"), (0.0, "0 %"), (0.5, "50 %")]
)
def test_a_chance_is_never_rounded_to_certainty(p: float, text: str) -> None:
    assert wording.chance(p).replace(wording.NBSP, " ") == text


def test_frequency_shares_add_up_to_everyone(plain: Result) -> None:
    shares = frequency_shares(plain.worlds, run_parts.REACH_STEPS)
    assert len(shares) == 11
    assert math.isclose(math.fsum(mean for mean, _, _ in shares), 1.0, rel_tol=1e-12)
    assert all(low <= mean <= high for mean, low, high in shares)
    assert math.isclose(shares[0][0], 1 - plain.value("reach"))
    assert math.isclose(shares[10][0], plain.value("reach_10plus"))


def test_end_labels_keep_their_distance_and_order() -> None:
    placed = chart_base.end_labels([0.30, 0.299, 0.01, 0.0, 0.5], top=0.5, height=200)
    order = sorted(placed)
    gap = min(b - a for a, b in itertools.pairwise(order))
    assert gap >= 0.5 * 15 / 200 - 1e-12
    assert placed[0] > placed[1] > placed[2] > placed[3]
    assert max(placed) <= 0.5


@pytest.mark.parametrize(
    ("largest", "top"), [(0.437, 0.5), (0.5, 0.5), (61.0, 70.0), (0.0, 1.0), (math.nan, 1.0)]
)
def test_axes_end_on_round_numbers(largest: float, top: float) -> None:
    assert math.isclose(chart_base.nice_top(largest), top)


def test_channels_of_a_cell_are_told_whatever_their_names() -> None:
    assert charts.sets_of(["tv", "a+b", "web"])["a+b+tv"] == ("a+b", "tv")
    assert len(charts.sets_of([str(i) for i in range(32)])) == 32


def test_readings_remember_what_was_asked(plain: Result) -> None:
    readings = Readings(plain.summary)
    assert readings.get("reach") is not None
    assert readings.get("roi") is None
    assert readings.shown == {"reach"}
    assert set(readings.by_segment("awareness")) == {"students", "families", "retired"}
    assert set(readings.by_channel("reach")) == {"instagram", "tv"}


def test_a_summary_read_back_from_csv_gives_the_same_report(
    plain: Result, plain_html: str, tmp_path: Path
) -> None:
    plain.summary.to_csv(tmp_path / "summary.csv", index=False)
    again = Result(pd.read_csv(tmp_path / "summary.csv"), plain.worlds, plain.daily, plain.provenance)
    assert run_report(again, tmp_path / "report.html") == plain_html
