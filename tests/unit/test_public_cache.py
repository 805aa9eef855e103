"""The cache of publics: the same bits with it and without, nothing half-written, nothing trusted unseen."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pytest

from sim import AudienceModel, public_cache
from sim import public as doors
from sim.experiment import runner
from sim.scenario.schema import Scenario

PEOPLE = """id,town,age,visits
ä1,Łódź,20,1.5
b 2,,30,0.5
c"3,Łódź,40,2
漢4,Vigo,50,1
e5,Vigo,60,1
"""
EDGES = "from,to,strength\nä1,b 2,2\nb 2,漢4,1\n漢4,ä1,3\ne5,ä1,1\n"


def drawn(**options) -> dict:
    return {
        "name": "Drawn", "days": 3, "master_seed": 5, "replications": 3,
        "audience": {"agents": 400, "segments": {
            "a": {"share": 0.3, "usage": {"gram": {"users": 0.8, "visits_per_day": 1.0}}},
            "b": {"share": 0.7, "usage": {"gram": {"users": 0.5, "visits_per_day": 2.0}}}}},
        "network": {"gram": {"generate": "affiliation", "min_ties": 3},
                    "offline": {"generate": "small_world"}},
        "channels": {"gram": {"kind": "feed", "medium": "feed", "cpm": 5.0}},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
        "plan": {"flights": {"f": {"message": "hello", "channel": "gram", "days": "1-3", "grp": 80.0}}},
    } | options  # fmt: skip


def filed(folder: Path) -> Scenario:
    """Return a scenario whose people and ties stand in files: text ids, text columns, weights, notes."""
    folder.mkdir(exist_ok=True)
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    (folder / "ties.csv").write_text(EDGES, "utf-8")
    everyone = {"usage": {"gram": {"users": 1.0, "visits_per_day": 1.0}}}
    people = {"file": "people.csv", "id": "id", "segment_by": ["town"]}
    plan = drawn(
        audience={"from_people": people, "everyone": everyone},
        network={"gram": {"edges": "ties.csv", "directed": True, "weight": "strength"}},
    )
    path = folder / "plan.yaml"
    path.write_text(json.dumps(plan), "utf-8")
    return Scenario.load(path)


def build(scenario):
    return doors.draw(scenario)


def refuse(scenario):
    raise AssertionError("built, though it is in the cache")


def arrays(public):
    return list(public_cache._arrays(public[0])) + list(public_cache._arrays(public[1]))


def same(one, other) -> None:
    """Check that two publics are the same to the last bit, and of one type to a compiler."""
    for a, b in zip(arrays(one), arrays(other), strict=True):
        assert type(b) is np.ndarray
        assert (a.dtype, a.shape, a.tolist() if a.dtype == object else a.tobytes()) == (
            b.dtype, b.shape, b.tolist() if b.dtype == object else b.tobytes())  # fmt: skip
        assert not b.flags.writeable
        if a.dtype != object:
            assert numba.typeof(a) == numba.typeof(b)
    (p, n), (q, m) = one, other
    for name in ("ids", "market", "segment_names", "needs", "channel_names", "notes"):
        assert getattr(p, name) == getattr(q, name)
    assert list(p.columns) == list(q.columns)
    assert (n.n_people, n.ids, list(n.layers)) == (m.n_people, m.ids, list(m.layers))
    for name, layer in n.layers.items():
        kept = m.layers[name]
        assert (layer.name, layer.is_well_mixed, layer.notes) == (kept.name, kept.is_well_mixed, kept.notes)


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("PREGON_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(public_cache, "LEAST_SECONDS", 0.0)
    return tmp_path / "cache" / "publics"


def entries(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def test_what_was_built_is_opened(root, tmp_path):
    well_mixed = drawn(network={"offline": {"generate": "well_mixed"}})
    for scenario in (Scenario.from_dict(drawn()), Scenario.from_dict(well_mixed), filed(tmp_path / "files")):
        built = public_cache.opened(scenario, build)
        same(built, public_cache.opened(scenario, refuse))
    assert len(entries(root)) == 3


def test_results_are_the_same_with_and_without_it(root, monkeypatch):
    scenario = Scenario.from_dict(drawn())
    frames = []
    for place in ("off", str(root.parent), str(root.parent)):
        monkeypatch.setenv("PREGON_CACHE", place)
        doors._drawn.clear()
        frames.append(runner.run(scenario, threads=2).worlds)
    assert len(entries(root)) == 1
    for kept in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], kept, check_exact=True)


def modelled(monkeypatch, scenario, place, draw) -> list[AudienceModel]:
    """Return two worlds as Mesa models, with nothing left in memory from before."""
    doors._drawn.clear()
    with monkeypatch.context() as patched:
        patched.setattr(doors, "draw", draw)
        patched.setenv("PREGON_CACHE", place)
        return [AudienceModel(scenario, replication) for replication in range(2)]


@pytest.mark.parametrize("kind", ["drawn", "two publics", "files"])
def test_every_door_opens_the_one_entry(root, tmp_path, monkeypatch, kind):
    """After a run a model of Mesa's draws nothing: its public is opened, and its days are the same bits."""
    plan = drawn(publics=2) if kind == "two publics" else drawn()
    scenario = filed(tmp_path / "files") if kind == "files" else Scenario.from_dict(plan)
    doors._drawn.clear()
    by_run = runner.run(scenario, replications=2, threads=1).worlds
    kept = entries(root)
    anew = modelled(monkeypatch, scenario, "off", doors.draw)
    opened = modelled(monkeypatch, scenario, str(root.parent), refuse)
    assert entries(root) == kept
    for replication, (first, second) in enumerate(zip(anew, opened, strict=True)):
        one, other = first.public, second.public
        same((one.population, one.network), (other.population, other.network))
        second.step()
        second = pickle.loads(pickle.dumps(second))
        for model in (first, second):
            model.run()
        told = first.indicators()
        assert told == pytest.approx(second.indicators(), abs=0, rel=0, nan_ok=True)
        world = by_run[by_run.replication == replication].set_index(["metric", "segment", "channel"]).value
        assert told == pytest.approx({row: world[row] for row in told}, abs=0, rel=0, nan_ok=True)


