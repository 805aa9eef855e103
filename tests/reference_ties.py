"""Slow, obvious twins of sim.kernels.ties: whole numbers, sets and dicts, on the same coins."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from tests.reference_luck import combine
from tests.reference_luck import uniform_at as uniform

TRIES = 64


def rows(uid, src, dst, weight=None):
    """Return, per person, the sorted followers and their summed weights; self-loops and merged ties."""
    strengths = defaultdict(list)
    n_self = 0
    for e, (j, i) in enumerate(zip(src, dst, strict=True)):
        if j == i:
            n_self += 1
        else:
            strengths[j, i].append(1.0 if weight is None else weight[e])
    out = []
    for j in range(len(uid)):
        followers = sorted((i for k, i in strengths if k == j), key=lambda i: combine(uid[j], uid[i]))
        sums = []
        for i in followers:
            total = 0.0
            for one in sorted(strengths[j, i]):
                total = total + one
            sums.append(total)
        out.append((followers, sums))
    n_merged = sum(len(parallel) - 1 for parallel in strengths.values())
    return out, n_self, n_merged


def places(uid, src, dst):
    """Return where each given tie stands in the rows, counted through; -1 for self-loops."""
    listed = [(j, i) for j, (followers, _) in enumerate(rows(uid, src, dst)[0]) for i in followers]
    return [-1 if j == i else listed.index((j, i)) for j, i in zip(src, dst, strict=True)]


def n_returned(src, dst) -> int:
    ties = set(zip(src, dst, strict=True))
    return sum((i, j) in ties for j, i in ties)


def shuffled(key, uid, segment, n_stubs, n_home, n_pools):
    """Return the owners of all stubs, pool by pool, in the random order of each; and the pools' sizes."""
    found = []
    for i, person in enumerate(uid):
        for k in range(n_stubs[i]):
            pool = segment[i] if k < n_home[i] else n_pools - 1
            found.append((pool, combine(combine(key, person), k) // 2**16, i))
    found.sort(key=lambda stub: stub[:2])
    return [i for *_, i in found], [sum(pool == p for p, *_ in found) for pool in range(n_pools)]


def settled(key, pools, pairs, taken=()):
    """Return the pairs after swapping partners, and which are sound; `pools` are ranges of places."""
    pairs = [tuple(pair) for pair in pairs]
    ever = {frozenset(pair) for pair in taken}
    sound = []
    for a, b in pairs:
        sound.append(a != b and frozenset((a, b)) not in ever)
        if a != b:
            ever.add(frozenset((a, b)))
    for pool in pools:
        for p in pool:
            for t in range(0 if sound[p] else TRIES):
                q = pool[int(uniform(combine(key, p), t) * len(pool))]
                (a, b), (c, d) = pairs[p], pairs[q]
                new = {frozenset((a, c)), frozenset((b, d))}
                if sound[q] and a != c and b != d and len(new) == 2 and not new & ever:
                    pairs[p], pairs[q] = (a, c), (b, d)
                    ever |= new
                    sound[p] = True
                    break
    return pairs, sound


def directions(key, uid, pairs, p_both):
    """Return the ties of pairs: both ways, or one of the two at random."""
    out = []
    for a, b in pairs:
        own = combine(key, combine(uid[a], uid[b]))
        both, forth = uniform(own, 0) < p_both, uniform(own, 1) < 0.5
        out += [(a, b)] * (both or forth) + [(b, a)] * (both or not forth)
    return out


def followers(key, uid, segment, friends, n_home, n_wide):
    """Return the one-way ties drawn; `friends` are sets of people already tied."""
    everyone = list(range(len(uid)))
    ties = []
    for j, person in enumerate(uid):
        own = combine(key, person)
        ordinal = 0
        met = {j} | friends[j]
        own_kind = [i for i in everyone if segment[i] == segment[j]]
        for kinds in [[own_kind, everyone]] * n_home[j] + [[everyone]] * n_wide[j]:
            pick = None
            for people in kinds:
                tries = 0
                while pick is None and tries < TRIES:
                    tries += 1
                    candidate = people[int(uniform(own, ordinal) * len(people))]
                    ordinal += 1
                    if candidate not in met:
                        pick = candidate
            if pick is not None:
                met.add(pick)
                ties.append((j, pick))
    return ties


def ring(key, uid, segment, order, home_order, half, p_home, rewiring):
    """Return the pairs of the two rings; None stands for a partner given up."""
    pairs = []
    for place, i in enumerate(order):
        own = combine(key, uid[i])
        home = [k for k in home_order if segment[k] == segment[i]]
        at_home = home.index(i)
        n_home = min(int(p_home * half + uniform(own, 0)), (len(home) - 1) // 2)
        near = [home[(at_home + step) % len(home)] for step in range(1, n_home + 1)]
        near += [order[(place + step) % len(order)] for step in range(1, half - n_home + 1)]
        for k, partner in enumerate(near):
            pairs.append((i, None if uniform(own, k + 1) < rewiring else partner))
    return pairs


def rewired(key, uid, pairs):
    """Return the pairs, none twice, with new partners for those that miss one or stand twice."""
    taken: set[frozenset[int]] = set()
    out = []
    for i, partner in pairs:
        doubled = partner is not None and (partner == i or frozenset((i, partner)) in taken)
        out.append((i, None if doubled else partner))
        if partner is not None and partner != i:
            taken.add(frozenset((i, partner)))
    asked = defaultdict(int)
    for p, (i, partner) in enumerate(out):
        for _ in range(TRIES if partner is None else 0):
            pick = int(uniform(combine(key, uid[i]), asked[i]) * len(uid))
            asked[i] += 1
            if pick != i and frozenset((i, pick)) not in taken:
                taken.add(frozenset((i, pick)))
                out[p] = (i, pick)
                break
    return out


def groups(pools, size):
    """Return the pairs within groups of the members of each pool, and the ties missed, by person."""
    tied: dict[frozenset[int], tuple[int, int]] = {}
    missed = [defaultdict(int), defaultdict(int)]  # in pools of a segment, and in the last one
    for p, members in enumerate(pools):
        missing = missed[p == len(pools) - 1]
        whole = len(members) // size * size
        for first in range(0, whole, size):
            for a, b in combinations(members[first : first + size], 2):
                if a == b or frozenset((a, b)) in tied:
                    missing[a] += 1
                    missing[b] += 1
                else:
                    tied[frozenset((a, b))] = a, b
        for a in members[whole:]:
            missing[a] += size - 1
    return list(tied.values()), missed


def is_tied(ties, a, b):
    """Return whether one of two hears the other."""
    return (a, b) in ties or (b, a) in ties


def triangles(n, pairs):
    """Return, per person, the triangles that it is part of."""
    near = {frozenset(pair) for pair in pairs}
    closed = [
        three
        for three in combinations(range(n), 3)
        if all(frozenset(two) in near for two in combinations(three, 2))
    ]
    return [sum(i in three for three in closed) for i in range(n)]
