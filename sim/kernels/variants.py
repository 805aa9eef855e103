"""Receivers as authors: a sharer may change a message while passing it on.

What is made depends on who makes it of what, and on the luck of that person and lineage alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.luck import combine, normal_at, uniform_at
from sim.kernels.reception import apart, units
from sim.kernels.state import Array


class Craft(NamedTuple):
    """Hold how people change what they pass on; S segments, K needs.

    Parameters
    ----------
    probability : float            c_0: chance that a sharer makes a variant, approached as engagement grows
    half_at : float                engagement at which the chance is half of it
    pull_to_self : float           δ: how far the appeals move towards the author's own motivations
    appeal_sd, quality_sd : float  σ of what is drawn on top
    valence_kept : float           ρ_x: share of the valence that is kept; the rest is the author's attitude
    motivations : float64[S, K]    m
    needs : uint64[K]              key of each need
    quality : uint64               key of the quality
    most : int                     room for so many variants
    """

    probability: float
    half_at: float
    pull_to_self: float
    appeal_sd: float
    quality_sd: float
    valence_kept: float
    motivations: Array
    needs: Array
    quality: np.uint64
    most: int


@njit(cache=True, nogil=True)
def match_of(motivations, appeals):
    """Return μ = max_k θ_k · (m·θ)/(‖m‖‖θ‖) of two float64[K]; 0 where one of them is all 0."""
    product, of_needs, of_appeals, top = 0.0, 0.0, 0.0, 0.0
    for k in range(len(appeals)):
        product += motivations[k] * appeals[k]
        of_needs += motivations[k] * motivations[k]
        of_appeals += appeals[k] * appeals[k]
        top = max(top, appeals[k])
    lengths = math.sqrt(of_needs) * math.sqrt(of_appeals)
    return top * (product / lengths) if lengths > 0.0 else 0.0


@njit(cache=True, nogil=True)
def write_variant(u, post, luck, person, day, craft, variants):
    """Write variant number `u`: what the author of a post makes of the variant that it was to carry.

    Parameters
    ----------
    u : int
    post : POST
    luck : uint64              of the author and the lineage
    person : PERSON            the author
    day : int
    craft : Craft
    variants : Variants        row `u` is filled

    Notes
    -----
    θ' = (1 - δ)θ + δ·m·K/2 + N(0, σ_θ²) and q' = q + N(0, σ_q²), both clipped to [0, 1]; x' = ρ_x·x + (1 - ρ_x)·a.
    A variant with the very appeals of what it was made of matches as that does, to the bit.
    """
    parent, delta = post.variant, craft.pull_to_self
    own = craft.motivations[person.segment]
    n_needs = len(own)
    is_changed = False
    for k in range(n_needs):
        said = (1.0 - delta) * variants.appeals[parent, k] + delta * (own[k] * n_needs / 2.0)
        said += craft.appeal_sd * normal_at(combine(luck, craft.needs[k]), 0)
        said = min(1.0, max(0.0, said))
        is_changed = is_changed or said != variants.appeals[parent, k]
        variants.appeals[u, k] = said
    for s in range(len(craft.motivations)):
        variants.match[s, u] = variants.match[s, parent]
        if is_changed:
            variants.match[s, u] = match_of(craft.motivations[s], variants.appeals[u])
    made = variants.quality[parent] + craft.quality_sd * normal_at(combine(luck, craft.quality), 0)
    variants.quality[u] = min(1.0, max(0.0, made))
    kept = craft.valence_kept
    variants.valence[u] = kept * variants.valence[parent] + (1.0 - kept) * person.attitude
    variants.drift[u] = units(apart(variants.appeals, u, post.message))
    variants.lineage[u], variants.parent[u] = post.message, parent
    variants.author[u], variants.made_on[u] = post.author, day


@njit(cache=True, nogil=True)
def co_create(keys, posts, order, day, uid, people, craft, variants, tally):
    """Let each of the day's sharers change what it passes on, with the chance that its engagement gives.

    Parameters
    ----------
    keys : uint64[n_messages]  luck of the decision "variant", by lineage
    posts : POST[:]            what people pass on today for the first time; changed where a variant is made
    order : int64[:]           in which they are looked at: it decides who finds room
    day : int
    uid : uint64[n_people]
    people : People
    craft : Craft
    variants : Variants        filled further, as far as there is room
    tally : Tally              variants made and refused are counted

    Notes
    -----
    A variant is made with probability c_0·E/(E + half_at).
    """
    for p in order:
        post = posts[p]
        i = post.author
        engagement, person = people.engagement[i], people.record[i]
        luck = combine(keys[post.message], uid[i])
        if uniform_at(luck, 0) >= craft.probability * (engagement / (engagement + craft.half_at)):
            continue
        u = variants.n[0]
        if u == len(variants.lineage):
            tally.variants_refused[person.segment] += 1
            continue
        write_variant(u, post, luck, person, day, craft, variants)
        variants.n[0] = u + 1
        post.variant = u
        tally.variants[person.segment] += 1
