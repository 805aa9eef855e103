"""Rules between the keys of one part: what must stand together, and what excludes what.

Each takes a part (validated, or a raw mapping with anything in it) and yields findings with paths
relative to the part. The schema holds them one part at a time; the cross-check tells all at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.findings import Finding

ACTIONS = ("pause", "resume", "shift_budget", "swap_message")
BOUGHT_BY = ("budget", "impressions", "grp", "insertions", "posts")


def value_of(part: Any, key: str) -> Any:
    """Return a key's value in a raw mapping or a validated part; None when absent."""
    return part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)


def _is_given(part: Any, key: str) -> bool:
    return value_of(part, key) is not None


def is_number(value: Any) -> bool:
    """Tell whether a raw value is a number (a truth value is not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def ways_of(part: Any) -> list[str]:
    """Return the keys by which a flight is bought or posted; none where its message stands on an own space."""
    return [way for way in BOUGHT_BY if _is_given(part, way)]


def unbought() -> Finding:
    """Return what is wrong with a flight that nothing brings to people."""
    wanted = "want exactly one of budget, impressions, grp, insertions (or posts, for the brand's own)"
    return Finding((), "bought by nothing", wanted)


def flight(part: Any) -> Iterator[Finding]:
    """Yield what does not go together in a flight."""
    ways = ways_of(part)
    has_days = _is_given(part, "days")
    if len(ways) > 1:
        yield Finding((), f"bought by {' and '.join(ways)}", unbought().wanted)
    elif not ways and not has_days:
        yield unbought()
    if ways == ["posts"] and has_days:
        yield Finding(("days",), "both days and posts", "want only `posts: [days]` for the brand's own posts")
    if ways and "posts" not in ways and not has_days:
        yield Finding((), "no days", "want `days: first-last`")
    yield from _insertions(part)
    if _is_given(part, "cap") and ("posts" in ways or "insertions" in ways):
        yield Finding(("cap",), "a cap on what has no impressions", "want it with budget, impressions or grp")
    if _is_given(part, "dayparts") and "posts" in ways:
        wanted = "want none: a post stands there at all hours"
        yield Finding(("dayparts",), "dayparts of posts", wanted)


def standing(part: Any) -> Iterator[Finding]:
    """Yield what a message that stands on the brand's own space cannot have."""
    shape = value_of(part, "shape")
    for key in ("cap", "dayparts"):
        if _is_given(part, key):
            yield Finding(
                (key,), f"{key} with nothing bought", "want none: visitors come as they use the space"
            )
    if shape is not None and shape != "even":
        wanted = "want none: visitors come as they use the space"
        yield Finding(("shape",), f"shape {shape} with nothing bought", wanted)


def of_influence(part: Any) -> Iterator[Finding]:
    """Yield a target of influence that is told by nothing, or twice."""
    if _is_given(part, "levels") == _is_given(part, "top"):
        got = "both levels and top" if _is_given(part, "top") else "neither levels nor top"
        yield Finding((), got, "want exactly one of `levels: [nano, micro]` and `top: 0.05`")


def _insertions(part: Any) -> Iterator[Finding]:
    if _is_given(part, "insertions") != _is_given(part, "insertion_reach"):
        if _is_given(part, "insertions"):
            yield Finding((), "insertions without insertion_reach", "want `insertion_reach: {first, second}`")
        else:
            yield Finding(("insertion_reach",), "insertion_reach without insertions", "want both or none")
        return
    reach = value_of(part, "insertion_reach")
    n_insertions = value_of(part, "insertions")
    if reach is None or not is_number(n_insertions) or n_insertions < 2:
        return
    first, second = value_of(reach, "first"), value_of(reach, "second")
    if second is None:
        yield Finding(("insertion_reach",), "no second", "want `second`: the share met by two insertions")
    elif is_number(first) and is_number(second) and 0 < first < 1:
        most = 1 - (1 - first) ** 2
        if not first < second < most:
            yield Finding(
                ("insertion_reach", "second"),
                f"{second}",
                f"want a share above {first:g} (first) and below {most:g} (two at random)",
            )


def partner(part: Any) -> Iterator[Finding]:
    """Yield what does not go together in a partner booking."""
    if _is_given(part, "choose") == _is_given(part, "people"):
        got = "both choose and people" if _is_given(part, "choose") else "nobody chosen"
        yield Finding((), got, "want exactly one of `choose: {rule, by, count}` and `people: [ids]`")


