"""The command `pregon`: a thin face of the library; heavy parts are imported when a command needs them."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.influencers import influencers
from sim.commands.options import Replications, ScenarioFile, Sets, Spoken, Threads, err, out, say
from sim.commands.sweep import sweep
from sim.errors import Fault, InputError, PregonError
from sim.results.files import refuse_folder

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.results.frames import Result
    from sim.scenario.schema import Scenario

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Try a communication campaign on a simulated public, before launch.

A [bold]scenario[/bold] (YAML) says who the public is, what is sent, through which channels, when and how often.

  pregon new my_plan                       a commented scenario to start from
  pregon check my_plan.yaml                is it right? how big, how long?
  pregon run my_plan.yaml --out out/plan   run it on many worlds; open out/plan/report.html
  pregon compare a.yaml b.yaml --out out/ab    two plans on the same people and the same luck
  pregon compare my_plan.yaml --out out/best   a plan and the alternatives in its file
  pregon sweep my_plan.yaml --out out/sweep    all its design points; started again it resumes
  pregon influencers my_plan.yaml          whom to book: certified, and measured by the whole day
  pregon flights my_plan.yaml --out flights.csv    its flights as a table, for a spreadsheet
  pregon app                               all of this in a browser, for those who write no YAML

Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted (what was finished is kept).""",
)
app.command()(sweep)
app.command()(influencers)
INTERRUPTED = 130

OutFolder = Annotated[
    Path,
    typer.Option(
        "--out", metavar="DIR", help="Folder for the results; made where needed.", show_default=False
    ),
]
Workbook = Annotated[bool, typer.Option("--xlsx", help="Leave report.xlsx too, a workbook for a client.")]
Open = Annotated[bool, typer.Option("--open", help="Open the report in the browser when it is done.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the plan, and of the file NAME.yaml.")] = "my_plan",
) -> None:
    """Write a commented starter scenario, NAME.yaml, into this folder."""
    from sim.scenario.starter import starter_text

    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if not stem:
        raise InputError(Fault("new", "no name", "want a name for the plan"))
    path = Path(f"{stem}.yaml")
    _write_new(path, starter_text(path.stem))
    out.print(f"{path} is written. Next: pregon check {path}", markup=False)


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(Fault(str(path), "the file exists", "want a name that is free")) from None
    except OSError as error:
        raise InputError(
            Fault(str(path), f"cannot be written ({error.strerror})", "want a name for a file")
        ) from None


@app.command()
def check(file: ScenarioFile, sets: Sets = None, threads: Threads = None) -> None:
    """Validate a scenario; say people, ties, sharing, memory and estimated time. Writes nothing."""
    scenario = _load(file, sets)
    from sim.experiment.estimate import estimate

    for line in estimate(scenario, threads):
        out.print(line, markup=False)


@app.command()
def run(
    file: ScenarioFile,
    folder: OutFolder,
    replications: Replications = None,
    master_seed: Annotated[
        int | None,
        typer.Option(
            "--master-seed",
            min=0,
            max=2**63 - 1,
            help="Luck of public and worlds.",
            show_default="the scenario's",
        ),
    ] = None,
    threads: Threads = None,
    sets: Sets = None,
    xlsx: Workbook = False,
    language: Spoken = "en",
    show: Open = False,
) -> None:
    """Run the plan on many worlds.

    Leaves summary.csv, worlds.parquet, daily.parquet, provenance.json and report.html in DIR; report.xlsx with --xlsx.
    Ctrl-C stops it and keeps the worlds that are finished.
    """
    changes = list(sets or [])
    if master_seed is not None:
        changes.append(f"master_seed={master_seed}")
    scenario = _load(file, changes)
    refuse_folder(folder)
    result = _run_and_save(scenario, replications, threads, folder, xlsx, language)
    say(result.headline(language))
    _point_at(folder, show)


@app.command()
def compare(
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="A [B C…]",
            help="Scenario files or result folders; A is compared with each other one, or with its alternatives.",
            show_default=False,
        ),
    ],
    folder: OutFolder,
    replications: Replications = None,
    threads: Threads = None,
    sets: Sets = None,
    xlsx: Workbook = False,
    language: Spoken = "en",
    show: Open = False,
) -> None:
    """Compare plans on the same worlds: same people, same luck, only the plan differs.

    One scenario file is compared with the alternatives that it holds.
    Leaves comparison.csv and report.html in DIR; report.xlsx with --xlsx.
    Refuses plans on different publics or master seeds.
    """
    refuse_folder(folder)
    if any(path.is_dir() and path.resolve() == folder.resolve() for path in plans):
        got = "one of the plans to compare, whose report would be lost"
        raise InputError(Fault(f"--out {folder}", got, "want a folder of its own"))
    scenarios = {path: _load(path, sets) for path in plans if not path.is_dir()}
    from sim.experiment.compare import compare_results, refuse_unpaired_scenarios
    from sim.experiment.plans import run_plans, with_alternatives
    from sim.results.frames import Result, load_result
    from sim.scenario.schema import Scenario

    opened = with_alternatives([(str(path), scenarios.get(path) or load_result(path)) for path in plans])
    refuse_unpaired_scenarios(
        {name: plan for name, plan in opened if isinstance(plan, Scenario)},
        {name: plan for name, plan in opened if isinstance(plan, Result)},
    )
    results, stopped = run_plans(
        opened,
        replications=replications,
        threads=threads,
        show=lambda name: _progress(f"{Path(name).name}: "),
    )
    comparison = compare_results(results, _labels([name for name, _ in opened[: len(results)]], results))
    _save(comparison, folder, xlsx, language)
    say([f"{letter}: {label}" for letter, (label, _) in zip(ascii_uppercase, comparison.runs, strict=False)])
    say(comparison.headline(language))
    _point_at(folder, show)
    if stopped:
        raise stopped


