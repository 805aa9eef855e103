"""Whatever is written, the answer is a scenario or a list of faults; defaults change nothing."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.errors import InputError
from sim.scenario import path
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.starter import starter_text

Tree = dict[str, Any]
BASE: Tree = YAML(typ="safe", pure=True).load(starter_text())
KEYS = ["days", "share", "budget", "channel", "posts", "cap", "edges", "generate", "file", "from_people", "from_survey",
        "extends", "people", "agents", "tv", "all", "students", "usage", "0", "chanel", "a.b", "", "<<"]  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 100),
    st.sampled_from([10**30, -1, 2**63, 1e300, float("nan"), float("inf"), -0.0]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["1-14", "14-1", "tv", "reveal", "students", "top", "power_law", "nowhere.csv", "\0", "é" * 300]
    ),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


def addresses(tree: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the address of every value of a tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for key, value in pairs:
        found += [(*above, key), *addresses(value, (*above, key))]
    return found


ALL = addresses(BASE)
DELETE = object()


def changed(changes: list[tuple[tuple[str | int, ...], Any]]) -> Tree:
    """Return the starter with values deleted or replaced, where the addresses still stand."""
    tree = copy.deepcopy(BASE)
    for address, value in changes:
        if not path.has(tree, address):
            continue
        if value is DELETE:
            del path.get(tree, address[:-1])[address[-1]]
        else:
            path.put(tree, address, value)
    return tree


def told(call: Any) -> Scenario | None:
    """Return the scenario, or None where faults were told; anything else is raised."""
    try:
        return call()  # type: ignore[no-any-return]
    except InputError as error:
        faults = error.faults
    assert faults
    assert all(fault.where and fault.got and fault.wanted for fault in faults)
    assert len({(fault.where, fault.got) for fault in faults}) == len(faults)
    return None


CHANGES = st.lists(st.tuples(st.sampled_from(ALL), st.just(DELETE) | JUNK), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES, new=st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=2), at=st.sampled_from(ALL))
def test_a_scenario_or_faults(changes: list[Any], new: Tree, at: tuple[str | int, ...]) -> None:
    """Deleting, replacing and adding anything anywhere never breaks in another way."""
    tree = changed(changes)
    target = path.get(tree, at) if path.has(tree, at) else tree
    (target if isinstance(target, dict) else tree).update(new)
    scenario = told(lambda: Scenario.from_dict(tree))
    if scenario is not None:
        assert resolved(Scenario.from_dict(resolved(scenario))) == resolved(scenario)


@settings(max_examples=100, deadline=None)
@given(
    address=st.sampled_from(ALL) | st.lists(st.sampled_from(KEYS), max_size=3),
    value=st.text(max_size=12)
    | st.sampled_from(["3", "[", "{a: b}", "null", "1-3", "[tv]", ".nan", "&a [*a]", "!x y"]),
)
def test_any_setting(address: Any, value: str) -> None:
    told(lambda: Scenario.from_dict(BASE, overrides=[f"{path.render(address)}={value}"]))


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=60) | st.text(max_size=80).map(str.encode) | st.text(
    "abdnsy :-[]{}&*!|>'\"%@`#\n\t,?0123456789.", max_size=60).map(str.encode))  # fmt: skip
def test_any_file(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.yaml"
        file.write_bytes(data)
        told(lambda: Scenario.load(file))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(starter_text().encode())), junk=st.binary(max_size=3))
def test_a_truncated_file(cut: int, junk: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.yaml"
        file.write_bytes(starter_text().encode()[:cut] + junk)
        told(lambda: Scenario.load(file))


SCENARIO = Scenario.from_dict(BASE)
FULL = resolved(SCENARIO)
OPTIONAL = [
    address for address in addresses(FULL) if not path.has(BASE, address) and path.has(BASE, address[:-1])
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(OPTIONAL), min_size=1, max_size=12, unique=True))
def test_an_absent_key_and_its_default_are_the_same(written: list[tuple[str | int, ...]]) -> None:
    tree = copy.deepcopy(BASE)
    for address in written:
        path.put(tree, address, copy.deepcopy(path.get(FULL, address)))
    scenario = Scenario.from_dict(tree)
    assert scenario_hash(scenario) == scenario_hash(SCENARIO)
    assert public_hash(scenario) == public_hash(SCENARIO)
