"""The wording of the page in its languages: one table, looked up by key."""

from __future__ import annotations

from typing import Any

from sim.app.words.wording_table import TABLE
from sim.results.catalog import Metric
from sim.results.described import described
from sim.wording.schema_es import in_spanish

LANGUAGES = {"en": "English", "es": "Español"}
_PLACE = {"en": 0, "es": 1}


def word(key: str, language: str, default: str | None = None, **values: Any) -> str:
    """Return a wording with its values filled in.

    Raises
    ------
    KeyError
        If there is no such key, and no default for it.
    """
    if key not in TABLE:
        if default is None:
            raise KeyError(f"no wording {key!r}")
        return default
    text = TABLE[key][_PLACE[language]]
    return text.format(**values) if values else text


def meaning(about: str, language: str) -> str:
    """Return what the schema says of a value, in the language."""
    return about if language == "en" else in_spanish(about)


def metric_title(metric: str, language: str) -> str:
    """Return the title of an indicator."""
    return metric_words(metric, language).title


def metric_words(metric: str, language: str) -> Metric:
    """Return an indicator as the catalogue describes it, in the language."""
    return described(metric, language)
