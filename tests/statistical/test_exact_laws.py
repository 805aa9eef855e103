"""How many are reached on small random graphs: the exact law from every world of live ties, against what is run.

Through the day a graph stands a thousand times beside itself in one public, and each copy is a world of its own: ids
differ, and so does all luck.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from sim import Network, cascade
from sim.agents.build import build_population
from sim.campaign.compile import compile_campaign
from sim.kernels.state import HAS_SHARED
from sim.luck_keys import world_key
from sim.public import ready_public
from sim.world import World
from tests import enumeration
from tests.plans import bare, build

pytestmark = pytest.mark.statistical
GRAPHS, PEOPLE, WORLDS = 30, 7, 20_000
COPIES, FEED = 1000, "feed"
FALSE_ALARM = 1e-6  # of one comparison; about 200 are made here


class Case:
    """Hold a random graph of up to 12 ties, a number per tie, and a seed set of one or two."""

    def __init__(self, luck):
        rng = np.random.default_rng([9, luck])
        self.ties = enumeration.random_ties(rng, PEOPLE, int(rng.integers(6, 13)))
        self.chances = (rng.random(len(self.ties)) ** 0.7).tolist()
        self.seed_set = set(rng.choice(PEOPLE, int(rng.integers(1, 3)), replace=False).tolist())
        self.recovery = float(rng.uniform(0.2, 0.9))
        self.needs = rng.integers(1, 3, PEOPLE).tolist()
        self.network = Network.from_edges(*np.array(self.ties).T, n_people=PEOPLE, directed=True)
        into = np.zeros(PEOPLE)
        np.add.at(into, [i for _, i in self.ties], self.chances)
        scale = max(1.0, into.max())
        self.influence = [b / scale for b in self.chances]
        self.degree_in = [sum(i == listener for _, listener in self.ties) for i in range(PEOPLE)]

    def shares(self):
        """Return 1 / in-degree for each tie."""
        return [1 / self.degree_in[i] for _, i in self.ties]


CASES = [Case(luck) for luck in range(GRAPHS)]


def check_law(sizes, law):
    """Hold sizes to a law by Pearson's χ² over the sizes expected five times at least, and one class of the others.

    What cannot happen must not. Others expected less than five times in all come 30 times with probability 1e-13.
    """
    counts, expected = np.bincount(sizes, minlength=len(law)), law * len(sizes)
    assert not counts[law < 1e-12].any()
    often = expected >= 5
    got, wanted = counts[often], expected[often]
    if expected[~often].sum() >= 5:
        got, wanted = np.append(got, counts[~often].sum()), np.append(wanted, expected[~often].sum())
    else:
        assert counts[~often].sum() <= 30
        wanted = wanted * got.sum() / wanted.sum()
    if len(got) > 1:
        assert ((got - wanted) ** 2 / wanted).sum() <= chi2.isf(FALSE_ALARM, len(got) - 1)


def independent_law(case, chances):
    return enumeration.law(enumeration.independent_worlds(case.ties, chances), PEOPLE, case.seed_set)


def threshold_law(case, influence):
    return enumeration.law(enumeration.threshold_worlds(case.ties, influence), PEOPLE, case.seed_set)


def told(case):
    return {"seed_set": case.seed_set, "worlds": WORLDS, "master_seed": 3}


@pytest.mark.parametrize("luck", range(GRAPHS))
def test_independent_cascade(luck):
    case = CASES[luck]
    check_law(
        cascade.independent(case.network, case.chances, **told(case)), independent_law(case, case.chances)
    )
    few = [0.1 * p for p in case.chances]  # rows are skipped through
    check_law(cascade.independent(case.network, few, **told(case)), independent_law(case, few))
    weighted = cascade.independent(case.network, "weighted", **told(case))
    check_law(weighted, independent_law(case, case.shares()))


@pytest.mark.parametrize("luck", range(GRAPHS))
def test_sir(luck):
    case = CASES[luck]
    betas = [0.5 * p for p in case.chances]
    worlds = enumeration.sir_worlds(case.ties, betas, case.recovery)
    law = enumeration.law(worlds, PEOPLE, case.seed_set)
    check_law(cascade.sir(case.network, betas, recovery=case.recovery, **told(case)), law)


@pytest.mark.parametrize("luck", range(GRAPHS))
def test_linear_threshold(luck):
    case = CASES[luck]
    sizes = cascade.linear_threshold(case.network, case.influence, **told(case))
    check_law(sizes, threshold_law(case, case.influence))
    sizes = cascade.linear_threshold(case.network, "weighted", **told(case))
    check_law(sizes, threshold_law(case, case.shares()))


@pytest.mark.parametrize("luck", range(GRAPHS))
def test_fractions_and_counts(luck):
    """Nothing is drawn: one size, and it is the one found person by person."""
    case = CASES[luck]
    for fraction in (0.2, 0.5, 0.9):
        needs = [max(1, int(np.ceil(fraction * k - 1e-9))) for k in case.degree_in]
        wanted = enumeration.needs_met(case.ties, needs, case.seed_set)
        assert cascade.threshold(case.network, fraction, case.seed_set).tolist() == [wanted]
    wanted = enumeration.needs_met(case.ties, case.needs, case.seed_set)
    assert cascade.threshold(case.network, case.needs, case.seed_set, rule="count").tolist() == [wanted]


def test_a_law_that_is_off_by_a_little_is_noticed():
    """Chances a twentieth too high, a tie that also leads back, and thresholds that tie by tie are independent."""
    wrong = [
        lambda case: (cascade.independent(case.network, [min(1.0, 1.05 * p) for p in case.chances], **told(case)),
                      independent_law(case, case.chances)),
        lambda case: (cascade.independent(case.network, case.influence, **told(case)),
                      threshold_law(case, case.influence)),
        lambda case: (cascade.sir(case.network, case.chances, recovery=min(1.0, 1.1 * case.recovery), **told(case)),
                      enumeration.law(enumeration.sir_worlds(case.ties, case.chances, case.recovery), PEOPLE,
                                      case.seed_set)),
    ]  # fmt: skip
    for of in wrong:
        with pytest.raises(AssertionError):
            [check_law(*of(case)) for case in CASES]


def lived_sizes(case, sharing, *, visibility=1.0, attention=1.0, weight=None, replications=4):
    """Return how many share in each copy of the graph in each world of the day, starters included.

    Starters are booked and have shared already: a partner who hears of it from others would else share it too.
    """
    n_people = PEOPLE * COPIES
    plan = bare(agents=n_people, days=40, adoption=None, co_creation=None, sharing=sharing)
    plan["audience"]["segments"]["people"]["usage"] = {FEED: {"users": 1.0, "visits_per_day": 1000.0}}
    plan["channels"] = {
        FEED: {
            "kind": "feed", "medium": "feed", "visibility": visibility, "attention": attention, "usage_shape": 100.0,
        }
    }  # fmt: skip
    plan["network"] = {FEED: {"generate": "small_world"}}  # given as arrays below
    first = PEOPLE * np.arange(COPIES)
    starters = (first[:, None] + sorted(case.seed_set)).ravel().tolist()
    booked = {"message": "claim", "channel": FEED, "people": starters, "post_on": [1]}
    plan["plan"] = {"partners": {"starters": booked}}
    scenario = build(plan)
    src, dst = (np.add.outer(first, np.array(ends)).ravel() for ends in zip(*case.ties, strict=True))
    given = None if weight is None else np.tile(weight, COPIES)
    network = Network.from_edges(src, dst, n_people=n_people, directed=True, name=FEED, weight=given)
    public = ready_public(scenario, build_population(scenario), network)
    campaign, out = compile_campaign(scenario, public), []
    for replication in range(replications):
        world = World(public, campaign, world_key(1, replication), scenario.days)
        world.people.lineage["flags"][starters, 0] |= HAS_SHARED
        world.run()
        assert len(world.posts_tomorrow) == 0
        out.append((world.people.lineage["n_posts"][:, 0] > 0).reshape(COPIES, PEOPLE).sum(axis=1))
    return np.concatenate(out)


ALIKE = {"level_most": 1.0, "level_some": 1.0, "level_rare": 1.0}


def thinned(case, beta):
    """Return the plan's keywords, each tie's weight, and the chance κ·ω·α·.8 that it passes the message on."""
    weight = np.maximum(case.chances, 0.05)
    how = {"visibility": 0.9, "attention": 0.7, "weight": weight}
    how["sharing"] = {"beta": beta, "r": [1.0], "engagement": ALIKE}  # 2μq is 1
    return how, (0.9 * 0.7 * 0.8 * weight / weight.max()).tolist()


def check_day(luck, beta=0.8):
    how, chances = thinned(CASES[luck], beta)
    check_law(lived_sizes(CASES[luck], **how), independent_law(CASES[luck], chances))


@pytest.mark.parametrize("luck", range(6))
def test_the_day_as_independent_cascade(luck):
    """A tie passes the message on where it is seen, attended, and its receiver moved by that source."""
    check_day(luck)


@pytest.mark.parametrize("luck", range(6))
def test_the_day_as_linear_threshold(luck):
    case = CASES[luck]
    sizes = lived_sizes(case, {"rule": "threshold"})
    check_law(sizes, threshold_law(case, case.shares()))


@pytest.mark.parametrize("luck", range(6))
def test_the_day_as_fraction_and_count(luck):
    """Every copy of every world ends alike, where the textbook does."""
    case = CASES[luck]
    needs = [max(1, int(np.ceil(0.5 * k - 1e-9))) for k in case.degree_in]
    sizes = lived_sizes(case, {"rule": "fraction", "fraction": 0.5}, replications=1)
    assert set(sizes.tolist()) == {enumeration.needs_met(case.ties, needs, case.seed_set)}
    sizes = lived_sizes(case, {"rule": "count", "count": 2}, replications=1)
    assert set(sizes.tolist()) == {enumeration.needs_met(case.ties, [2] * PEOPLE, case.seed_set)}


def test_a_day_that_shares_a_little_more_is_noticed():
    with pytest.raises(AssertionError):
        [check_day(luck, beta=0.85) for luck in range(6)]
