"""Cascades of known shape, and those of a run put together again from its posts."""

from __future__ import annotations

import time
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sim.experiment.runner import prepare, run_world
from sim.kernels.state import BRAND, POST
from sim.results.cascade_frames import cascade_frame, variant_frame
from sim.results.cascades import Cascades, indicators, trace
from sim.scenario.audience import NEEDS
from sim.world import World
from tests import plans

pytestmark = pytest.mark.known


def posts(*rows: tuple[int, int]) -> np.ndarray:
    out = np.zeros(len(rows), POST)
    out["author"], out["source"] = [author for author, _ in rows], [source for _, source in rows]
    return out


def traced(*days: np.ndarray, partners: tuple[int, ...] = ()) -> Cascades:
    return trace(days, [(0, np.array(partners, np.int64))])


@pytest.mark.parametrize("n", [2, 3, 7, 20])
def test_star_and_path(n: int) -> None:
    """Goel et al. (2016): 2(n - 1)/n for a star, (n + 1)/3 for a path."""
    star = traced(posts((0, BRAND)), posts(*((leaf, 0) for leaf in range(1, n))))
    assert (star.size[0], star.depth[0], star.breadth[0]) == (n, 1, max(n - 1, 1))
    assert star.virality[0] == pytest.approx(2 * (n - 1) / n)
    path = traced(posts((0, BRAND)), *(posts((k, k - 1)) for k in range(1, n)))
    assert (path.size[0], path.depth[0], path.breadth[0]) == (n, n - 1, 1)
    assert path.virality[0] == pytest.approx((n + 1) / 3)


def test_partners_are_roots_and_lonely_roots_have_no_virality() -> None:
    found = traced(posts((5, 9), (6, BRAND)), posts((9, 5)), partners=(9, 8))
    assert sorted(zip(found.size.tolist(), found.depth.tolist(), strict=True)) == [(1, 0), (1, 0), (2, 1)]
    assert np.isnan(found.virality[found.size == 1]).all()
    told = indicators(found)
    assert (told["cascade_size"], told["r_share"]) == pytest.approx((4 / 3, 1 / 4))
    assert told["structural_virality"] == pytest.approx(1.0)
    assert np.isnan(list(indicators(traced()).values())).all()


def shared_scenario(co_creation=None):
    sharing = {"beta": 0.6, "reference_mean": 1.0}
    scenario = plans.bare(agents=1500, days=12, sharing=sharing, co_creation=co_creation)
    usage = {"feed": {"users": 1.0, "visits_per_day": 2.0}}
    scenario["audience"]["segments"]["people"]["usage"] = usage
    scenario["channels"] = {"feed": {"kind": "feed", "medium": "feed", "cpm": 5.0, "visibility": 0.3}}
    scenario["network"] = {"feed": {"generate": "power_law"}}
    flight = {"message": "claim", "channel": "feed", "days": "1-3", "grp": 20}
    booked = {"message": "claim", "channel": "feed", "people": [1, 2], "post_on": [1]}
    scenario["plan"] = {"flights": {"ad": flight}, "partners": {"allies": booked}}
    return plans.build(scenario)


def test_cascades_of_a_run_agree_with_the_graph_of_its_posts() -> None:
    study = prepare(shared_scenario())
    world = plans.open_world(study, 0)
    world.run()
    graph = nx.DiGraph()
    graph.add_nodes_from([1, 2])
    for post in np.concatenate(world.passed_on):
        author, source = int(post["author"]), int(post["source"])
        if author in (1, 2):
            continue
        graph.add_node(author)
        if source != BRAND:
            assert source in graph
            graph.add_edge(source, author)
    found = trace(world.passed_on, [(0, np.array([1, 2]))])
    trees = [graph.subgraph(part) for part in nx.weakly_connected_components(graph)]
    assert len(trees) == len(found.size)
    assert max(found.size) > 3
    assert Counter(found.size.tolist()) == Counter(len(tree) for tree in trees)
    wanted = sorted(nx.average_shortest_path_length(t.to_undirected()) for t in trees if len(t) > 1)
    np.testing.assert_allclose(np.sort(found.virality[found.size > 1]), wanted)
    roots = [node for node in graph if graph.in_degree(node) == 0]
    steps = Counter(n for root in roots for n in nx.single_source_shortest_path_length(graph, root).values())
    assert found.posters.tolist() == [steps[depth] for depth in range(len(steps))]
    assert indicators(found)["r_share_gen2"] == pytest.approx(steps[2] / steps[1])
    outcome = run_world(study, 0)
    assert outcome is not None
    row = outcome.last_rows.index(("cascade_size", "all", "all"))
    assert outcome.last[row] == pytest.approx(found.size.mean())


