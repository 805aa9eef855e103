"""Random scenarios for hypothesis: small publics, every way of buying, layers, partners, switches."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import strategies as st

from tests.plans import Mapping

NEEDS = ("information", "entertainment")
SEGMENTS = ("ants", "bees", "cats")
FEEDS = ("feed", "forum")
CHANNELS = ("feed", "forum", "mail", "site", "tv")
WEIGHT = st.sampled_from([0.2, 0.5, 1.0])


def _some(draw: Any, values: st.SearchStrategy[Any], chance: int = 2) -> Any:
    """Draw a value, or nothing once in `chance` times."""
    return draw(values) if draw(st.integers(1, chance)) > 1 else None


@st.composite
def scenarios(
    draw: Any, inventory: bool = True, influence: bool = False, reacts: bool = False, ordered: bool = False
) -> Mapping:
    """Return a valid scenario of 60 to 160 people and 2 to 8 days.

    On request without inventory, with flights for people of some influence, with rules, or with messages that
    come after others, so that a flight's contacts hang on another flight's.
    """
    days = draw(st.integers(2, 8))
    segments = SEGMENTS[: draw(st.integers(1, 3))]
    messages = [f"m{k}" for k in range(draw(st.integers(1, 3)))]
    out: Mapping = {
        "name": "Drawn by chance",
        "days": days,
        "master_seed": draw(st.integers(0, 2**63 - 1)),
        "replications": 2,
        "audience": {
            "agents": draw(st.integers(60, 160)),
            "segments": {
                name: {"share": 1 / len(segments), **draw(traits(tuple(messages)))} for name in segments
            },
        },
        "channels": {name: draw(channels(name, inventory)) for name in CHANNELS},
        "network": draw(networks()),
        "messages": {name: draw(appeals()) for name in messages},
        "plan": {"flights": {}, "partners": {}},
    }
    for k in range(draw(st.integers(1, 4))):
        out["plan"]["flights"][f"f{k}"] = draw(flights(days, tuple(messages), segments))
    feeds = [name for name in FEEDS if name in out["network"]]
    for flight in out["plan"]["flights"].values() if feeds and influence else ():
        if "insertions" not in flight and draw(st.integers(0, 3)) == 0:
            wanted = draw(st.sampled_from([{"top": 0.6}, {"levels": ["everyday"]}]))
            flight["influence"] = {"layer": draw(st.sampled_from(feeds)), **wanted}
    for k in range(draw(st.integers(0, 2)) if feeds else 0):
        out["plan"]["partners"][f"p{k}"] = draw(bookings(days, tuple(messages), tuple(feeds)))
    for earlier, later in itertools.pairwise(messages) if ordered else ():
        out["messages"][later]["after"] = _some(draw, st.just(earlier))
    parts = {"sharing": sharing(), "adoption": adoption(), "co_creation": co_creation()}
    for part, values in parts.items():
        found = _some(draw, values, 3)
        if found is not None or draw(st.booleans()):
            out[part] = found
    if reacts:
        out["plan"]["rules"] = draw(rules(out))
        out["plan"]["listening"] = _some(draw, listening(), 3)
    return out


@st.composite
def listening(draw: Any) -> Mapping:
    return {
        "cover": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "reply": draw(st.sampled_from(["none", "one_public", "several_public", "private"])),
        "capacity_per_day": draw(st.sampled_from([None, 0.0, 0.7, 5.0])),
        "within_days": draw(st.integers(0, 3)),
        "cost_per_reply": draw(st.sampled_from([0.0, 2.5])),
    }


@st.composite
def rules(draw: Any, plan: Mapping) -> Mapping:
    """Return some rules on the flights of a plan; which of them fires, and in which worlds, is left to chance."""
    sent = plan["plan"]["flights"]
    volumes = sorted(f for f in sent if {"budget", "impressions", "grp"} & set(sent[f]))
    acts = ["pause", "resume", "swap_message", *["shift_budget"] * (len(volumes) > 1)]
    out: Mapping = {}
    for k in range(draw(st.integers(1, 3))):
        act, then = draw(st.sampled_from(acts)), draw(st.sampled_from(sorted(sent)))
        if act == "swap_message":
            then = {"flight": then, "message": draw(st.sampled_from(sorted(plan["messages"])))}
        elif act == "shift_budget":
            giver, taker = draw(st.lists(st.sampled_from(volumes), min_size=2, max_size=2, unique=True))
            then = {"from": giver, "to": taker, "share": draw(st.sampled_from([0.3, 1.0]))}
        metric = draw(st.sampled_from(["reach", "awareness", "attitude", "net_sentiment", "shares", "grp"]))
        when = {"metric": metric, draw(st.sampled_from(["above", "below"])): draw(st.floats(-0.2, 1.0))}
        when["for_days"] = draw(st.integers(1, 2))
        out[f"r{k}"] = {"when": when, "then": {act: then}, "once": draw(st.booleans())}
    return out


@st.composite
def traits(draw: Any, messages: tuple[str, ...]) -> Mapping:
    use = st.fixed_dictionaries(
        {"users": st.sampled_from([0.7, 0.9, 1.0]), "visits_per_day": st.sampled_from([0.5, 1.0, 4.0])}
    )
    return {
        "motivations": {need: draw(WEIGHT) for need in NEEDS},
        "usage": {name: draw(use) for name in CHANNELS},
        "trust": draw(st.sampled_from([0.0, 0.5, 0.9])),
        "aware": draw(st.sampled_from([0.0, 0.6, 1.0])),
        "attitude": draw(st.sampled_from([-0.5, 0.0, 0.3])),
        "fit": {draw(st.sampled_from(messages)): draw(st.sampled_from([0.0, 0.7, 1.5]))},
    }


@st.composite
def channels(draw: Any, name: str, inventory: bool) -> Mapping:
    kind = {"tv": "broadcast", "mail": "direct", "site": "owned"}.get(name, "feed")
    medium = {"tv": "tv", "mail": "direct", "site": "own"}.get(name, "feed")
    out: Mapping = {"kind": kind, "medium": medium, "cpm": 10.0}
    out["usage_shape"] = draw(st.sampled_from([0.6, 1.0, 5.0]))
    if kind != "broadcast":
        out["brand_followers"] = draw(st.sampled_from([0.1, 0.5]))
    if kind == "feed":
        out["visibility"] = draw(st.sampled_from([0.05, 0.5, 1.0]))
        out["ranking"] = _some(draw, st.just({"days": 2, "most": 3.0, "half_at": 5.0}))
    if draw(st.integers(0, 3)) == 0:
        receptive = draw(st.sampled_from([0.5, 1.5]))
        out["dayparts"] = {"day": {"share": 0.7}, "night": {"share": 0.3, "receptive": receptive}}
    if inventory and draw(st.integers(0, 3)) == 0:
        out["ad_load"] = draw(st.sampled_from([0.1, 0.5]))
    return out


@st.composite
def networks(draw: Any) -> Mapping:
    power = {"generate": "power_law", "min_followers": 2, "max_followers": 12, "same_segment": 0.6}
    ring = {"generate": "small_world", "ties": 4}
    out: Mapping = {}
    for name in FEEDS:
        layer = draw(st.sampled_from([None, power, ring]))
        if layer:
            out[name] = dict(layer)
    offline = draw(st.sampled_from([None, ring, {"generate": "well_mixed"}]))
    if offline:
        out["offline"] = dict(offline)
    return out


@st.composite
def appeals(draw: Any) -> Mapping:
    said = {need: draw(WEIGHT) for need in NEEDS}
    made_as = _some(draw, st.sampled_from(["video", "story", "text"]))
    valence = draw(st.sampled_from([-0.5, 0.5, 1.0]))
    return {"appeals": said, "quality": draw(WEIGHT), "valence": valence, "format": made_as}


@st.composite
def flights(draw: Any, days: int, messages: tuple[str, ...], segments: tuple[str, ...]) -> Mapping:
    way = draw(st.sampled_from(["budget", "impressions", "grp", "insertions", "posts", "stands"]))
    out: Mapping = {"message": draw(st.sampled_from(messages))}
    out["channel"] = draw(st.sampled_from([c for c in CHANNELS if c != ("tv" if way == "posts" else "site")]))
    out["channel"] = "site" if way == "stands" else out["channel"]
    if way == "posts":
        return {**out, way: sorted(draw(st.sets(st.integers(1, days), min_size=1, max_size=3)))}
    first = draw(st.integers(1, days))
    out["days"] = f"{first}-{draw(st.integers(first, days))}"
    if way == "stands":
        return out
    out["shape"] = draw(st.sampled_from(["even", "front", "back"]))
    some = _some(draw, st.sampled_from(segments))
    if some:
        out["to"] = [some]
    if way == "insertions":
        return {**out, way: draw(st.integers(1, 4)), "insertion_reach": {"first": 0.2, "second": 0.3}}
    contacts = draw(st.integers(20, 400))
    out[way] = {"budget": contacts * 0.01, "impressions": float(contacts), "grp": float(contacts)}[way]
    if draw(st.booleans()):
        out["cap"] = {"times": draw(st.integers(1, 3)), "per_days": draw(st.integers(1, 4))}
    return out


@st.composite
def bookings(draw: Any, days: int, messages: tuple[str, ...], feeds: tuple[str, ...]) -> Mapping:
    return {
        "message": draw(st.sampled_from(messages)),
        "channel": draw(st.sampled_from(feeds)),
        "choose": {"rule": "top", "by": "audience", "count": draw(st.integers(0, 5))},
        "post_on": sorted(draw(st.sets(st.integers(1, days), min_size=1, max_size=2))),
        "disclosed": draw(st.booleans()),
        "as_peers": draw(st.booleans()),
        "fee": 10.0,
    }


@st.composite
def sharing(draw: Any) -> Mapping:
    return {
        "beta": draw(st.sampled_from([None, 0.3, 5.0])),
        "r": draw(st.sampled_from([[1.0], [1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])),
        "stay": draw(st.sampled_from([0, 0, 0.5])),
    }


@st.composite
def co_creation(draw: Any) -> Mapping:
    return {
        "probability": draw(st.sampled_from([0.1, 1.0])),
        "half_at_engagement": draw(st.sampled_from([0.01, 4.0])),
        "pull_to_self": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "appeal_sd": draw(st.sampled_from([0.0, 0.1])),
        "valence_kept": draw(st.sampled_from([0.0, 0.7, 1.0])),
        "most_variants": draw(st.sampled_from([2, 10_000])),
    }


@st.composite
def adoption(draw: Any) -> Mapping:
    return {
        "innovation": draw(st.sampled_from([0.03, 20.0])),
        "imitation": draw(st.sampled_from([0.38, 50.0])),
        "word_of_mouth": draw(st.sampled_from([None, {}, {"talks_per_day": 0.6, "visibility": 1.0}])),
        "repurchase": draw(st.sampled_from([None, {"mean_interval_days": 3.0}])),
    }
