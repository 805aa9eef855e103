"""Numbers as a planner reads them: 43.9 %, 1.2 M people, USD 12,300; with their intervals, in the language spoken."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sim.wording.language import later, say, spoken
from sim.wording.units_es import PHRASES

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"
NOTHING = DASH
_CURRENCY = re.compile(r"[A-Z]{3}(?= per |$)")
COUNTS = frozenset(
    {
        "people", "contacts", "impressions", "posts", "adopter-days", "purchases", "variants", "complaints", "replies",
    }
)  # fmt: skip
_PURE = frozenset({"ratio", "attitude", "trust", "distance"})
_MORE_DECIMALS = 2
_FINEST_STEPS = 2
_ALMOST = 1e-9
MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
_SWAPPED = str.maketrans(",.", ".,")
_NUMERAL = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Style:
    """Say how numbers of one unit and size are written."""

    factor: float
    decimals: int
    before: str = ""
    after: str = ""


def marks(text: str) -> str:
    """Return a number written in English with the decimal and thousands marks of the language spoken."""
    return _NUMERAL.sub(lambda digits: digits[0].translate(_SWAPPED), text) if spoken() == "es" else text


def number(value: float, spec: str) -> str:
    """Return a number by a format of Python's, with the marks of the language spoken.

    Examples
    --------
    >>> number(1234.5, ",.1f")
    '1,234.5'
    """
    return marks(format(value, spec))


def unit_words(unit: str) -> str:
    """Return a unit of ``summary.csv`` as it stands behind a number: ``USD per adoption`` keeps its currency."""
    if spoken() == "en":
        return unit
    currency = _CURRENCY.match(unit)
    rest = unit[3:].strip() if currency else unit
    told = PHRASES.get(rest, rest)
    return f"{currency[0]} {told}".strip() if currency else told


def style_of(unit: str, size: float, *, is_difference: bool = False) -> Style:
    """Return how numbers of `unit` are written when the largest of them is `size`."""
    size = abs(size) if math.isfinite(size) else 0.0
    if unit == "share":
        decimals = 1 if size >= 0.01 or size == 0 else 2 if size >= 0.001 else 3
        return Style(100, decimals, after=NBSP + ("pp" if is_difference else "%"))
    if unit in COUNTS:
        return _counted(size, NBSP + unit_words(unit))
    currency = _CURRENCY.match(unit)
    if currency:
        words = unit_words(unit).removeprefix(currency[0]).strip()
        return _priced(size, currency[0] + NBSP, f" {words}" if words else "")
    if unit == "points":
        return Style(1, 1 if size < 1000 else 0, after=NBSP + "GRP")
    if unit == "contacts per person":
        return Style(1, 2, after=NBSP + unit_words(unit))
    decimals = 2 if size >= 10 else 3 if size >= 0.01 or size == 0 else 5
    return Style(1, decimals, after="" if unit in _PURE else NBSP + unit_words(unit))


def _counted(size: float, after: str) -> Style:
    if size >= 1e9:
        return Style(1e-9, 1, after=NBSP + say("bn") + after)
    if size >= 1e6:
        return Style(1e-6, 1 if size < 1e8 else 0, after=NBSP + "M" + after)
    return Style(1, 0, after=after)


def _priced(size: float, before: str, after: str) -> Style:
    if size >= 1e7:
        return Style(1e-6, 1, before, NBSP + "M" + after)
    return Style(1, 0 if size >= 1000 else 2, before, after)


def plain(value: float, decimals: int) -> str:
    """Return the number with thousands separated and a true minus sign; never minus nought."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return marks(text)