def check_frame(frame: pd.DataFrame, world: World) -> None:
    """Hold the frame to the measured cascades: each child one step under its giver, each size, depth and breadth."""
    partners = [(booking.message, booking.rows) for booking in world.campaign.bookings]
    found = trace(world.passed_on, partners)
    assert not frame.duplicated(["lineage", "person"]).any()
    is_root = frame["from"].isna()
    assert (frame["generation"][is_root] == 0).all()
    keys = ["lineage", "person"]
    heard = frame[~is_root].merge(frame, left_on=["lineage", "from"], right_on=keys, suffixes=("", "_giver"))
    assert len(heard) == len(frame) - len(found.size)
    assert (heard["generation"] == heard["generation_giver"] + 1).all()
    assert (heard["cascade"] == heard["cascade_giver"]).all()
    since = heard["day"] - heard["day_giver"]
    assert (since >= np.where(heard["is_partner_giver"], 0, 1)).all()
    by_cascade = frame.groupby("cascade")
    assert by_cascade.size().tolist() == found.size.tolist()
    assert by_cascade["generation"].max().tolist() == found.depth.tolist()
    widths = frame.groupby(["cascade", "generation"]).size().groupby("cascade").max()
    assert widths.tolist() == found.breadth.tolist()
    said = variant_frame(world).set_index("variant")
    posted = said.loc[frame["variant"]].reset_index()
    assert (posted["lineage"] == frame["lineage"]).all()
    # What is posted is what was met, or one's own; a partner may have posted both, and stands with the first.
    author = said.loc[heard["variant"], "author"].to_numpy()
    is_met = heard["variant"] == heard["variant_giver"]
    is_of_partner = heard["is_partner_giver"] & (author == heard["from"])
    assert (is_met | (author == heard["person"]) | is_of_partner).all()


def co_created() -> World:
    world = plans.open_world(prepare(shared_scenario({"probability": 1.0, "half_at_engagement": 1.0})), 0)
    world.run()
    return world


def test_the_frame_tells_who_passed_it_to_whom() -> None:
    world = co_created()
    frame = cascade_frame(world)
    check_frame(frame, world)
    assert frame["is_partner"].sum() == 2
    assert set(frame["channel"]) == {"feed"}
    assert frame["day"].between(1, 12).all()
    assert len(set(frame["variant"])) > 5
    assert len(cascade_frame(plans.open_world(prepare(shared_scenario()), 0))) == 0


@pytest.mark.parametrize(("column", "by"), [("generation", 1), ("cascade", 1), ("day", 20), ("variant", 1)])
def test_a_frame_that_tells_something_else_is_noticed(column: str, by: int) -> None:
    world = co_created()
    frame = cascade_frame(world)
    row = frame.index[(frame["generation"] == 1) & (frame["variant"] > 0)][0]
    giver = frame.index[
        (frame["person"] == frame["from"][row]) & (frame["lineage"] == frame["lineage"][row])
    ][0]
    frame.loc[giver if column == "day" else row, column] += by
    with pytest.raises(AssertionError):
        check_frame(frame, world)


def test_variants_are_told_with_author_and_parent() -> None:
    world = co_created()
    said = variant_frame(world)
    assert len(said) == world.variants.n[0] == 1 + world.tally.variants.sum()
    original = said.iloc[0]
    assert (original["lineage"], original["parent"], original["author"], original["day"]) == (
        "claim",
        0,
        None,
        0,
    )
    assert (said["parent"][1:] < said["variant"][1:]).all()
    assert said["author"][1:].is_unique
    assert said["drift"][0] == 0.0
    assert said["drift"][1:].between(0, 1).all()
    assert [column for column in said if column.startswith("appeals.")] == [
        f"appeals.{need}" for need in NEEDS
    ]


