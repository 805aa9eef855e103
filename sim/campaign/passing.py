"""The cascade of a partner's post as the day would have it: who attends a post, and who passes it on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.campaign import messages, occasions
from sim.errors import Fault, InputError
from sim.network.graph import TieLayer
from sim.public import Public
from sim.scenario import channel_numbers
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passing:
    """Hold the cascade of one message on one channel.

    Parameters
    ----------
    layer : TieLayer
    chances : float64[n_ties]      chance that the follower attends one post: κ·min(1, u_i)·ω_ji·α_is
    pass_on : float64[n_people]    chance that it is passed on: min(1, β·E_i·2μ·q·r_1), for every source alike

    Notes
    -----
    One post by each person. What ranking, further posts, and further factors r add is left out, as are all other
    messages; the whole day has them.
    """

    layer: TieLayer
    chances: Floats
    pass_on: Floats


def passing(scenario: Scenario, public: Public, where: str, channel: str, message: str) -> Passing:
    """Return the cascade of a message on a feed with a layer.

    Raises
    ------
    InputError
        The scenario's rule of sharing is a textbook one (told of `where`): no single contact decides then.
    """
    population, layer = public.population, public.network.layers[channel]
    spec, said = scenario.channels[channel], scenario.messages[message]
    ties = public.ties[population.channel_names.index(channel)]
    weight = layer.out_weight.astype(np.float64) if len(layer.out_weight) else 1.0
    seen = np.minimum(1.0, channel_numbers.visibility(spec) * ties.visits[layer.out_dst] * weight)
    attention = occasions.attention_by_segment(spec, said, population.segment_names)
    chances = seen * attention[population.segment[layer.out_dst]]
    return Passing(layer, chances, _pass_on(scenario, public, where, channel, message))


def _pass_on(scenario: Scenario, public: Public, where: str, channel: str, message: str) -> Floats:
    population, sharing = public.population, scenario.sharing
    if sharing is None:
        return np.zeros(population.n_people)
    if sharing.rule != "probability":
        wanted = "want `sharing: {rule: probability}`: under the others no single contact decides"
        raise InputError(Fault(where, f"a certified choice beside sharing rule {sharing.rule}", wanted))
    match = messages.match_table(population.motivations, messages.appeals_of(scenario))
    mu = match[population.segment, sorted(scenario.messages).index(message)]
    beta = public.beta[population.channel_names.index(channel)]
    chance = beta * population.engagement * 2.0 * mu * scenario.messages[message].quality * sharing.r[0]
    return np.asarray(np.minimum(1.0, chance), np.float64)