def quantity(value: float | None, unit: str, *, is_difference: bool = False, is_bare: bool = False) -> str:
    """Return one number with its unit; `is_bare` leaves the words of the unit away.

    Examples
    --------
    >>> quantity(0.4387, "share").replace(NBSP, " ")
    '43.9 %'
    >>> quantity(1_234_567, "people").replace(NBSP, " ")
    '1.2 M people'
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    style = _bare(style_of(unit, value, is_difference=is_difference), unit, is_bare)
    sign = "+" if is_difference and value > 0 else ""
    return _written(value, style, sign)


def _bare(style: Style, unit: str, is_bare: bool) -> Style:
    if not is_bare or unit == "share":
        return style
    scale = style.after.strip(NBSP).split(NBSP)[0]
    kept = NBSP + scale if scale in {"M", say("bn")} else ""
    return Style(style.factor, style.decimals, style.before, kept)


def _written(value: float, style: Style, sign: str = "") -> str:
    number = plain(value * style.factor, style.decimals)
    if not number.strip("0.,"):
        sign = ""
    if number.startswith(MINUS):
        sign, number = MINUS, number[1:]
    return f"{sign}{style.before}{number}{style.after}"


def interval(
    low: float, high: float, unit: str, *, is_difference: bool = False, is_bare: bool = False
) -> str:
    """Return ``43.6–44.2 %``, with decimals enough to tell the ends apart, two more at most.

    Examples
    --------
    >>> interval(0.436, 0.442, "share").replace(NBSP, " ")
    '43.6–44.2 %'
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOTHING
    style = style_of(unit, max(abs(low), abs(high)), is_difference=is_difference)
    style = _bare(style, unit, is_bare)
    if is_same(low, high):
        return quantity(low, unit, is_difference=is_difference, is_bare=is_bare)
    width = (high - low) * style.factor
    decimals = style.decimals
    while width < _FINEST_STEPS * 10.0**-decimals and decimals < style.decimals + _MORE_DECIMALS:
        decimals += 1
    digits = Style(style.factor, decimals)
    ends = [_written(end, digits, "+" if is_difference and end > 0 else "") for end in (low, high)]
    # A dash between signed numbers reads as a minus.
    link = say(" to ") if low < 0 or is_difference else DASH
    return f"{style.before}{ends[0]}{link}{ends[1]}{style.after}"


def is_same(low: float, high: float) -> bool:
    """Tell whether two numbers differ by no more than the rounding of sums."""
    return math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-15)


def points(difference: float) -> str:
    """Return the size of a difference of shares in words: ``12.5 points``."""
    return (
        quantity(abs(difference), "share", is_difference=True).removeprefix("+").replace("pp", say("points"))
    )


def people_text(people: float) -> str:
    """Return ``2.0 M people``."""
    return quantity(people, "people")


def chance(probability: float) -> str:
    """Return a probability in whole per cent, never rounded to a false certainty."""
    if not math.isfinite(probability):
        return NOTHING
    if 0.995 <= probability < 1:
        return f">{NBSP}99{NBSP}%"
    if 0 < probability < 0.005:
        return f"<{NBSP}1{NBSP}%"
    return f"{100 * probability:.0f}{NBSP}%"


def likely(probability: float, *, is_exact: bool) -> str:
    """Return how likely one plan is better; certain only where every world has the same difference."""
    inner = min(max(probability, _ALMOST), 1 - _ALMOST)
    return chance(probability if is_exact or not math.isfinite(probability) else inner)


def day_text(day: int, start: str | None) -> str:
    """Return ``day 60``, with its date where the plan has a start."""
    if not start:
        return say("day\u00a0{day}", day=day)
    date = datetime.date.fromisoformat(start) + datetime.timedelta(days=day - 1)
    month = MONTHS[spoken()][date.month - 1]
    return say("day\u00a0{day} ({date})", day=day, date=f"{date.day}{NBSP}{month}{NBSP}{date.year}")


def joined(words: list[str]) -> str:
    """Return ``a, b and c``; in Spanish ``y``, and ``e`` before its own sound."""
    if len(words) < 2:
        return words[0] if words else ""
    last = words[-1]
    is_like_it = spoken() == "es" and re.match(r"h?[ií](?![aeou])", last, re.IGNORECASE)
    return ", ".join(words[:-1]) + (" e " if is_like_it else say(" and ")) + last


