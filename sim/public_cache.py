"""Publics kept on disk: what was built once is opened, not built again.

An entry is a folder of ``.npy`` files and an ``entry.json`` under the user's cache folder. Its name is a
hash of what the public is built from and of the code that builds it; it is written whole or not at all,
opened read-only through the memory of the system (mmap), and checked before it is trusted.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import platform
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.network.graph import Network, TieLayer
from sim.scenario.identity import public_hash
from sim.scenario.path import get
from sim.scenario.schema import Scenario

VARIABLE = "PREGON_CACHE"
MOST_BYTES = 2_000_000_000
LEAST_SECONDS = 0.3
_ENTRY = "entry.json"
_UNFINISHED = "."
_ABANDONED_SECONDS = 86_400
_FORMAT = 1
_BUILDERS = ("agents", "kernels", "network", "scenario", "luck_keys.py", "public_cache.py")
_LIBRARIES = ("pregon", "numpy", "numba", "scipy", "pandas", "pyarrow")
_KINDS = {kind.__name__: kind for kind in (Population, Network, TieLayer)}

Both = tuple[Population, Network]
Array = npt.NDArray[Any]


class _CannotKeep(Exception):
    """Something of the public has no form on disk."""


def opened(scenario: Scenario, build: Callable[[Scenario], Both]) -> Both:
    """Return the population and network of a scenario: from the cache, else built by `build`.

    What took `LEAST_SECONDS` to build is kept, unless it is larger than `MOST_BYTES`; of what was kept
    before, the entries longest unused go when the whole becomes larger.
    """
    root = folder()
    if root is None:
        return build(scenario)
    entry = root / entry_name(scenario)
    found = _read(entry)
    if found is not None:
        return found
    begun = time.perf_counter()
    built = build(scenario)
    if time.perf_counter() - begun >= LEAST_SECONDS:
        with suppress(OSError, _CannotKeep):  # a cache that cannot be written is none
            _write(entry, built)
            _shrink(root, entry)
    return built


def folder() -> Path | None:
    """Return the folder of the cache, from PREGON_CACHE or the platform's; None where it is switched off."""
    given = os.environ.get(VARIABLE, "")
    if given.lower() == "off":
        return None
    if given:
        return Path(given).expanduser() / "publics"
    with suppress(RuntimeError):  # no home
        if sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        elif sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return base / "pregon" / "publics"
    return None


def entry_name(scenario: Scenario) -> str:
    """Return the name of a scenario's entry: a hash of its public and of what builds it, of no path here."""
    tree = scenario.model_dump(mode="json")
    # notes of a public name its files as the planner wrote them
    files = {address: get(tree, address.split(".")) for address in scenario.data_files()}
    text = json.dumps([public_hash(scenario), files, code_version(_BUILDERS)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


@cache
def code_version(rooms: tuple[str, ...]) -> str:
    """Return a hash of the sources in some rooms of `sim`, of the libraries they use, and of the kind of machine."""
    here = Path(__file__).parent
    found = hashlib.sha256()
    for room in rooms:
        sources = [here / room] if room.endswith(".py") else sorted((here / room).rglob("*"))
        for path in sources:
            if path.suffix in (".py", ".yaml") and path.is_file():
                found.update(f"{path.relative_to(here).as_posix()}\0".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    machine = [platform.machine(), platform.system(), sys.byteorder, platform.python_version()]
    found.update("\0".join([str(_FORMAT), *versions, *machine]).encode())
    return found.hexdigest()


def _read(entry: Path) -> Both | None:
    """Open an entry; one that is damaged or not ours is put away, so that it can be written anew."""
    try:
        text = (entry / _ENTRY).read_text("utf-8")
    except FileNotFoundError:
        if entry.exists():
            _remove(entry)
        return None
    except (OSError, ValueError):
        _remove(entry)
        return None
    try:
        told = json.loads(text)
        if _sum(json.dumps(told["public"]).encode()) != told["sum"]:
            raise ValueError("not what was written")
        population, network = (_unpacked(part, entry) for part in told["public"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        _remove(entry)
        return None
    with suppress(OSError):
        os.utime(entry / _ENTRY)
    return population, network


def _write(entry: Path, built: Both) -> None:
    if sum(array.nbytes for part in built for array in _arrays(part)) > MOST_BYTES:
        return
    entry.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=entry.parent))
    try:
        public = [_packed(part, made) for part in built]
        told = {"sum": _sum(json.dumps(public).encode()), "public": public}
        (made / _ENTRY).write_text(json.dumps(told), "utf-8")
        with suppress(OSError):  # another process was there first: its entry is as good
            made.rename(entry)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _shrink(root: Path, newest: Path) -> None:
    """Remove entries, the longest unused first, until the cache is small enough; and what was abandoned."""
    used: list[tuple[float, int, Path]] = []
    for path in root.iterdir():
        with suppress(OSError):
            if path.name.startswith(_UNFINISHED):
                if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)
            else:
                size = sum(file.stat().st_size for file in path.iterdir())
                used.append((path.joinpath(_ENTRY).stat().st_mtime, size, path))
    total = sum(size for _, size, _ in used)
    for _, size, path in sorted(used, key=lambda item: item[0]):
        if total > MOST_BYTES and path != newest:
            _remove(path)
            total -= size


def _remove(entry: Path) -> None:
    """Take an entry away at once; who has it open keeps what is open."""
    with suppress(OSError):
        away = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=entry.parent))
        with suppress(OSError):
            entry.rename(away / entry.name)
        shutil.rmtree(away, ignore_errors=True)