def test_large_arrays_are_mapped_and_not_read(root):
    scenario = Scenario.from_dict(drawn())
    public_cache.opened(scenario, build)
    _, network = public_cache.opened(scenario, refuse)
    assert isinstance(network.layers["gram"].out_dst.base, np.memmap)


DAMAGE = {
    "a byte is wrong": lambda e: (e / "0.npy").write_bytes((e / "0.npy").read_bytes()[:-1] + b"\x7f"),
    "a file is cut": lambda e: (e / "1.npy").write_bytes((e / "1.npy").read_bytes()[:-8]),
    "a file is empty": lambda e: (e / "1.npy").write_bytes(b""),
    "a file is missing": lambda e: (e / "2.npy").unlink(),
    "a value is changed": lambda e: (e / "entry.json").write_text(
        (e / "entry.json").read_text().replace('"market": 400.0', '"market": 500.0')),
    "no JSON": lambda e: (e / "entry.json").write_text("{"),
    "other JSON": lambda e: (e / "entry.json").write_text("[1]"),
    "no UTF-8": lambda e: (e / "entry.json").write_bytes(b"\xff\xfe"),
    "nothing told": lambda e: (e / "entry.json").unlink(),
    "an empty folder": lambda e: (shutil.rmtree(e), e.mkdir()),
    "a file in place of the folder": lambda e: (shutil.rmtree(e), e.write_text("hello")),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_built_anew(root, damage):
    scenario = Scenario.from_dict(drawn())
    built = public_cache.opened(scenario, build)
    (name,) = entries(root)
    before = {path.name: path.read_bytes() for path in (root / name).iterdir()}
    DAMAGE[damage](root / name)
    again = []
    rebuilt = public_cache.opened(scenario, lambda s: again.append(1) or build(s))
    assert again == [1]
    same(built, rebuilt)
    assert entries(root) == [name]
    assert {path.name: path.read_bytes() for path in (root / name).iterdir()} == before
    same(built, public_cache.opened(scenario, refuse))


def test_many_at_once_leave_one_entry(root):
    scenario = Scenario.from_dict(drawn())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: public_cache.opened(scenario, build), range(16)))
    for public in found[1:]:
        same(found[0], public)
    assert len(entries(root)) == 1


def test_an_entry_that_is_taken_away_stays_open(root):
    scenario = Scenario.from_dict(drawn())
    built = public_cache.opened(scenario, build)
    kept = public_cache.opened(scenario, refuse)
    shutil.rmtree(root)
    same(built, kept)


