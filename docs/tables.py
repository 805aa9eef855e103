"""Write the tables of parameters into docs/model.md: ``python docs/tables.py``; a test holds the page to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from sim.scenario.parameters import Parameter, table

PAGE = Path(__file__).parent / "model.md"
MARK = re.compile(r"<!-- parameters: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def names() -> list[str]:
    """Return the files of defaults, by name."""
    found = resources.files("sim.scenario").joinpath("defaults").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in found if entry.name.endswith(".yaml"))


def rows(entries: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Parameter]]:
    """Yield every parameter of a file of defaults with its name, nested names with dots."""
    for key, entry in entries.items():
        if isinstance(entry, Parameter):
            yield above + key, entry
        else:
            yield from rows(entry, f"{above}{key}.")


def markdown(name: str) -> str:
    """Return one file of defaults as a table."""
    lines = ["| parameter | default | unit | range | source |", "| --- | ---: | --- | --- | --- |"]
    lines += [
        f"| `{key}` | {entry.value:.6g} | {entry.unit} | {entry.low:g} … {entry.high:g} | {entry.source} |"
        for key, entry in rows(table(name))
    ]
    return "\n".join(lines)


def rewritten(page: str) -> str:
    """Return the page with every table between its marks made anew."""
    return MARK.sub(
        lambda found: f"<!-- parameters: {found[1]} -->\n{markdown(found[1])}\n<!-- end -->", page
    )


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text("utf-8")), "utf-8")
