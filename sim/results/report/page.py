"""A report as sections of blocks, and its way to one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2

from sim.wording.language import say, spoken

_BETWEEN = re.compile(r"(?<=\d)–(?=\d)")


@dataclass(frozen=True, slots=True)
class Card:
    """Show one number: what, how much, how sure, and why or what it is."""

    label: str
    value: str
    range: str
    why: str
    kind: str = field(default="card", init=False)


@dataclass(frozen=True, slots=True)
class Cards:
    """Show numbers side by side."""

    cards: Sequence[Card]
    kind: str = field(default="cards", init=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """Show a chart, drawn as SVG by :mod:`sim.results.report.chart_base`; title and caption are plain text."""

    title: str
    svg: str
    caption: str = ""
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """Show a value in a table, with a smaller line under it and a tone (good, bad, open)."""

    text: str
    under: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Show rows of cells; the first `n_words` columns hold words, the others numbers."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    caption: str = ""
    n_words: int = 1
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Text:
    """Show paragraphs, or a list of points."""

    lines: Sequence[str]
    title: str = ""
    is_list: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """Show words and what they mean."""

    terms: Sequence[tuple[str, str, str]]
    kind: str = field(default="terms", init=False)


Block = Cards | Figure | Table | Text | Terms


@dataclass(frozen=True, slots=True)
class Section:
    """Group blocks under a title, with a line that says what they answer."""

    title: str
    blocks: Sequence[Block]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Hold a whole report.

    `plans` are (letter, label, colour) where several are compared; the `question` stands above the headline.
    """

    title: str
    subtitle: str
    headline: Sequence[str]
    sections: Sequence[Section]
    plans: Sequence[tuple[str, str, str]] = ()
    question: str = ""


def _unbroken(text: str) -> str:
    """Return the text with its intervals kept on one line."""
    return _BETWEEN.sub("\\g<0>\u2060", text)


@cache
def _template() -> jinja2.Template:
    folder = Path(__file__).parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["unbroken"] = _unbroken
    return environment.get_template("report.html.j2")


def render(page: Page) -> str:
    """Return the page as HTML; every text is escaped, only the charts' SVG goes in as it is."""
    return _template().render(page=page, language=spoken(), brand=say("campaign simulation"))
