"""Numbers, days and typed values in the reader's language; the rules are those of the report."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

from sim.errors import InputError
from sim.results.report import wording
from sim.scenario.source import read_text
from sim.wording.units_es import PHRASES

_DIGITS = re.compile(r"(?<=\d)[.,](?=\d)")
# What stands behind a number has its words in the wordings of the reports; numbers of these units stand alone.
_BARE = ("share", "attitude", "trust", "points", "ratio", "times", "day")
_UNITS_ES = {phrase: words for phrase, words in PHRASES.items() if phrase not in _BARE} | {
    "bn": "mil M",
    " to ": " a ",
}
_TO_ES = re.compile("|".join(re.escape(word) for word in sorted(_UNITS_ES, key=len, reverse=True)))
_COMMA = re.compile(r"-?\d+,\d+")


def localised(text: str, language: str) -> str:
    """Return a number as the report writes it (1,234.5 people) in the language: 1.234,5 personas.

    Examples
    --------
    >>> localised("USD 1,234.50 per adoption", "es")
    'USD 1.234,50 por adopción'
    """
    if language != "es":
        return text
    plain = text.replace(wording.NBSP, " ")
    swapped = _DIGITS.sub(lambda mark: "," if mark[0] == "." else ".", plain)
    return _TO_ES.sub(lambda word: _UNITS_ES[word[0]], swapped)


def quantity(
    value: float | None, unit: str, language: str, *, is_difference: bool = False, is_bare: bool = False
) -> str:
    """Return one number with its unit; `is_bare` leaves the words of the unit away."""
    return localised(wording.quantity(value, unit, is_difference=is_difference, is_bare=is_bare), language)


def interval(low: float, high: float, unit: str, language: str, *, is_difference: bool = False) -> str:
    """Return both ends of an interval, without the words of the unit."""
    text = wording.interval(low, high, unit, is_difference=is_difference, is_bare=True)
    return localised(text, language)


def share(value: float, language: str) -> str:
    """Return a fraction in per cent."""
    return quantity(value, "share", language)


def count(value: float, language: str, decimals: int = 0) -> str:
    """Return a bare number with thousands separated."""
    return localised(wording.plain(value, decimals), language) if math.isfinite(value) else wording.NOTHING


def chance(value: float, language: str) -> str:
    """Return a probability in whole per cent, never rounded to a false certainty."""
    return localised(wording.chance(value), language)


def day_label(day: int, start: Any, language: str) -> str:
    """Return a day as a short date where the plan has a start, else its number."""
    try:
        first = start if isinstance(start, datetime.date) else datetime.date.fromisoformat(str(start))
        date = first + datetime.timedelta(days=day - 1)
    except (ValueError, OverflowError):
        return str(day)
    return f"{date.day} {wording.MONTHS['es' if language == 'es' else 'en'][date.month - 1]}"


def shown(value: Any, language: str) -> str:
    """Return a value of the scenario as it stands in a field; lists without brackets."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(shown(item, "en") for item in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value)
    return text.replace(".", ",") if language == "es" and isinstance(value, float) else text


def typed(text: str, language: str, *, is_list: bool = False) -> Any:
    """Return what was typed into a field as a value of the scenario, as ``--set`` reads it; None when empty.

    What is no YAML value stays text, so that the scenario's own check tells what is wanted.
    """
    text = text.strip()
    if not text:
        return None
    if is_list:
        parts = text.strip("[]").split(";" if ";" in text else ",")
        return [typed(part, "en") for part in parts if part.strip()]
    if language == "es" and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        value = read_text(text, "field", is_option=True).value
    except InputError:
        return text
    return text if isinstance(value, dict | list) else value
