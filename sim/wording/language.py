"""The language in which a report is being written, and its wordings: the English one is the key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from sim.errors import Fault, InputError
from sim.wording.reports_es import REPORTS

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_SPOKEN: ContextVar[Language] = ContextVar("language", default="en")


def spoken() -> Language:
    """Return the language in which this thread is writing."""
    return _SPOKEN.get()


def known(language: str) -> Language:
    """Return the language, if it is one that is spoken.

    Raises
    ------
    InputError
        If it is none of `LANGUAGES`.
    """
    for one in LANGUAGES:
        if one == language:
            return one
    raise InputError(Fault("language", repr(language), f"want one of {', '.join(LANGUAGES)}"))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have everything within said in a language; other threads go on in theirs.

    Raises
    ------
    InputError
        If it is none of `LANGUAGES`.
    """
    before = _SPOKEN.set(known(language))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def say(english: str, /, **parts: object) -> str:
    """Return a wording in the language spoken, with its gaps filled.

    What fills a gap is put in as it is, so names that a planner gave are never translated.

    Raises
    ------
    KeyError
        If a gap is not filled, or there is no such wording in the language.

    Examples
    --------
    >>> say("{n} worlds", n=3)
    '3 worlds'
    >>> with speaking("es"):
    ...     say("{n} worlds", n=3)
    '3 mundos'
    """
    text = REPORTS[english] if spoken() == "es" else english
    return text.format(**parts)


def each(*english: str) -> tuple[str, ...]:
    """Return several wordings without gaps, such as the headers of a table."""
    return tuple(say(text) for text in english)


def later(english: str) -> str:
    """Mark a wording that stands in a constant and is said where it is used."""
    return english
