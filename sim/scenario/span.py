"""Days as a planner writes them: 3, 1-14."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from sim.scenario.parameters import Words

_SPAN = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?", re.ASCII)


def read_span(value: Any) -> Any:
    """Read ``3``, ``"1-14"`` or ``[1, 14]`` as first and last day; leave what is nothing of the kind.

    Raises
    ------
    ValueError
        If it is meant as days but is none: ``14-1``, ``0``, ``two weeks``.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        match = _SPAN.fullmatch(value)
        if not match:
            raise ValueError("no days")
        value = int(match[1]), int(match[2] or match[1])
    if isinstance(value, list | tuple) and len(value) == 2 and all(type(day) is int for day in value):
        first, last = value
        if first < 1 or last < first:
            raise ValueError("no days from 1 up")
        return first, last
    return value


Span = Annotated[
    tuple[int, int],
    Field(strict=False),
    BeforeValidator(read_span),
    PlainSerializer(lambda span: f"{span[0]}-{span[1]}", return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\s*\d{1,9}\s*(-\s*\d{1,9}\s*)?$"}),
    Words("days from 1 up, first-last: 3 or 1-14"),
]
