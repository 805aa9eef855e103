"""Faults in the reader's language: of plans, data files and publics in Spanish, by their templates."""

from __future__ import annotations

import re
from functools import cache

from sim.errors import Fault
from sim.wording.data_faults_es import DATA
from sim.wording.faults_es import FAULTS, PIECES
from sim.wording.schema_es import ABOUT, UNITS
from sim.wording.templates import Templates, compiled, filled

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def told(fault: Fault, language: str, *, has_place: bool = True) -> str:
    """Return a fault as it is shown; beside its field without the place."""
    got, wanted, hint = (said(text, language) for text in (fault.got, fault.wanted, fault.hint))
    text = f"{got}; {wanted}" + (f" ({hint})" if hint else "")
    return f"{fault.where}: {text}" if has_place else text


def said(text: str, language: str) -> str:
    """Return what a fault says in the language; what has no template stays as it is.

    Examples
    --------
    >>> said("want a number from 0 to 1", "es")
    'debe ser un número de 0 a 1'
    """
    if language != "es":
        return text
    return _about(text) or _by(text, _templates()) or text


def _about(text: str) -> str:
    """Return what is wanted with what the schema says of it: ``want a number: how well it is made``."""
    for about, words in _abouts():
        if text.endswith(f": {about}"):
            return f"{said(text.removesuffix(f': {about}'), 'es')}: {words}"
    return ""


@cache
def _abouts() -> tuple[tuple[str, str], ...]:
    with_units = {f"{a} [{u}]": f"{ABOUT[a]} [{UNITS[u]}]" for a in ABOUT for u in UNITS}
    plain = {about.rstrip(". "): words for about, words in ABOUT.items()}
    return tuple(sorted((plain | with_units).items(), key=lambda pair: -len(pair[0])))


@cache
def _templates() -> Templates:
    return compiled(FAULTS, DATA, PIECES)


@cache
def _pieces() -> Templates:
    return compiled(PIECES)


def _by(text: str, templates: Templates) -> str:
    if _QUOTED.fullmatch(text):  # the planner's own words
        return text
    return filled(text, templates, lambda piece: _by(piece, _pieces()) or piece)
