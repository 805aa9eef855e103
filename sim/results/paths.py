"""Why someone adopted: what a person met, from whom and when, and where that came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from sim.columns import unique_id
from sim.kernels.state import BRAND, HIDDEN_PARTNER, OWNED, PAID, PARTNER, PEER
from sim.results.watch import STATES, Watch, is_conviction
from sim.world import World

KINDS = {PAID: "paid", OWNED: "owned", PARTNER: "partner", HIDDEN_PARTNER: "hidden partner", PEER: "peer"}
TALK = "talk"
COLUMNS = (
    "day", "event", "kind", "message", "variant", "channel", "from", "chain", "is_attended", "valence", "state",
    "attitude", "trust",
)  # fmt: skip
AWARE_STATE, CONSIDERING_STATE, ADOPTER_STATE = (STATES.index(s) for s in ("aware", "considering", "adopter"))
Row = dict[str, Any]


def path_frame(watch: Watch, row: int) -> DataFrame:
    """Return what happened to one person who was followed, in the order of the days.

    Parameters
    ----------
    watch : Watch
        Of a world that was lived.
    row : int
        Row number of the person.

    Returns
    -------
    DataFrame
        One row per event. ``event``: start, met, heard (an adopter's talk), forgot, aware, considering, doubting
        (no longer considering), shared, posted (as a booked partner), adopted. ``kind``: of a contact, paid, owned,
        partner, hidden partner, peer or talk; of an adoption, own conviction or others. ``from``: id of who posted
        or said it; missing for the brand. ``chain``: ids from where a post began to who posted it last.
        ``is_attended``; ``valence`` of what was met or heard. ``state``, ``attitude``, ``trust``: as they stood on
        the evening; ``variant`` as in `sim.results.cascade_frames.variant_frame`.

    Raises
    ------
    ValueError
        If the person was not followed.
    """
    places = np.flatnonzero(watch.rows == row)
    if not len(places):
        raise ValueError(f"row {row} was not followed")
    place, world = int(places[0]), watch.world
    events: list[Row] = [{"day": 0, "event": "start"}]
    for day in range(1, world.day + 1):
        events += [{"day": day, **event} for event in _of_day(watch, row, place, day)]
    for event in events:
        day = event["day"]
        event["state"] = STATES[watch.states[day, place]]
        event["attitude"], event["trust"] = (float(mood) for mood in watch.moods[day, place])
    return DataFrame([{name: event.get(name) for name in COLUMNS} for event in events], columns=list(COLUMNS))


def _of_day(watch: Watch, row: int, place: int, day: int) -> Iterator[Row]:
    world = watch.world
    before, after = int(watch.states[day - 1, place]), int(watch.states[day, place])
    if before >= AWARE_STATE > after:
        yield {"event": "forgot"}
    yield from _posted(world, row, day)
    yield from _met(watch, row, day)
    if before < AWARE_STATE <= after:
        yield {"event": "aware"}
    if before < CONSIDERING_STATE == after:
        yield {"event": "considering"}
    if before == CONSIDERING_STATE and after == AWARE_STATE:
        yield {"event": "doubting"}
    yield from _shared(world, row, day)
    if before < ADOPTER_STATE == after:
        yield {"event": "adopted", "kind": "own conviction" if is_conviction(world, [row])[0] else "others"}
    for heard in watch.heard[day - 1][watch.heard[day - 1]["person"] == row]:
        yield {
            "event": "heard", "kind": TALK, "from": _called(world, int(heard["source"])),
            "is_attended": bool(heard["is_attended"]), "valence": float(heard["valence"]),
        }  # fmt: skip


def _met(watch: Watch, row: int, day: int) -> Iterator[Row]:
    world = watch.world
    for contact in watch.contacts[day - 1][watch.contacts[day - 1]["person"] == row]:
        source, message = int(contact["source"]), int(contact["message"])
        yield {
            "event": "met", "kind": KINDS[int(contact["kind"])], **_said(world, contact),
            "from": None if source == BRAND else _called(world, source),
            "chain": tuple(_called(world, one) for one in chain(world, message, source, day)),
            "is_attended": bool(contact["is_attended"]),
            "valence": float(world.variants.valence[contact["variant"]]),
        }  # fmt: skip


def _shared(world: World, row: int, day: int) -> Iterator[Row]:
    posts = world.passed_on[day - 1]
    for post in posts[posts["author"] == row]:
        source = int(post["source"])
        yield {
            "event": "shared",
            **_said(world, post),
            "from": None if source == BRAND else _called(world, source),
        }


def _posted(world: World, row: int, day: int) -> Iterator[Row]:
    for booking in world.campaign.bookings:
        if day in booking.days and row in booking.rows:
            yield {
                "event": "posted", "kind": KINDS[int(booking.kind)], "variant": int(booking.message),
                "message": world.campaign.message_names[booking.message],
                "channel": world.public.population.channel_names[booking.channel],
            }  # fmt: skip


def _said(world: World, said: Any) -> Row:
    """Return the names of what a contact or post carries."""
    return {
        "message": world.campaign.message_names[said["message"]],
        "variant": int(said["variant"]),
        "channel": world.public.population.channel_names[said["channel"]],
    }


def _called(world: World, row: int) -> Any:
    found = unique_id(world, np.array([row]))[0]
    return found.item() if isinstance(found, np.generic) else found


def chain(world: World, message: int, author: int, day: int) -> list[int]:
    """Return through whose hands a post of `author` seen on a day had come: rows, from where it began to the author.

    It begins with a booked partner or with a person who passed on what the brand said; of someone who passed it on
    more than once the first time counts. Empty for the brand itself.
    """
    found: list[int] = []
    while author != BRAND and author not in found:
        found.insert(0, author)
        told = _first_post(world, message, author, day)
        if told is None:
            break
        day, author = told
    return found


def _first_post(world: World, message: int, author: int, day: int) -> tuple[int, int] | None:
    """Return the day on which someone passed a message on, before a day, and from whom; None for a booked partner."""
    for booking in world.campaign.bookings:
        if booking.message == message and min(booking.days) <= day and author in booking.rows:
            return None
    for then, posts in enumerate(world.passed_on[: day - 1], start=1):
        mine: npt.NDArray[Any] = posts[(posts["author"] == author) & (posts["message"] == message)]
        if len(mine):
            return then, int(mine["source"][0])
    return None
