"""What every part of the page is given: the desk, the reader's language, and how to tell that something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara

from sim.app.state.desk import Desk
from sim.app.words import figures, words
from sim.errors import Fault, InputError
from sim.wording import faults

# Of one browser tab each, as solara keeps them.
revision: solara.Reactive[int] = solara.reactive(0)
asked: solara.Reactive[str] = solara.reactive("")
notice: solara.Reactive[tuple[Fault, ...]] = solara.reactive(())
chosen: solara.Reactive[tuple[str, str]] = solara.reactive(("flights", ""))
# Whom the drawing of each layer is around, by its name: see `sim.network.sample.centre`.
drawn: solara.Reactive[dict[str, int]] = solara.reactive({})


def touch() -> None:
    """Draw the page anew."""
    revision.value += 1


def ask(metric: str) -> None:
    """Open the definition of an indicator."""
    asked.value = metric


def draw_others(layer: str) -> None:
    """Draw other people of a layer, wherever it is drawn."""
    drawn.value = {**drawn.value, layer: drawn.value.get(layer, 0) + 1}


def attempt(action: Callable[[], Any]) -> None:
    """Do what may be refused; what is wrong is told on top of the page."""
    try:
        action()
        notice.value = ()
    except InputError as error:
        notice.value = error.faults
    touch()


class Same:
    """Hold something among the dependencies of a memo: it is another one when it is not the very same object.

    Its address would not do: it is given again to what comes later.
    """

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it

    __hash__ = object.__hash__


def first_drawing() -> bool:
    """Tell a component whether it is drawn for the first time; it is drawn again at once.

    What is seen first is then on its way to the browser before the rest is made.
    """
    is_first, set_first = solara.use_state(True)
    solara.use_effect(lambda: set_first(False), [])
    return bool(is_first)


@dataclass(frozen=True, slots=True)
class Look:
    """Hold a view of the desk at one revision."""

    desk: Desk
    language: str
    dark: bool
    revision: int

    def t(self, key: str, **values: Any) -> str:
        """Return a wording in the reader's language."""
        return words.word(key, self.language, **values)

    def quantity(
        self, value: float | None, unit: str, *, is_difference: bool = False, is_bare: bool = False
    ) -> str:
        """Return one number with its unit; `is_bare` leaves the words of the unit away."""
        return figures.quantity(value, unit, self.language, is_difference=is_difference, is_bare=is_bare)

    def interval(self, low: float, high: float, unit: str, *, is_difference: bool = False) -> str:
        """Return both ends of an interval."""
        return figures.interval(low, high, unit, self.language, is_difference=is_difference)

    def share(self, value: float) -> str:
        """Return a fraction in per cent."""
        return figures.share(value, self.language)

    def count(self, value: float, decimals: int = 0) -> str:
        """Return a bare number."""
        return figures.count(value, self.language, decimals)

    def fault(self, fault: Fault, *, has_place: bool = True) -> str:
        """Return a fault in the reader's language; beside its field without the place."""
        return faults.told(fault, self.language, has_place=has_place)

    def title(self, metric: str) -> str:
        """Return the title of an indicator."""
        return words.metric_title(metric, self.language)
