"""The JSON Schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import copy
from typing import Any

from sim.scenario.metrics import METRICS
from sim.scenario.schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LOOSE = "Overlay"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file.

    A file that ``extends`` another needs no key of its own, and null may stand for any value in it.
    """
    full = Scenario.model_json_schema()
    parts = full.pop("$defs")
    parts["Objective"]["properties"]["metric"]["enum"] = list(METRICS)
    full["properties"]["start"]["anyOf"][0] = {"type": "string", "format": "date"}
    full["properties"]["question"]["anyOf"].append({"type": "string", "minLength": 1, "maxLength": 300})
    for optional in ("network", "plan", "objectives", "alternatives"):
        full["properties"][optional] = {"anyOf": [full["properties"][optional], {"type": "null"}]}
    parts["Scenario"] = full
    loose = {f"{name}{_LOOSE}": _loosened(part) for name, part in parts.items()}
    loose[f"Scenario{_LOOSE}"]["properties"]["extends"] = {
        "type": "string",
        "description": "a scenario file that this one is laid over, relative to this file",
    }
    return {
        "$schema": DIALECT,
        "title": "Pregón scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/Scenario{_LOOSE}"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": parts | loose,
    }


def _loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a part in which nothing is required and its properties may be null."""
    loose: dict[str, Any] = _renamed(copy.deepcopy(schema))
    loose.pop("required", None)
    for name, value in loose.get("properties", {}).items():
        loose["properties"][name] = {"anyOf": [value, {"type": "null"}]}
    return loose


def _renamed(node: Any) -> Any:
    """Point references to the loose parts; a layer without its kind fits several, so any will do."""
    if isinstance(node, list):
        return [_renamed(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {"anyOf" if key == "oneOf" else key: _renamed(value) for key, value in node.items()}
    if isinstance(out.get("$ref"), str):
        out["$ref"] += _LOOSE
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = {"anyOf": [out["additionalProperties"], {"type": "null"}]}
    return out