def test_the_longest_unused_go_first(root, monkeypatch):
    plans = [Scenario.from_dict(drawn(master_seed=k)) for k in range(4)]
    names = [public_cache.entry_name(plan) for plan in plans]
    for age, plan in zip((30, 20, 10), plans, strict=False):
        public_cache.opened(plan, build)
        os.utime(root / public_cache.entry_name(plan) / "entry.json", (time.time() - age,) * 2)
    public_cache.opened(plans[0], refuse)  # used now: the second is the longest unused
    each = sum(path.stat().st_size for path in (root / names[0]).iterdir())
    monkeypatch.setattr(public_cache, "MOST_BYTES", int(3.5 * each))
    public_cache.opened(plans[3], build)
    assert entries(root) == sorted([names[0], names[2], names[3]])


def test_what_is_larger_than_the_cache_or_quickly_built_is_not_kept(root, monkeypatch):
    scenario = Scenario.from_dict(drawn())
    monkeypatch.setattr(public_cache, "MOST_BYTES", 1000)
    public_cache.opened(scenario, build)
    assert not root.exists()
    monkeypatch.setattr(public_cache, "MOST_BYTES", 10**9)
    monkeypatch.setattr(public_cache, "LEAST_SECONDS", 1e6)
    public_cache.opened(scenario, build)
    assert not root.exists()


def test_what_was_left_unfinished_is_no_entry_and_goes_in_time(root):
    for name, age in ((".old", 2 * 86_400), (".new", 10)):
        (root / name).mkdir(parents=True)
        os.utime(root / name, (time.time() - age,) * 2)
    scenario = Scenario.from_dict(drawn())
    public_cache.opened(scenario, build)
    assert entries(root) == [".new", public_cache.entry_name(scenario)]


def test_a_broken_writing_leaves_nothing(root, monkeypatch):
    scenario = Scenario.from_dict(drawn())
    calls = []

    def full(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise OSError("no space left")
        return save(*args, **kwargs)

    save = np.save
    monkeypatch.setattr(np, "save", full)
    public_cache.opened(scenario, build)
    assert len(calls) == 3
    assert entries(root) == []


def test_a_folder_that_cannot_be_made_is_no_fault(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PREGON_CACHE", str(tmp_path / "file"))
    scenario = Scenario.from_dict(drawn())
    same(build(scenario), public_cache.opened(scenario, build))


def test_the_name_is_of_public_and_code_and_not_of_the_place(tmp_path, monkeypatch):
    here, there = filed(tmp_path / "here"), filed(tmp_path / "there")
    name = public_cache.entry_name(here)
    assert name == public_cache.entry_name(there)
    (tmp_path / "there" / "ties.csv").write_text(EDGES + 'c"3,ä1,1\n', "utf-8")
    assert name != public_cache.entry_name(there)
    plans = [drawn(), drawn(days=4), drawn(master_seed=6)]
    first, same_public, other = (public_cache.entry_name(Scenario.from_dict(plan)) for plan in plans)
    assert first == same_public != other
    monkeypatch.setattr(public_cache, "code_version", lambda rooms: "another")
    assert public_cache.entry_name(here) != name


def test_the_code_version_is_that_of_sources_and_defaults(tmp_path, monkeypatch):
    source = Path(public_cache.__file__).parent
    for room in public_cache._BUILDERS:
        assert (source / room).exists()
    copy = tmp_path / "sim"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    version = partial(public_cache.code_version.__wrapped__, public_cache._BUILDERS)
    before = version()
    monkeypatch.setattr(public_cache, "__file__", str(copy / "public_cache.py"))
    assert version() == before
    (copy / "results" / "summary.py").write_text("")
    assert version() == before
    for changed in ("network/generators/small_world.py", "scenario/defaults/network.yaml"):
        with (copy / changed).open("a") as file:
            file.write("# changed\n")
        assert version() != before
        before = version()


@pytest.mark.parametrize(("given", "wanted"), [
    ("off", None), ("OFF", None), ("/some/where", "/some/where/publics"), ("", "/xdg/pregon/publics"),
])  # fmt: skip
def test_where_it_is(given, wanted, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("PREGON_CACHE", given)
    assert public_cache.folder() == (None if wanted is None else Path(wanted))


def test_where_it_is_without_a_word(monkeypatch):
    monkeypatch.delenv("PREGON_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr("sys.platform", "linux")
    assert public_cache.folder() == Path("/home/me/.cache/pregon/publics")
    monkeypatch.setattr("sys.platform", "darwin")
    assert public_cache.folder() == Path("/home/me/Library/Caches/pregon/publics")