def choose(part: Any) -> Iterator[Finding]:
    """Yield what does not go together in a choice of partners."""
    rule = value_of(part, "rule")
    if rule == "top" and not _is_given(part, "by"):
        wanted = "want `by`: audience, influence or a column of the people file"
        yield Finding(("by",), "rule top by nothing", wanted)
    if rule not in ("top", None) and _is_given(part, "by"):
        yield Finding(("by",), f"by beside rule {rule}", "want it with `rule: top` only")
    if not _is_given(part, "count") and not _is_given(part, "budget"):
        yield Finding((), "neither count nor budget", "want `count: how many` or `budget: money`, or both")
    for key in ("target", "by_day", "weights"):
        if _is_given(part, key) and rule not in ("certified", None):
            yield Finding((key,), f"{key} beside rule {rule}", "want it with `rule: certified` only")
    if _is_given(part, "target") and _is_given(part, "weights"):
        yield Finding(("weights",), "weights beside target", "want one of them")


def objective(part: Any) -> Iterator[Finding]:
    """Yield what does not go together in an objective."""
    if _is_given(part, "at_least") == _is_given(part, "at_most"):
        got = "both at_least and at_most" if _is_given(part, "at_least") else "no bound"
        yield Finding((), got, "want exactly one of at_least and at_most")


def question(part: Any) -> Iterator[Finding]:
    """Yield what does not go together in a question."""
    for key in ("decide_by", "per"):
        if _is_given(part, "objective") and _is_given(part, key):
            yield Finding((key,), f"{key} beside objective", "want one way to the answer")
    if not _is_given(part, "decide_by"):
        for key in ("per", "segment"):
            is_told = _is_given(part, key) and value_of(part, key) != "all"
            if is_told and not _is_given(part, "objective"):
                yield Finding((key,), f"{key} without decide_by", "want `decide_by: metric` beside it")
    if _is_given(part, "objective") and value_of(part, "segment") not in (None, "all"):
        yield Finding(("segment",), "segment beside objective", "want it in the objective")


def when(part: Any) -> Iterator[Finding]:
    """Yield a condition without a bound, or with two."""
    if _is_given(part, "below") == _is_given(part, "above"):
        got = "both below and above" if _is_given(part, "below") else "no bound"
        yield Finding((), got, "want exactly one of below and above")


def then(part: Any) -> Iterator[Finding]:
    """Yield an action that is none, or several, or a shift from a flight to itself."""
    given = [action for action in ACTIONS if _is_given(part, action)]
    if len(given) != 1:
        got = " and ".join(given) if given else "nothing to do"
        yield Finding((), got, f"want exactly one of {', '.join(ACTIONS)}")
    shift = value_of(part, "shift_budget")
    source = value_of(shift, "from")
    if source is not None and source == value_of(shift, "to"):
        yield Finding(("shift_budget", "to"), f"{source!r} to itself", "want two flights")


def response(part: Any) -> Iterator[Finding]:
    """Yield factors of a response curve that do not rise from each to the next."""
    factors = value_of(part, "response")
    if not isinstance(factors, list | tuple) or not all(map(is_number, factors)):
        return
    for index, (before, factor) in enumerate(itertools.pairwise(factors), start=1):
        if factor <= before:
            got = f"{factor:g} after {before:g}"
            yield Finding(("response", index), got, "want the factors in rising order, each once")


def column_usage(part: Any) -> Iterator[Finding]:
    """Yield what is missing in the columns that tell the use of a channel."""
    if not _is_given(part, "often") and not _is_given(part, "visits_per_day"):
        wanted = "want `often: column` or `visits_per_day: number`"
        yield Finding((), "no frequency of use", wanted, "visits of a user per day cannot be guessed")


def engagement(part: Any) -> Iterator[Finding]:
    """Yield a participation pyramid of more than everyone."""
    some, rare = value_of(part, "some"), value_of(part, "rare")
    if is_number(some) and is_number(rare) and some + rare > 1 + 1e-9:
        yield Finding((), f"some + rare = {some + rare:g}", "want shares that sum to at most 1")


def sharing(part: Any) -> Iterator[Finding]:
    """Yield a rule of sharing without its number, and a number without its rule."""
    rule = value_of(part, "rule") or "probability"
    for key in ("fraction", "count"):
        if rule == key and not _is_given(part, key):
            yield Finding((), f"rule {key} without its number", f"want `{key}` beside it")
        elif rule != key and _is_given(part, key):
            yield Finding((key,), f"{key} beside rule {rule}", f"want it with `rule: {key}` only")


def power_law(part: Any, min_followers: float) -> Iterator[Finding]:
    """Yield bounds on followers that cross; `min_followers` is the default where none is given."""
    return _crossed(part, "followers", min_followers)


def affiliation(part: Any, min_ties: float) -> Iterator[Finding]:
    """Yield bounds on ties that cross; `min_ties` is the default where none is given."""
    return _crossed(part, "ties", min_ties)


def _crossed(part: Any, what: str, default: float) -> Iterator[Finding]:
    fewest, most = value_of(part, f"min_{what}"), value_of(part, f"max_{what}")
    fewest = default if fewest is None else fewest
    if is_number(fewest) and is_number(most) and most < fewest:
        yield Finding((f"max_{what}",), str(most), f"want at least min_{what}, {fewest:g}")
