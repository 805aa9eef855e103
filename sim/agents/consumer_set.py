"""The public, or a part of it, as a Mesa AgentSet that works on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.agents.consumer import Consumer, Host
from sim.errors import Fault, InputError
from sim.kernels import luck

try:  # mesa ≥ 3.4
    from mesa.agentset import AgentSet, GroupBy
except ModuleNotFoundError:
    from mesa.agent import AgentSet, GroupBy

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.int64]
# What Python sums value by value, numpy does at once.
_AT_ONCE: dict[Any, Callable[[Any], Any]] = {sum: np.sum, min: np.min, max: np.max}


class ConsumerSet(AgentSet):  # type: ignore[misc]
    """Hold some rows of a public in an order; everything Mesa's AgentSet does, by column.

    No person is held, weakly or otherwise: views are made while iterating and forgotten. What takes the name of
    a column (get, set, agg, sort, groupby) and boolean masks never makes one; callables get a view each.

    Parameters
    ----------
    model : AudienceModel
    rows : int64[n]
        Rows of the public, each once, in order.
    kind : type of Consumer
        What iterating makes.

    Notes
    -----
    Each ``model.agents`` is a new set of everyone by row: changing one in place changes no other.
    ``shuffle`` orders by luck keyed with world, day and how many shuffles that day has seen: the same in every
    run, and no draw of the model moves.

    Examples
    --------
    >>> agents = model.agents                                          # doctest: +SKIP
    >>> agents.select(agents.get("trust") > 0.6).agg("attitude", max)  # doctest: +SKIP
    >>> agents.groupby("segment").agg("memory", np.mean)               # doctest: +SKIP
    """

    # Mesa's `__init__` makes a dictionary of weak references: views would vanish from it at once.
    def __init__(self, model: Host, rows: npt.ArrayLike, kind: type[Consumer] = Consumer):
        self.model, self.rows, self.kind = model, np.asarray(rows, np.int64), kind
        self._is_in: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Consumer]:
        model, kind = self.model, self.kind
        return (kind(model, row) for row in self.rows.tolist())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Consumer) or agent.model is not self.model:
            return False
        if self._is_in is None:
            self._is_in = np.zeros(len(self.model.table.everyone), bool)
            self._is_in[self.rows] = True
        return bool(self._is_in[agent.row])

    def __getitem__(self, item: Any) -> Any:
        """Return the person at a place, or the set of a slice of places."""
        if isinstance(item, slice):
            return self._with(self.rows[item])
        return self.kind(self.model, int(self.rows[item]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} of {len(self.model.table.everyone)} people)"

    def __reduce__(self) -> tuple[type[ConsumerSet], tuple[Host, Rows, type[Consumer]]]:
        return type(self), (self.model, self.rows, self.kind)

    def __copy__(self) -> ConsumerSet:
        return self._with(self.rows)

    def copy(self) -> ConsumerSet:
        """Return the same people in the same order."""
        return self._with(self.rows)

    def to_list(self) -> list[Consumer]:
        """Return a view of each person."""
        return list(self)

    def _with(self, rows: Rows, inplace: bool = False) -> ConsumerSet:
        if not inplace:
            return type(self)(self.model, rows, self.kind)
        self.rows, self._is_in = rows, None
        return self

    def _update(self, agents: Iterable[Consumer]) -> ConsumerSet:
        return self._with(_rows_of(agents), inplace=True)

    def _from_iterable(self, agents: Iterable[Consumer]) -> ConsumerSet:
        return self._with(_rows_of(agents))  # what |, &, - and ^ build their result with

    def add(self, agent: Consumer) -> None:
        """Put a person last, unless in the set."""
        if agent not in self:
            if not isinstance(agent, Consumer) or agent.model is not self.model:
                raise InputError(Fault("add", f"{agent!r}", "want a person of this model"))
            self._with(np.append(self.rows, agent.row), inplace=True)

    def discard(self, agent: Consumer) -> None:
        """Take a person out of the set, if there; nobody leaves the public."""
        if agent in self:
            self._with(self.rows[self.rows != agent.row], inplace=True)

    def remove(self, agent: Consumer) -> None:
        """Take a person out of the set.

        Raises
        ------
        KeyError
            If not there.
        """
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def get(
        self, attr_names: str | Sequence[str], handle_missing: str = "error", default_value: Any = None
    ) -> Any:
        """Return a column of these people, or for several names a list of values per person.

        Parameters
        ----------
        attr_names : str or sequence of str
            Columns, or attributes of the `kind` of person.
        handle_missing : {"error", "default"}
            What to do where there is no such attribute.
        default_value : object
            Stands in for a missing attribute.

        Returns
        -------
        array[n], or list of list
            An array of its own: writing to it changes nobody.

        Raises
        ------
        ColumnError
            An AttributeError: no such column.
        ValueError
            Another `handle_missing`.
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing is {handle_missing!r}; want 'error' or 'default'")
        if isinstance(attr_names, str):
            return self._values(attr_names, handle_missing == "default", default_value)
        columns = [self._values(name, handle_missing == "default", default_value) for name in attr_names]
        return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    def _values(self, name: str, is_lenient: bool = False, default: Any = None) -> npt.NDArray[Any]:
        table = self.model.table
        if name in table.columns and not self._is_own(name):
            return np.asarray(table.read(name, self.rows))
        if name not in table.columns and not hasattr(self.kind, name):
            if is_lenient:
                return np.full(len(self), default, object)
            table.read(name, self.rows)  # says what there is
        return np.fromiter((getattr(person, name) for person in self), object, len(self))

    def _is_own(self, name: str) -> bool:
        """Tell whether the modeller's kind of person defines the attribute anew."""
        return getattr(self.kind, name, None) is not getattr(Consumer, name, None)

    def set(self, attr_name: str, value: Any) -> ConsumerSet:
        """Set a column of these people, to one value or to one each.

        Raises
        ------
        ColumnError
            No such column, or one that cannot be written.
        InputError
            Values out of range, too many or too few.
        """
        if self._is_own(attr_name):
            for person in self:
                setattr(person, attr_name, value)
        else:
            self.model.table.write(attr_name, self.rows, value)
        return self

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """Return what a function, or each of several, makes of a column."""
        values = self.get(attribute)

        def of(function: Callable[[Any], Any]) -> Any:
            if function in _AT_ONCE and values.dtype.kind in "biuf" and len(values):
                return _AT_ONCE[function](values).item()
            return function(values)

        return of(func) if callable(func) else [of(function) for function in func]

    def select(
        self,
        filter_func: Callable[[Consumer], bool] | npt.ArrayLike | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> ConsumerSet:
        """Choose people by a mask or a question asked of each, the first `at_most` of them.

        Parameters
        ----------
        filter_func : callable or bool[n], optional
            A mask over this set, in its order, is a thousand times quicker than a callable.
        at_most : int or float
            So many, or as a float up to 1 this fraction of the set, rounded down.
        inplace : bool
            Change this set, or return another.
        agent_type : type, optional
            None are chosen if the people are of another.

        Raises
        ------
        InputError
            The mask is not one boolean per person of the set.
        """
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        if agent_type is not None and not issubclass(self.kind, agent_type):
            return self._with(self.rows[:0], inplace)
        if callable(filter_func):
            rows = self._asked(filter_func, most)
        else:
            rows = self.rows if filter_func is None else self.rows[self._mask(filter_func)]
        return self._with(rows if most >= len(rows) else rows[: int(most)], inplace)

    def _asked(self, question: Callable[[Consumer], bool], most: int | float) -> Rows:
        found: list[int] = []
        for person in self:
            if len(found) >= most:
                break
            if question(person):
                found.append(person.row)
        return np.array(found, np.int64)

    def _mask(self, given: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        mask = np.asarray(given)
        if mask.dtype != bool or mask.shape != (len(self),):
            got = f"{mask.dtype} of shape {mask.shape}"
            raise InputError(Fault("select", got, f"want a callable, or bool of shape ({len(self)},)"))
        return mask

    def sort(
        self, key: Callable[[Consumer], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> ConsumerSet:
        """Order people by a column or a callable, largest first unless `ascending`; equals keep their order."""
        values = self._by(key)
        if ascending:
            order = np.argsort(values, kind="stable")
        else:
            order = (len(values) - 1 - np.argsort(values[::-1], kind="stable"))[::-1]
        return self._with(self.rows[order], inplace)

    def _by(self, key: Callable[[Consumer], Any] | str) -> npt.NDArray[Any]:
        if isinstance(key, str):
            return self._values(key)
        return np.fromiter((key(person) for person in self), object, len(self))

    def shuffle(self, inplace: bool = False) -> ConsumerSet:
        """Put people in an order of chance, the same in every run of this world."""
        uid = np.ascontiguousarray(self.model.table.read("uid", self.rows), np.uint64)
        luck_of_each = np.empty(len(uid), np.uint64)
        luck.combine_all(self.model.next_order_key(), uid, luck_of_each)
        # Ordered by luck and then uid, so that the order they stood in before decides nothing.
        return self._with(self.rows[np.lexsort((uid, luck_of_each))], inplace)

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ConsumerSet:
        """Call a method or function on each person, in an order of chance."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ConsumerSet:
        """Call a method, by name, or a function on each person."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method, by name, or a function on each person and return what each call returns."""
        if isinstance(method, str):
            return [getattr(person, method)(*args, **kwargs) for person in self]
        return [method(person, *args, **kwargs) for person in self]

    def groupby(self, by: Callable[[Consumer], Any] | str, result_type: str = "agentset") -> ConsumerGroups:
        """Part people by a column or a callable, groups in the order of their first member.

        Parameters
        ----------
        by : str or callable
        result_type : {"agentset", "list"}
            Whether groups are sets or lists of views.
        """
        if result_type not in ("agentset", "list"):
            raise InputError(Fault("groupby", f"{result_type!r}", "want 'agentset' or 'list'"))
        sets = {name: self._with(self.rows[places]) for name, places in _parted(self._by(by)).items()}
        return ConsumerGroups(sets if result_type == "agentset" else {n: list(s) for n, s in sets.items()})

    def to_frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return these people as a pandas frame, one row each under its id, text as categories.

        Parameters
        ----------
        columns : sequence of str, optional
            Absent: all there are.
        """
        import pandas as pd

        names = [n for n in self.model.table.columns if n not in HIDDEN] if columns is None else columns
        index = pd.Index(self.get("unique_id"), name="unique_id")
        values = {name: self.get(name) for name in names}
        texts = [name for name, column in values.items() if column.dtype.kind == "U"]
        return pd.DataFrame(values, index=index).astype(dict.fromkeys(texts, "category"))


HIDDEN = ("unique_id", "uid")


def _parted(values: npt.NDArray[Any]) -> dict[Any, npt.NDArray[np.intp]]:
    """Return the places of each distinct value, in the order of their first ones."""
    if values.dtype == object:  # anything that can be hashed, not only what can be ordered
        places: dict[Any, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(value, []).append(place)
        return {value: np.array(found, np.intp) for value, found in places.items()}
    keys, first, group = np.unique(values, return_index=True, return_inverse=True)
    ends = np.cumsum(np.bincount(group, minlength=len(keys)))
    parts = np.split(np.argsort(group, kind="stable"), ends[:-1])
    names = keys.tolist()
    return {names[k]: parts[k] for k in np.argsort(first, kind="stable")}


def _rows_of(agents: Iterable[Consumer]) -> Rows:
    return np.array(list(dict.fromkeys(agent.row for agent in agents)), np.int64)


class ConsumerGroups(GroupBy):  # type: ignore[misc]
    """Hold groups of people by name; ``count``, ``agg``, ``map`` and ``do`` as in Mesa, by column."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Any, Any]:
        """Return what a function makes of a column, for each group."""
        return {
            name: group.agg(attr_name, func)
            if isinstance(group, ConsumerSet)
            else func([getattr(person, attr_name) for person in group])
            for name, group in self.groups.items()
        }
