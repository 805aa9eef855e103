"""The page speaks two languages: every wording has both, numbers are written as each writes them."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from sim.app.words import figures, words
from sim.app.words.wording_table import TABLE
from sim.results.catalog import METRICS
from sim.scenario.schema import Scenario
from sim.wording import schema_es
from sim.wording.metrics_es import ES, OVER_CHANNELS_ES, UNITS_ES

APP = Path(words.__file__).parents[1]
SAME_IN_BOTH = {"cpm"}
MOST_UNTOLD = 8


def used() -> set[str]:
    """Return the keys that stand in the page's code as they are."""
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        found |= set(re.findall(r"\bt\(\s*\"([a-z_]+(?:\.[a-z_]+)+)\"", path.read_text("utf-8")))
    return found


def test_every_key_that_is_used_has_a_wording() -> None:
    assert len(used()) > 50
    assert used() - set(TABLE) == set()


@pytest.mark.parametrize("key", TABLE)
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    english, spanish = TABLE[key]
    assert english
    assert spanish
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, spanish)
    ]
    assert fields[0] == fields[1]


def test_indicators_are_told_in_spanish() -> None:
    """A new indicator is told in English until its Spanish words are written; only a few may wait for them."""
    untold = [m for m in METRICS if words.metric_words(m, "es").definition == METRICS[m].definition]
    assert len(untold) <= MOST_UNTOLD, untold
    same = {m for m in METRICS if m not in untold and words.metric_title(m, "es") == METRICS[m].title}
    assert same <= SAME_IN_BOTH
    assert set(ES) <= set(METRICS) | {"overlap"}


def test_units_are_told_in_spanish() -> None:
    told = [m for m in METRICS if words.metric_words(m, "es").definition != METRICS[m].definition]
    assert {METRICS[m].unit for m in told} <= set(UNITS_ES)
    assert {METRICS[m].over_channels for m in told} <= set(OVER_CHANNELS_ES)


@pytest.mark.parametrize(("unit", "value", "english", "spanish"), [
    ("share", 0.4387, "43.9 %", "43,9 %"),
    ("people", 1_234_567, "1.2 M people", "1,2 M personas"),
    ("USD per adoption", 1234.5, "USD 1,234 per adoption", "USD 1.234 por adopción"),
    ("contacts per person", 2.5, "2.50 contacts per person", "2,50 contactos por persona"),
])  # fmt: skip
def test_numbers(unit: str, value: float, english: str, spanish: str) -> None:
    plain = lambda text: text.replace("\u00a0", " ")  # noqa: E731
    assert plain(figures.quantity(value, unit, "en")) == english
    assert plain(figures.quantity(value, unit, "es")) == spanish


@pytest.mark.parametrize(("text", "language", "value"), [
    ("90_000", "en", 90_000), ("0,5", "es", 0.5), ("0.5", "es", 0.5), ("", "en", None), ("1-14", "en", "1-14"),
    ("{a: 1}", "en", "{a: 1}"), ("null", "en", None), ("[", "en", "["),
])  # fmt: skip
def test_what_is_typed(text: str, language: str, value: object) -> None:
    assert figures.typed(text, language) == value


def test_a_list_is_typed_with_commas() -> None:
    assert figures.typed("3, 10,17", "en", is_list=True) == [3, 10, 17]
    assert figures.shown([3, 10, 17], "es") == "3, 10, 17"
    assert figures.typed(figures.shown(0.25, "es"), "es") == 0.25


def descriptions() -> set[str]:
    """Return all that the schema says of the values of a plan."""
    found: set[str] = set()

    def look(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("description"), str):
                found.add(" ".join(node["description"].split()))
            for part in node.values():
                look(part)
        elif isinstance(node, list):
            for part in node:
                look(part)

    # Parts have docstrings; what a field says stands in the properties of its part.
    schema = Scenario.model_json_schema()
    for part in [schema, *schema["$defs"].values()]:
        look(part.get("properties", {}))
    return found


def test_what_the_schema_says_is_told_in_spanish() -> None:
    """None is missing, none is left over: of a changed description the old words go."""
    said = [schema_es.parts_of(about) for about in descriptions()]
    assert len(said) > 200
    assert {about for about, _, _ in said} - set(schema_es.ABOUT) == set()
    assert {unit for _, unit, _ in said if unit} - set(schema_es.UNITS) == set()
    assert {source for _, _, source in said if source} - set(schema_es.SOURCES) == set()
    assert set(schema_es.ABOUT) - {about for about, _, _ in said} == set()
    assert set(schema_es.UNITS) - {unit for _, unit, _ in said} == set()
    assert set(schema_es.SOURCES) - {source for _, _, source in said} == set()
    told = words.meaning("trust in the brand at the start [trust in the brand]. Source: assumption.", "es")
    assert told == "confianza en la marca al principio [confianza en la marca]. Fuente: supuesto."
    assert words.meaning("new words", "es") == "new words"
