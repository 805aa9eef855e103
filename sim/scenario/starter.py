"""The planner's first file: a commented scenario that runs as it stands."""

from __future__ import annotations

import json
from importlib import resources

_NAME = "name: My first campaign"


def starter_text(name: str = "My first campaign") -> str:
    """Return the starter scenario under a name of the planner's, as YAML text.

    Examples
    --------
    >>> starter_text("Spring launch").splitlines()[3]
    'name: "Spring launch"'
    """
    text = resources.files("sim.scenario").joinpath("starter.yaml").read_text("utf-8")
    # JSON text is YAML text, whatever stands in the name.
    return text.replace(_NAME, f"name: {json.dumps(name, ensure_ascii=False)}", 1)
