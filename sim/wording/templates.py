"""Texts told in English deep within, found again by their templates: `{}` stands for what was filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

SPLIT = "{}"
Templates = tuple[tuple[re.Pattern[str], str], ...]


def compiled(*tables: Mapping[str, str]) -> Templates:
    """Return the templates of some tables, the most telling first; one without words of its own is left out."""
    found = {
        template: words for table in tables for template, words in table.items() if template.strip("{} :;")
    }

    def first(template: str) -> tuple[bool, int, str]:
        return template.startswith(SPLIT), -len(template.replace(SPLIT, "")), template

    return tuple((_pattern(template), found[template]) for template in sorted(found, key=first))


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, template.split(SPLIT))), re.DOTALL)


def filled(text: str, templates: Iterable[tuple[re.Pattern[str], str]], piece: Callable[[str], str]) -> str:
    """Return a text in the words of the first template that it has the form of; empty where there is none.

    Parameters
    ----------
    text : str
    templates : of `compiled`
    piece : callable
        What becomes of each text that was filled in.
    """
    for pattern, words in templates:
        found = pattern.fullmatch(text)
        if found is not None:
            parts = words.split(SPLIT)
            return parts[0] + "".join(piece(a) + b for a, b in zip(found.groups(), parts[1:], strict=True))
    return ""