def test_a_shifted_tree_is_noticed() -> None:
    """The check above rejects a tracer that hangs everyone on the root."""
    path = traced(posts((0, BRAND)), posts((1, 0)), posts((2, 1)), posts((3, 2)))
    flat = traced(posts((0, BRAND)), posts((1, 0)), posts((2, 0)), posts((3, 0)))
    assert path.virality[0] > flat.virality[0]
    assert (path.depth[0], flat.depth[0]) == (3, 1)


def test_generations_of_a_tree_that_was_drawn_by_hand() -> None:
    """Two roots, three one step away, one two steps away: 3/2, 1/3, nobody further."""
    found = traced(posts((0, BRAND), (1, BRAND)), posts((2, 0), (3, 0), (4, 1)), posts((5, 3)))
    assert found.posters.tolist() == [2, 3, 1]
    told = indicators(found)
    assert [told[f"r_share_gen{g}"] for g in (1, 2, 3)] == pytest.approx([3 / 2, 1 / 3, 0.0])
    assert np.isnan([told["r_share_gen4"], told["r_share_gen5"]]).all()


def test_whoever_is_heard_of_without_having_posted_starts_a_cascade() -> None:
    """No post is lost, and nothing goes round in circles, whatever stands in the posts."""
    found = traced(posts((1, 9), (2, 3), (3, 2), (4, 4)))
    assert found.size.tolist() == [1, 2, 1]
    assert found.posters.tolist() == [3, 1]


BRANCHING, FIRST = 0.8, 4000


def branching(mean: float, master: int) -> list[np.ndarray]:
    """Return a Galton-Watson process of posts: every poster makes Poisson(mean) further ones."""
    rng = np.random.default_rng(master)
    days, before, n = [posts(*((k, BRAND) for k in range(FIRST)))], np.arange(FIRST), FIRST
    for _ in range(5):
        source = np.repeat(before, rng.poisson(mean, len(before)))
        before = np.arange(n, n + len(source))
        n += len(source)
        days.append(posts(*zip(before.tolist(), source.tolist(), strict=True)))
    return days


def check_branching(found: Cascades) -> None:
    """Hold each generation's ratio to 4 standard errors, √(mean / posters) each.

    False alarm: 5 ratios × P(|z| > 4) = .0003.
    """
    told = indicators(found)
    for g in range(1, 6):
        error = np.sqrt(BRANCHING / found.posters[g - 1])
        assert abs(told[f"r_share_gen{g}"] - BRANCHING) <= 4 * error, g


def test_every_generation_of_a_branching_process_has_its_mean() -> None:
    check_branching(traced(*branching(BRANCHING, 1)))


@pytest.mark.parametrize("mean", [0.74, 0.86])
def test_another_mean_is_noticed(mean: float) -> None:
    with pytest.raises(AssertionError):
        check_branching(traced(*branching(mean, 1)))


def test_generations_that_start_one_step_late_are_noticed() -> None:
    found = traced(*branching(BRANCHING, 1))
    with pytest.raises(AssertionError):
        check_branching(found._replace(posters=found.posters[1:]))


def test_a_hundred_thousand_posts_are_traced_in_a_moment() -> None:
    """Measured at 0.04 s; a loop over posts takes 0.4 s."""
    n, rng = 100_000, np.random.default_rng(2)
    out = np.zeros(n, POST)
    out["author"] = rng.permutation(n)
    before = (rng.random(n) * np.arange(n)).astype(np.int64)
    out["source"] = np.where(np.arange(n) < 1000, BRAND, out["author"][before])
    best = min(timed(out) for _ in range(3))
    assert best < 0.2


def timed(out: np.ndarray) -> float:
    begun = time.perf_counter()
    assert traced(out).size.sum() == len(out)
    return time.perf_counter() - begun
