"""Every error a user can meet: where it is, what was got, what is wanted, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Say one thing that is wrong with what the user gave.

    Parameters
    ----------
    where : str
        ``file:line:col: path`` or the name of the file or option at fault.
    got : str
        What stands there now.
    wanted : str
        What would be right, in the planner's words.
    hint : str
        What to do about it; empty when `wanted` says it all.
    """

    where: str
    got: str
    wanted: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.got}; {self.wanted}"
        return f"{text} ({self.hint})" if self.hint else text


class PregonError(Exception):
    """Base of every error meant for the user; ``exit_code`` is what the command returns."""

    exit_code = 1


class InputError(PregonError):
    """Bad input: all faults found, together.

    Parameters
    ----------
    faults : Fault or iterable of Fault
        At least one.
    """

    exit_code = 2

    def __init__(self, faults: Fault | Iterable[Fault]):
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class ColumnError(InputError, AttributeError):
    """A column of the public that does not exist or cannot be written; to Python, an attribute."""


def did_you_mean(word: str, legal: Iterable[str]) -> str:
    """Return ``did you mean x?`` for the nearest legal word, or an empty string."""
    near = difflib.get_close_matches(word, list(legal), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def listed(words: Iterable[str], most: int = 12) -> str:
    """Return the words joined for a message, cut after `most`."""
    names = [str(word) for word in words]
    tail = f", … ({len(names)} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + tail if names else "none"