def _arrays(value: object) -> Iterator[Array]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _arrays(inner)
    elif type(value).__name__ in _KINDS:
        for one in fields(cast(Any, value)):
            yield from _arrays(getattr(value, one.name))


def _packed(value: object, into: Path) -> Any:
    """Return a value as JSON, its arrays written into a folder and named in it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype != object:
            return {"array": _saved(value, into)}
        return {"texts": _saved_texts(value.tolist(), into), "as": "array"}
    if isinstance(value, tuple):
        return {"texts": _saved_texts(value, into), "as": "tuple"}
    if isinstance(value, Mapping):
        return {"mapping": [[key, _packed(inner, into)] for key, inner in value.items()]}
    name = type(value).__name__
    if _KINDS.get(name) is not type(value):
        raise _CannotKeep(name)
    held = {one.name: _packed(getattr(value, one.name), into) for one in fields(cast(Any, value))}
    return {"kind": name, "holds": held}


def _saved(array: Array, into: Path) -> list[Any]:
    """Write an array; return the name of its file and the checksum of all that is in it."""
    name = f"{sum(1 for _ in into.iterdir())}.npy"
    with (into / name).open("xb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return [name, _file_sum(into / name)]


def _saved_texts(texts: Any, into: Path) -> list[Any]:
    """Write texts one after another as UTF-8, and where each ends."""
    if not all(isinstance(text, str) for text in texts):
        raise _CannotKeep("not text")
    coded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([0, *(len(text) for text in coded)], dtype=np.int64)
    return [_saved(np.frombuffer(b"".join(coded), np.uint8), into), _saved(ends, into)]


def _unpacked(told: Any, entry: Path) -> Any:
    if not isinstance(told, dict):
        return told
    if "array" in told:
        return _loaded(told["array"], entry)
    if "texts" in told:
        texts = _loaded_texts(told["texts"], entry)
        if told["as"] == "tuple":
            return tuple(texts)
        out = np.empty(len(texts), object)
        out[:] = texts
        out.setflags(write=False)
        return out
    if "mapping" in told:
        return {key: _unpacked(inner, entry) for key, inner in told["mapping"]}
    return _KINDS[told["kind"]](**{key: _unpacked(inner, entry) for key, inner in told["holds"].items()})


def _loaded(told: Any, entry: Path) -> Array:
    name, wanted = told
    if _file_sum(entry / name) != wanted:
        raise ValueError(f"{name} is not what was written")
    mapped = np.load(entry / name, mmap_mode="r", allow_pickle=False)
    # the plain array beneath: kernels are compiled for it, not for what np.load returns
    array: Array = np.asarray(mapped)
    array.setflags(write=False)
    return array


def _loaded_texts(told: Any, entry: Path) -> list[str]:
    blob, ends = (_loaded(one, entry) for one in told)
    whole = blob.tobytes()
    return [whole[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(ends.tolist())]


def _file_sum(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _sum(content)


def _sum(content: bytes | mmap.mmap) -> int:
    return zlib.crc32(content)
