"""Who passed it to whom, and what was made of it on the way: two tidy tables of one world."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from sim.columns import unique_id
from sim.kernels.state import BRAND, UNITS
from sim.results.cascades import ROOT, climbed, column, have_posted, tied
from sim.world import World

__all__ = ["DataFrame", "cascade_frame", "variant_frame"]
Ints = npt.NDArray[np.int64]


def cascade_frame(world: World) -> DataFrame:
    """Return one row per person and message passed on so far, each after the one it came from.

    Returns
    -------
    DataFrame
        cascade (number, from 0), lineage (message), person (id), from (id of who it came from; missing for a
        root), generation (steps from the root), day, channel, variant (its number in `variant_frame`),
        is_partner.

    Notes
    -----
    A root is a booked partner, or a person who passed on what the brand said. What a person decides to pass on
    is seen on the day after, a partner's post on its day. Who posts a message again stands once, with the first time.
    """
    bookings = have_posted(world)
    kept, parent = tied(world.passed_on, [(booking.message, booking.rows) for booking in bookings])
    posts = {
        name: np.concatenate(
            [
                *(np.full(len(b.rows), getattr(b, told), np.int64) for b in bookings),
                column(world.passed_on, name),
            ]
        )
        for name, told in (("message", "message"), ("variant", "message"), ("channel", "channel"))
    }
    author = np.concatenate([*(b.rows.astype(np.int64) for b in bookings), column(world.passed_on, "author")])
    by_day = np.repeat(np.arange(1, len(world.passed_on) + 1), [len(posts) for posts in world.passed_on])
    day = np.concatenate([*(np.full(len(b.rows), min(b.days)) for b in bookings), by_day])
    first = _first_of(posts["message"], author, day)[kept]
    root, generation = climbed(parent)
    person = np.array(unique_id(world, author[kept]), object)
    source = person[parent]
    source[parent == ROOT] = None
    return DataFrame(
        {
            "cascade": (np.cumsum(parent == ROOT) - 1)[root],
            "lineage": np.array(world.campaign.message_names, object)[posts["message"][kept]],
            "person": person,
            "from": source,
            "generation": generation,
            "day": day[first],
            "channel": np.array(world.public.population.channel_names, object)[posts["channel"][first]],
            "variant": posts["variant"][first],
            "is_partner": kept < len(author) - len(by_day),
        }
    )


def _first_of(message: Ints, author: Ints, day: Ints) -> Ints:
    """Return, for each post, the earliest one of the same person and lineage."""
    order = np.lexsort((day, author, message))
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (np.diff(message[order]) != 0) | (np.diff(author[order]) != 0)
    out = np.empty(len(order), np.int64)
    out[order] = order[np.flatnonzero(is_new)[np.cumsum(is_new) - 1]]
    return out


def variant_frame(world: World) -> DataFrame:
    """Return one row per message and variant there is: what it says, who made it, and of what.

    Returns
    -------
    DataFrame
        variant (number), lineage (message), parent (variant it was made of; itself for a message), author (id;
        missing for a message), day (0 for a message), quality, valence, drift (distance from the message's
        appeals, 0 to 1), and ``appeals.<need>`` for each need.
    """
    said = world.variants
    n = int(said.n[0])
    author = np.array(unique_id(world, np.maximum(said.author[:n], 0)), object)
    author[said.author[:n] == BRAND] = None
    columns = {
        "variant": np.arange(n),
        "lineage": np.array(world.campaign.message_names, object)[said.lineage[:n]],
        "parent": said.parent[:n].astype(np.int64),
        "author": author,
        "day": said.made_on[:n].astype(np.int64),
        "quality": said.quality[:n],
        "valence": said.valence[:n],
        "drift": said.drift[:n] / UNITS,
    }
    needs = world.public.population.needs
    return DataFrame(columns | {f"appeals.{need}": said.appeals[:n, k] for k, need in enumerate(needs)})
