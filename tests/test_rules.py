"""House rules read from the source; each rule is shown a line that breaks it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.static

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "sim").rglob("*.py"))
KERNELS = sorted((ROOT / "sim" / "kernels").glob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES, MOST_FUNCTION_LINES = 420, 60

GENERATORS = {
    "default_rng", "RandomState", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox", "MT19937", "SFC64",
    "SystemRandom",
}  # fmt: skip
MODULES_OF_LUCK = {"random", "secrets", "numpy.random", "scipy.stats.qmc"}
SEQUENCES = {"Sobol", "Halton"}  # no luck in them where they are not scrambled
SAMPLERS = {"LatinHypercube", "PoissonDisk", "MultinomialQMC", "MultivariateNormalQMC"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def dotted(node: ast.expr) -> str:
    """Return ``np.random.rand`` of such an expression; what is no name becomes ``?``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def decorators(function: Function) -> list[str]:
    calls = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return [dotted(d).rpartition(".")[2] for d in calls]


def kernels_of(tree: ast.AST) -> list[Function]:
    """Return the public compiled functions of a module."""
    compiled = {"njit", "jit", "vectorize", "guvectorize", "cfunc", "stencil"}
    return [f for f in functions(tree) if compiled & set(decorators(f)) and not f.name.startswith("_")]


def unkeyed_luck(tree: ast.AST) -> Iterator[str]:
    """Yield draws that are not keyed: modules of random numbers, generators, arguments that seed one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = {alias.name for alias in node.names} & MODULES_OF_LUCK
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
            found = names & MODULES_OF_LUCK | {alias.name for alias in node.names} & GENERATORS
        elif isinstance(node, ast.Attribute):
            found = {node.attr} & (GENERATORS | {"random", "rng"})
        elif isinstance(node, ast.Name):
            found = {node.id} & GENERATORS
        elif isinstance(node, ast.keyword):
            found = {node.arg or ""} & {"seed", "random_state"}
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in SEQUENCES | SAMPLERS:
            name = dotted(node.func).rpartition(".")[2]
            plain = {
                k.arg for k in node.keywords if isinstance(k.value, ast.Constant) and k.value.value is False
            }
            found = set() if name in SEQUENCES and "scramble" in plain else {name}
        else:
            continue
        yield from (f"line {getattr(node, 'lineno', '?')}: {word}" for word in found)


def loose_floats(tree: ast.AST) -> Iterator[str]:
    """Yield permissions to the compiler to change the order of operations or of iterations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            if not (isinstance(node.value, ast.Constant) and node.value.value is False):
                yield f"line {node.value.lineno}: {node.arg}"
        elif isinstance(node, ast.Name | ast.Attribute) and dotted(node).rpartition(".")[2] == "prange":
            yield f"line {node.lineno}: prange"


def prints(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) in (
            "print",
            "sys.stdout.write",
            "sys.stderr.write",
        ):
            yield f"line {node.lineno}: {dotted(node.func)}"


def long_functions(tree: ast.AST) -> Iterator[str]:
    for function in functions(tree):
        n_lines = (function.end_lineno or function.lineno) - function.lineno + 1
        docstring = ast.get_docstring(function, clean=False)
        n_lines -= docstring.count("\n") + 1 if docstring else 0
        if n_lines > MOST_FUNCTION_LINES:
            yield f"{function.name}: {n_lines} lines beside its docstring"


def undescribed_kernels(tree: ast.AST) -> Iterator[str]:
    return (f.name for f in kernels_of(tree) if not ast.get_docstring(f))


def check(rule: Callable[[ast.AST], Iterator[str]], paths: list[Path]) -> None:
    assert paths, "no source found"
    found = {name_of(path): list(rule(ast.parse(path.read_text("utf-8")))) for path in paths}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_all_luck_is_keyed() -> None:
    check(unkeyed_luck, SOURCES)


def test_compiler_may_not_reorder() -> None:
    check(loose_floats, SOURCES)


def test_kernels_are_silent() -> None:
    check(prints, KERNELS)


def test_functions_are_short() -> None:
    check(long_functions, SOURCES)


def test_kernels_are_described() -> None:
    check(undescribed_kernels, KERNELS)


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


@pytest.mark.parametrize(("rule", "line"), [
    (unkeyed_luck, "import random"),
    (unkeyed_luck, "from numpy import random"),
    (unkeyed_luck, "x = np.random.rand(3)"),
    (unkeyed_luck, "from numpy.random import default_rng"),
    (unkeyed_luck, "rng = numpy.random.Generator(PCG64(1))"),
    (unkeyed_luck, "x = self.random.choice(people)"),
    (unkeyed_luck, "x = stats.qmc.Sobol(3).random(8)"),
    (unkeyed_luck, "x = stats.qmc.LatinHypercube(3).integers(8)"),
    (unkeyed_luck, "g = nx.watts_strogatz_graph(10, 2, 0.1, seed=1)"),
    (loose_floats, "@njit(fastmath=True)\ndef f(x): return x"),
    (loose_floats, "@njit(fastmath={'reassoc'})\ndef f(x): return x"),
    (loose_floats, "for i in numba.prange(3): pass"),
    (prints, "def f():\n    print(1)"),
    (long_functions, "def f():\n" + "    x = 1\n" * 60),
    (undescribed_kernels, "@njit(cache=True)\ndef f(x): return x"),
    (undescribed_kernels, "@numba.njit\ndef f(x): return x"),
])  # fmt: skip
def test_rule_catches_what_breaks_it(rule: Callable[[ast.AST], Iterator[str]], line: str) -> None:
    assert list(rule(ast.parse(line)))


def twins() -> set[str]:
    """Return ``room.kernel`` of every kernel that a tests/reference*.py gives a twin in its TWINS."""
    found: set[str] = set()
    for path in sorted((ROOT / "tests").glob("reference*.py")):
        module = importlib.import_module(f"tests.{path.stem}")
        found |= set(getattr(module, "TWINS", {}))
    return found


def kernel_names() -> set[str]:
    return {
        f"{path.stem}.{kernel.name}"
        for path in KERNELS
        for kernel in kernels_of(ast.parse(path.read_text("utf-8")))
    }


def test_every_kernel_has_a_twin() -> None:
    """A new kernel asks for a plain twin, named in the TWINS of a tests/reference*.py."""
    assert kernel_names() - twins() == set()


def test_no_twin_outlives_its_kernel() -> None:
    assert twins() - kernel_names() == set()


def test_twins_are_plain() -> None:
    """A twin calls no kernel and does no arithmetic in numpy; tests/reference_plans.py only builds inputs."""
    for path in sorted((ROOT / "tests").glob("reference*.py")):
        if path.stem != "reference_plans":
            tree = ast.parse(path.read_text("utf-8"))
            modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
            modules += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
            found = [m for m in modules if m.split(".")[0] in ("numpy", "numba", "scipy", "sim")]
            assert found == [], name_of(path)
