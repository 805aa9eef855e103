"""How far the work has come, and the buttons that start and stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import solara
import solara.lab

from sim.app.components.parts import Field, SaveButton
from sim.app.readings import exports
from sim.app.state import jobs, keeping_results
from sim.app.state.desk import threads
from sim.app.state.jobs import Job
from sim.app.state.look import Look, Same, touch
from sim.scenario.schema import Scenario

SECONDS_BETWEEN_LOOKS = 0.4
MOST_WORLDS = 100_000
MOST_UNSEARCHED = 15


def begin(look: Look, kind: str, names: tuple[str, ...], worlds: int) -> None:
    """Start a run or a comparison of the plans, as `offered` names them; all must be sound."""
    desk, there = look.desk, offered(look)
    if any(name not in there for name in names) or is_busy(look):
        return
    job = Job(kind, names, worlds * len(names))
    scenarios = [there[name] for name in names]
    known, keep = partial(keeping_results.again, desk), partial(keeping_results.keep, desk)
    desk.work_on(jobs.start(job, scenarios, worlds, threads(), known, keep))
    touch()


def offered(look: Look) -> dict[str, Scenario]:
    """Return every sound plan of the tab and its alternatives, under ``key`` and ``key/alternative``."""
    found = {}
    for key, plan in look.desk.plans.items():
        scenario = plan.draft.scenario
        for name, one in ({} if scenario is None else scenario.plans).items():
            found[key if one is scenario else f"{key}/{name}"] = one
    return found


def is_busy(look: Look) -> bool:
    """Tell whether this tab's last work goes on."""
    return look.desk.job is not None and look.desk.job.is_open


async def _watched(job: Job | None, on_look: Any, on_beat: Any, *, was_open: bool) -> None:
    """Look at a job now and then, and draw the page anew when it is over: also one that was quicker than the page."""
    n, shown = 0, None if job is None else job.peeked
    while job is not None and job.is_open:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        n += 1
        on_look(n)
        if job.peeked is not shown:
            shown = job.peeked
            on_beat(n)
    if n or was_open:
        touch()


@solara.component
def Progress(look: Look, on_beat: Any) -> None:
    """Show the bar of the job that runs and a button to stop it; `on_beat` is called when there is more to show."""
    job = look.desk.job
    _, set_beat = solara.use_state(0)
    is_open = job is not None and job.is_open  # as it is shown

    async def watch() -> None:
        await _watched(job, set_beat, on_beat, was_open=is_open)

    solara.lab.use_task(watch, dependencies=[Same(job)])
    if job is None:
        return
    if is_open:
        left = job.seconds_left()
        said = look.t("run.worlds_done", done=look.count(job.done), wanted=look.count(job.wanted))
        if job.state == "waiting":
            said = look.t("run.waiting")
        elif not job.done:
            said = look.t("run.preparing")
        elif left is not None:
            said += " · " + _speed(look, job.per_second() or 0.0, left)
        with solara.Div(classes=["pg-card", "pg-progress"]):
            with solara.Div(classes=["pg-grow"]):
                solara.v.ProgressLinear(
                    value=100 * job.done / max(job.wanted, 1),
                    indeterminate=not job.done,
                    rounded=True,
                    height=6,
                )
                solara.Text(said, classes=["pg-note", "pg-said"])
            solara.Button(
                look.t("run.cancel"), on_click=job.stop.set, outlined=True, disabled=job.stop.is_set()
            )
    elif job.state == "failed":
        with solara.Div(classes=["pg-faults"]):
            for fault in job.faults:
                solara.v.Html(tag="p", children=[look.fault(fault)])
    elif job.state == "stopped":
        with solara.Div(classes=["pg-card"]):
            solara.Text(look.t("run.stopped", done=look.count(job.done)))


def _speed(look: Look, per_second: float, left: float) -> str:
    """Return worlds per minute, and the time that is left."""
    rate = look.t("run.rate", n=look.count(60 * per_second))
    if left < 100:
        return rate + " · " + look.t("run.left", seconds=look.count(max(left, 1)))
    return rate + " · " + look.t("run.left_minutes", minutes=look.count(left / 60))


@solara.component
def Worlds(look: Look, value: int, on_value: Any) -> None:
    """Ask for the number of worlds."""
    with solara.Div(classes=["pg-tight"], style={"width": "110px"}):
        Field(
            label=look.t("run.worlds"), text=str(value), kind="number", outlined=True, least=1, most=MOST_WORLDS,
            event_typed=lambda text: on_value(int(text)),
        )  # fmt: skip


@solara.component
def Exports(look: Look, of: Any) -> None:
    """Offer the files of a run or a comparison."""
    with solara.Div(classes=["pg-wrap"]):
        for kind in exports.KINDS:
            FileButton(
                look,
                look.t(f"export.{kind}"),
                exports.made(of, kind, look.language),
                exports.name_of(of, kind),
            ).key(kind)


@solara.component
def FileButton(look: Look, label: str, make: Callable[[], bytes], name: str) -> None:
    """Offer one file, made on a thread of its own when it is asked for, of what the page showed last before that.

    Solara's own download forgets that it was asked for when the page is drawn anew meanwhile.
    """
    (turn, asked), ask = solara.use_state((0, make))

    def made() -> tuple[int, bytes | None]:
        return turn, asked() if turn else None

    task = solara.lab.use_task(made, dependencies=[turn], raise_error=False)
    done, file = task.value if task.finished else (turn if task.error else 0, None)
    SaveButton(
        label=label, name=name, mime=exports.MIME.get(name.rpartition(".")[2], "application/octet-stream"), file=file,
        done=done, event_pressed=lambda n: ask((n, make)),
    )  # fmt: skip
    if task.error:
        solara.v.Html(
            tag="span", children=[look.t("export.failed", why=str(task.exception))], class_="error--text"
        )


def result_of(look: Look, scenario: Scenario | None, worlds: int) -> Any:
    """Return the result of a plan as it stands now, where it was run on so many worlds; else None."""
    if scenario is None:
        return None
    return look.desk.results.get(jobs.key_of(scenario, worlds))


def choice(label: str, items: dict[str, str], value: str, on_value: Any, width: int) -> None:
    """Show a list to choose one of: value to wording; long ones are searched by typing."""
    kind = solara.v.Autocomplete if len(items) > MOST_UNSEARCHED else solara.v.Select
    kind(
        label=label, items=[{"text": text, "value": key} for key, text in items.items()], v_model=value,
        on_v_model=on_value, dense=True, outlined=True, hide_details=True, style_=f"max-width: {width}px",
    )  # fmt: skip