def raw(value: object) -> str:
    """Return any value of a scenario or of provenance as text for a table."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, int):
        return plain(value, 0) if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return plain(value, 0) if value.is_integer() and abs(value) < 1e15 else number(value, ",.4g")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {raw(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        head = ", ".join(raw(inner) for inner in value[:12])
        return say("{list}, … ({n} in all)", list=head, n=len(value)) if len(value) > 12 else head
    return str(value)


# What a report answers, sentence by sentence; the gaps are filled in `answer_lines`.
ANSWER: Mapping[str, str] = {
    "question": later("Question: {ask}"),
    "answer": later("Answer: {text}"),
    "value_of": later("{metric}{of} {value}"),
    "of_segment": later(" of {segment}"),
    "lift_of": later("Lift of {metric}"),
    "per_money": later("{metric} per {money}"),
    "best": later("{plan} is best: {value} at {day}, {gap} than {next} ({sure})."),
    "next_of_many": later("the next, {plan}"),
    "more": later("{size} more"),
    "less": later("{size} less"),
    "sure": later("95 % interval {interval}; chance that it is better {chance}; ahead in {share} of worlds"),
    "exact": later("the same difference in every world"),
    "not_settled": later(
        "not settled with these {worlds} worlds. {plan} leads with {value} at {day}, but {others} not "
        "clearly behind: {gaps}. More worlds would tell."
    ),
    "is_not": later("{plan} is"),
    "are_not": later("{plans} are"),
    "open_gap": later("{gap} than {plan} (95 % interval {interval}; chance that it is better {chance})"),
    "behind": later("Clearly behind: {plans}."),
    "same": later("no difference. All plans have the same {value} at {day}, in every world."),
    "same_as_best": later("{plans} are the same in every world"),
    "same_as_best_one": later("{plan} is the same in every world"),
    "one_world": later(
        "{plan} has the most in this single world, {value} at {day}; one world cannot tell plan from luck."
    ),
    "one_world_least": later(
        "{plan} has the least in this single world, {value} at {day}; one world cannot tell plan from luck."
    ),
    "not_told": later("no plan tells {metric}."),
    "not_told_by": later("Not told by {plans}."),
    "all_values": later("{metric}: {list}."),
    "cost_each": later("Each costs {money}."),
    "costs": later("Cost: {list}."),
    "cheapest": later(
        "{plan} is the cheapest with {aim} as surely as asked: {money}, and it holds in {share} of worlds "
        "(95 % interval {interval}); {asked} are asked."
    ),
    "cheapest_of_all": later("No plan here is cheaper."),
    "cheaper_fails": later("With the next cheaper, {plan} for {money}, it holds in {share}."),
    "cheaper_open": later("Too close to call, and cheaper: {list}; more worlds would tell."),
    "open_none": later("Too close to call: {list}; more worlds would tell."),
    "open_one": later("{plan} ({money}, {share} of worlds)"),
    "none_shown": later(
        "these worlds show no plan to hold {aim} as surely as asked ({asked} of worlds). The surest is "
        "{plan}, in {share} (95 % interval {interval}), for {money}."
    ),
    "none_meets": later(
        "with no plan is {aim} as sure as asked ({asked} of worlds). The surest is {plan}, in {share} "
        "(95 % interval {interval}), for {money}."
    ),
    "one_plan": later("{value} at {day} ({range}){lift}."),
    "lift": later(", {size} {more} than without the campaign (95 % interval {interval})"),
    "no_lift": later(", no clear difference to no campaign"),
    "extremes": later("It is highest among {high} ({high_value}), lowest among {low} ({low_value})."),
    "response": later(
        "with {factor} of what is bought, {metric} is {there} instead of {here} at {day}: {gap} (95 % "
        "interval {interval})."
    ),
    "response_unclear": later(
        "with {factor} of what is bought, {metric} does not clearly differ at {day}: {there} against "
        "{here} (95 % interval of the difference {interval})."
    ),
    "elasticity": later("1 % more moves {metric} by {list}."),
    "elasticity_step": later("{value} % ({interval}) between {low} and {high}"),
    "one_of_many": later("This is one of {n} plans in its file: `pregon compare` sets them side by side."),
}


def told(key: str, **parts: object) -> str:
    """Return one sentence of an answer with its gaps filled."""
    return say(ANSWER[key], **parts)


def capital(text: str) -> str:
    """Return the text with its first letter as a capital, the rest left alone."""
    return text[:1].upper() + text[1:]