@app.command()
def flights(
    file: ScenarioFile,
    table: Annotated[
        Path | None,
        typer.Option("--out", metavar="CSV", help="A new file for the table.", show_default="the terminal"),
    ] = None,
    sets: Sets = None,
) -> None:
    """Write the plan's flights as a CSV table, to be changed in a spreadsheet.

    A scenario takes it back by `plan: {flights_from: flights.csv}`, with commas, semicolons or tabs between.
    """
    scenario = _load(file, sets)
    from sim.scenario.flight_table import flights_csv

    text = flights_csv(scenario.plan.flights)
    if table is None:
        sys.stdout.buffer.write(text.encode())
        return
    # Spreadsheets take UTF-8 for what it is only where a byte order mark says so.
    _write_new(table, "\ufeff" + text)
    out.print(f"{table} is written: {len(scenario.plan.flights)} flights.", markup=False)


@app.command("app")
def page(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of scenarios to offer; its `scenarios` too.")
    ] = Path("."),
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Where it listens.")] = 8765,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Open the planner's page in a browser, on this machine only; Ctrl-C ends it."""
    from sim.app.server.serve import serve

    serve(folder, port, lambda address: _page_is_at(address, show))


def _page_is_at(address: str, show: bool) -> None:
    out.print(f"The planner's page: {address} (Ctrl-C ends it)", markup=False)
    if show:
        import webbrowser

        webbrowser.open(address)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the scenario language, for editors."""
    import json

    from sim.scenario.editor import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")


def _load(file: Path, sets: list[str] | None) -> Scenario:
    from sim.scenario.schema import Scenario

    return Scenario.load(file, overrides=list(sets or []))


def _save(result: Result | Comparison, folder: Path, xlsx: bool, language: str) -> None:
    result.save(folder, language)
    workbook = folder / "report.xlsx"
    if xlsx:
        result.to_excel(workbook, language)
    elif workbook.exists():
        err.print(f"{workbook} is of an earlier run; --xlsx writes it anew.", markup=False)


def _run_and_save(
    scenario: Scenario,
    replications: int | None,
    threads: int | None,
    folder: Path,
    xlsx: bool,
    language: str,
) -> Result:
    from sim.experiment.runner import Interrupted

    try:
        result = _run(scenario, replications, threads)
    except Interrupted as stopped:
        if stopped.result is None:
            raise KeyboardInterrupt from None
        _save(stopped.result, folder, xlsx, language)
        err.print(f"The finished worlds are in {folder}.", markup=False)
        raise
    _save(result, folder, xlsx, language)
    return result


def _run(scenario: Scenario, replications: int | None, threads: int | None, label: str = "") -> Result:
    from sim.experiment.runner import run as run_scenario

    with _progress(label) as progress:
        return run_scenario(scenario, replications=replications, threads=threads, progress=progress)


def _progress(label: str) -> Any:
    from sim.commands.progress import progress

    return progress(err, label)


def _point_at(folder: Path, show: bool) -> None:
    report = folder / "report.html"
    out.print(f"Report: {report}", markup=False)
    if show:
        import webbrowser

        webbrowser.open(report.absolute().as_uri())


def _labels(opened: list[str], results: list[Result]) -> list[str]:
    names = [str(result.provenance["scenario"]["name"]) for result in results]
    if len(set(names)) == len(names):
        return names
    return [Path(name).stem if Path(name).is_file() else Path(name).name for name in opened]


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _interrupted() -> int:
    err.print("pregon: interrupted; nothing was written", markup=False)
    return INTERRUPTED


def guarded(command: Callable[[], object]) -> int:
    """Run a command; turn every error into a message on stderr and an exit code."""
    try:
        command()
    except SystemExit as leaving:
        if leaving.code == INTERRUPTED:  # typer has taken the KeyboardInterrupt, without a word
            return _interrupted()
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except InputError as error:
        for fault in error.faults:
            err.print(str(fault), markup=False)
        if len(error.faults) > 1:
            err.print(f"{len(error.faults)} faults; nothing was written.", markup=False)
        return error.exit_code
    except PregonError as error:
        err.print(f"pregon: {error}", markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return 1
    except MemoryError:
        err.print(
            "pregon: out of memory; want fewer agents or --threads 1 (see `pregon check`)", markup=False
        )
        return 1
    except Exception as error:
        if os.environ.get("PREGON_DEBUG"):
            traceback.print_exc()
        err.print(
            f"pregon: failed: {type(error).__name__}: {error} (PREGON_DEBUG=1 tells more)", markup=False
        )
        return 1
    return 0


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without β shows a question mark
    signal.signal(signal.SIGTERM, _as_interrupt)
    # pyarrow's own pool gives memory back and asks for it again with each file that a sweep writes.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    code = guarded(lambda: app(prog_name="pregon"))
    with contextlib.suppress(OSError):  # whoever read our output may be gone
        sys.stdout.flush()
        sys.stderr.flush()
    # Everything is written. A reader of pyarrow that met a damaged file may still hold a thread, which
    # would abort the process while the interpreter is taken down.
    os._exit(code)


if __name__ == "__main__":
    main()
