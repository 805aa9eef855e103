"""Whom to book: the certified choice beside plain rules, what each person adds, and the way into the plan."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import solara

from sim.app.components import charts
from sim.app.components.fields.forms import Faults
from sim.app.components.influencers import choice_charts
from sim.app.components.influencers.choice_form import AskForm, NoBooking
from sim.app.components.parts import Chart, Table, Tiles
from sim.app.components.working import FileButton, Progress, Worlds, choice
from sim.app.readings.choice_tables import (
    METRICS,
    Row,
    by_segment,
    effect,
    effect_columns,
    people_table,
    rule_words,
    sentences,
    tiles,
)
from sim.app.readings.sweep_figures import records
from sim.app.state import choosing
from sim.app.state import look as looks
from sim.app.state.choosing import CERTIFIED, KIND
from sim.app.state.desk import Plan, threads
from sim.app.state.kept import Ask, Chosen
from sim.app.state.look import Look, Same, attempt, touch
from sim.results.report.lookup import ALL


@solara.component
def InfluencersPage(look: Look) -> None:
    """Ask for people, see whom the certificate chooses, measure the lists, send one to the plan."""
    desk, plan = look.desk, look.desk.plan
    if plan is None:
        return
    tree = plan.draft.tree or {}
    names = choosing.bookings_of(tree)
    ask = desk.asks.get(desk.current)
    if ask is None or ask.booking not in names:
        ask = choosing.ask_of(tree, names[0]) if names else None
    if ask is not None:
        Board(look, plan, tree, ask).key(f"board-{desk.current}")
        return
    solara.v.Html(tag="h1", children=[look.t("choice.title")], class_="pg-title")
    solara.v.Html(tag="p", children=[look.t("choice.sub")], class_="pg-sub")
    Faults(look)
    NoBooking(look)


@solara.component
def Board(look: Look, plan: Plan, tree: Row, ask: Ask) -> None:
    """Show one booking: what is asked, how far the work has come, and who was chosen."""
    desk, scenario, job = look.desk, plan.draft.scenario, look.desk.job
    worlds = desk.worlds_of(plan.key)
    _, set_beat = solara.use_state(0)
    router = solara.use_router()
    key = solara.use_memo(
        lambda: "" if scenario is None else choosing.key_of(scenario, ask), [Same(scenario), ask]
    )
    is_open = job is not None and job.is_open
    is_choosing = is_open and job is not None and job.kind == KIND
    solara.use_memo(lambda: choosing.again(desk, key), [key])
    chosen = desk.choices.get(key)
    shown = chosen or (next(reversed(desk.choices.values()), None) if is_choosing else None)

    def begin(asked: Ask, n: int) -> None:
        """Start; a choice that is under way gives way to the new one, other work does not."""
        if scenario is None or (is_open and not is_choosing):
            return
        if is_choosing and job is not None:
            job.stop.set()
        desk.work_on(choosing.start(desk, plan, asked, n, threads()))
        touch()

    def change(asked: Ask) -> None:
        if asked.booking != ask.booking:
            asked = choosing.ask_of(tree, asked.booking)
        desk.asks[plan.key] = asked
        if desk.choices:
            begin(asked, 0)
        touch()

    def send(chosen: Chosen, rule: str) -> None:
        attempt(lambda: desk.put(choosing.sent(ask, chosen, rule)))
        if not looks.notice.value:
            looks.chosen.value = ("partners", ask.booking)
            router.push("/plan")

    is_ready = scenario is not None and not is_open
    measured = -1 if chosen is None else chosen.worlds
    Heading(look, plan.key, lambda n: begin(ask, n), measured if is_ready else worlds)
    Faults(look)
    cost = None if chosen is None else chosen.answer.facts.spent
    known = () if shown is None else tuple(map(str, shown.answer.people["segment"].unique()))
    AskForm(look, ask, cost, [name for name in known if name != ALL], change).key(f"ask-{look.language}")
    Progress(look, set_beat).key(f"job-{id(job)}")
    if shown is not None:
        with solara.Div(style={"opacity": "1" if chosen is not None else "0.45"}):
            Outcome(look, shown, ask, send, is_sound=chosen is not None)


@solara.component
def Heading(look: Look, key: str, begin: Callable[[int], None], measured: int) -> None:
    """Show the buttons that choose and measure; `measured` worlds are there already, -1 where nobody is chosen."""
    worlds = look.desk.worlds_of(key)

    def set_worlds(n: int) -> None:
        look.desk.ask_worlds(key, n)
        touch()

    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "12px"}):
        solara.v.Html(tag="h1", children=[look.t("choice.title")], class_="pg-title")
        solara.Div(classes=["pg-grow"])
        Worlds(look, worlds, set_worlds)
        solara.Button(
            look.t("choice.choose"), on_click=lambda: begin(0), outlined=True, disabled=measured >= 0
        )
        solara.Button(
            look.t("choice.measure"), color="primary", icon_name="mdi-play", on_click=lambda: begin(worlds),
            disabled=measured >= worlds,
        )  # fmt: skip
    solara.v.Html(tag="p", children=[look.t("choice.sub")], class_="pg-sub")


@solara.component
def Outcome(
    look: Look, chosen: Chosen, ask: Ask, send: Callable[[Chosen, str], None], *, is_sound: bool
) -> None:
    """Show who was chosen, what is certified, and what the day made of every list."""
    rule, set_rule = solara.use_state(CERTIFIED)
    facts, people = chosen.answer.facts, chosen.answer.people
    if rule not in chosen.lists:
        rule = CERTIFIED
    with solara.Div(classes=["pg-card", "pg-lines", "pg-answer"]):
        for line in sentences(look, chosen):
            solara.v.Html(tag="p", children=[line])
    Tiles(items=tiles(look, chosen), hint=look.t("choice.certificate"))
    with solara.Div(classes=["pg-card", "pg-wrap", "pg-tight"]):
        rules = {name: rule_words(look, name) for name in chosen.lists}
        choice(look.t("choice.list"), rules, rule, set_rule, 260)
        said = look.t("choice.cost_of", n=look.count(len(chosen.lists[rule])),
                      cost=look.quantity(chosen.costs[rule], facts.currency))  # fmt: skip
        solara.v.Html(tag="span", children=[said], class_="pg-note")
        solara.Div(classes=["pg-grow"])
        solara.Button(
            look.t("choice.send"), color="primary", icon_name="mdi-send", disabled=not is_sound,
            on_click=lambda: send(chosen, rule),
        )  # fmt: skip
        for name in ("influencers.csv", *(("effects.csv", "report.html") if chosen.worlds else ())):
            FileButton(
                look,
                look.t(f"choice.file_{name.partition('.')[0]}"),
                file_of(chosen, name, look.language),
                name,
            ).key(name)
    with solara.Div(classes=["pg-two", "pg-fill"]):
        Gains(look, chosen, ask)
        Overlap(look, chosen)
    columns, rows = people_table(look, people, facts.currency)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("choice.people")])
        Table(columns=columns, rows=rows, most=420)
        solara.v.Html(
            tag="p", children=[look.t("choice.people_about", currency=facts.currency)], class_="pg-note"
        )
    if chosen.worlds:
        Effects(look, chosen)


def file_of(chosen: Chosen, name: str, language: str) -> Callable[[], bytes]:
    """Return a function that makes a file of the choice, as the command line leaves it; the report in a language."""

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="pregon-export-") as place:
            if chosen.worlds:
                chosen.answer.save(Path(place), language)
            else:
                chosen.answer.save_people(Path(place))
            return (Path(place) / name).read_bytes()

    return make


@solara.component
def Gains(look: Look, chosen: Chosen, ask: Ask) -> None:
    """Show what the first people reach together, by number or by money."""
    by, set_by = solara.use_state("count")
    facts, people = chosen.answer.facts, chosen.answer.people
    names = [
        look.t("choice.gain_point", n=place, person=row["person"], spread=look.count(row["spread"]),
               lower=look.count(row["at_least"]), cost=look.quantity(row["cum_cost"], facts.currency))
        for place, row in zip(people.index, records(people), strict=True)
    ]  # fmt: skip
    words = (look.t("choice.line"), look.t("choice.band"), look.t("choice.line_best"))
    spread, at_least = people["spread"].tolist(), people["at_least"].tolist()
    option = choice_charts.gains(spread, at_least, facts.upper, names, words)
    if by == "cost":
        money = people["cum_cost"].tolist()
        option = choice_charts.gains_by_money(money, spread, at_least, facts.upper, names, words, ask.budget)
    title = look.t("choice.gains")
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[title])
        with solara.Div(classes=["pg-tight"], style={"margin-bottom": "6px"}):
            ways = {
                "count": look.t("choice.by_count"),
                "cost": look.t("choice.by_cost", currency=facts.currency),
            }
            choice(look.t("choice.across"), ways, by, set_by, 220)
        Chart(option=option, height=260, label=title, language=look.language, dark=look.dark)
        solara.v.Html(tag="p", children=[look.t("choice.gains_about")], class_="pg-note")


@solara.component
def Overlap(look: Look, chosen: Chosen) -> None:
    """Show what each person adds beside whom those before reach already."""
    people = chosen.answer.people
    names = [
        look.t("choice.overlap_point", person=row["person"], gain=look.count(row["gain"]),
               alone=look.count(row["alone"]), overlap=look.share(row["overlap"]))
        for row in records(people)
    ]  # fmt: skip
    words = (look.t("choice.adds"), look.t("choice.already"))
    option = choice_charts.overlap(
        [str(p) for p in people["person"]], people["gain"].tolist(), people["alone"].tolist(), names, words
    )
    title = look.t("choice.overlap")
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[title])
        Chart(option=option, height=306, label=title, language=look.language, dark=look.dark)
        solara.v.Html(tag="p", children=[look.t("choice.overlap_about")], class_="pg-note")


@solara.component
def Effects(look: Look, chosen: Chosen) -> None:
    """Show what the whole day made of every list, on the same worlds."""
    metric, set_metric = solara.use_state(METRICS[0])
    facts, effects = chosen.answer.facts, chosen.answer.effects
    of_metric = effects[effects["metric"] == metric]
    whole = records(of_metric[of_metric["segment"] == ALL])
    said = look.t("choice.measured", day=facts.day, n=look.count(facts.n_worlds), booking=facts.booking,
                  posts=look.count(facts.n_posts))  # fmt: skip
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("choice.day")])
        solara.v.Html(tag="p", children=[said], class_="pg-note")
        with solara.Div(classes=["pg-tight"], style={"margin": "8px 0"}):
            told = {name: look.t(f"choice.metric_{name}") for name in METRICS}
            choice(look.t("run.indicator"), told, metric, set_metric, 260)
        with solara.Div(classes=["pg-two"]):
            marks = [
                (rule_words(look, r["rule"]), r["incremental"], r["incremental_lo"], r["incremental_hi"])
                for r in whole
            ]
            option = charts.forest(marks, "people", charts.COLOURS[0])
            option["grid"]["left"] = 18
            Chart(option=option, height=60 + 38 * len(marks), label=look.t("choice.day"), language=look.language,
                  dark=look.dark)  # fmt: skip
            Table(columns=effect_columns(look, facts.currency), rows=[effect(look, row) for row in whole])
    columns, rows = by_segment(look, of_metric)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(
            tag="h3", children=[look.t("choice.by_segment", metric=look.t(f"choice.metric_{metric}"))]
        )
        Table(columns=columns, rows=rows)
