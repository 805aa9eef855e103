"""Fields of where people and ties come from: a survey, a list of people, a layer of ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.app.components.fields.fields import FieldSpec, one_of
from sim.app.state.data import Look
from sim.scenario import media
from sim.scenario.parameters import Part
from sim.scenario.path import Parts
from sim.scenario.view import View, mapping

Columns = Mapping[str, Look]
FEW = 12  # labels of a frequency, values that are no band
MOST_BANDS = 8
MADE: dict[str, type[Part]] = {
    "power_law": media.PowerLaw, "affiliation": media.Affiliation, "small_world": media.SmallWorld,
    "well_mixed": media.WellMixed,
}  # fmt: skip


def table_fields(tree: dict[str, Any], kind: str, columns: Columns, files: list[str]) -> list[FieldSpec]:
    """Return the fields of ``audience.from_survey`` or ``audience.from_people``, with the columns of its file."""
    at, given, names = ("audience", kind), mapping(tree, "audience", kind), tuple(columns)
    bands = tuple(f"{column}_band" for column in mapping(given, "bands"))
    found = [FieldSpec((*at, "file"), "choice", tuple(files))]
    found.append(FieldSpec((*at, "weight" if kind == "from_survey" else "id"), "choice", names))
    if kind == "from_survey":
        found += [FieldSpec(("audience", "agents")), FieldSpec(("audience", "people"))]
    found.append(FieldSpec((*at, "segment_by"), "many", (*bands, *names)))
    found.append(FieldSpec((*at, "missing"), "choice", ("unknown", "draw")))
    shown = dict.fromkeys(mapping(given, "bands"))
    shown |= {name: None for name, look in columns.items() if look.is_number and look.n_labels > FEW}
    numbers = list(shown)[:MOST_BANDS]
    lists = [FieldSpec((*at, "bands", name), "list", label=name) for name in numbers]
    found += [replace(spec, section="" if n else "bands") for n, spec in enumerate(lists)]
    labels: dict[str, None] = {}
    for channel in View.of(tree).names("channels"):
        here, use = (*at, "usage", channel), mapping(given, "usage", channel)
        found.append(FieldSpec((*here, "uses"), "choice", names, label=f"{channel}: ", section=""))
        found.append(FieldSpec((*here, "often"), "choice", names, label=f"{channel}: "))
        often = columns.get(str(use.get("often")))
        if use.get("often") is None or use.get("visits_per_day") is not None:
            found.append(FieldSpec((*here, "visits_per_day"), label=f"{channel}: "))
        elif often is not None and not often.is_number:
            labels |= dict.fromkeys(often.labels[:FEW])
    first = next((n for n, spec in enumerate(found) if spec.path[2:3] == ("usage",)), len(found))
    found[first:] = [replace(s, section="" if n else "usage") for n, s in enumerate(found[first:])]
    rates = [FieldSpec((*at, "visits_per_day", label), label=label) for label in labels]
    return found + [replace(spec, section="" if n else "rates") for n, spec in enumerate(rates)]


def layers_of(tree: dict[str, Any]) -> list[str]:
    """Return the layers that a plan has or may have: of its feeds, and offline."""
    view = View.of(tree)
    feeds = [name for name in view.names("channels") if view.kind(name) == "feed"]
    return list(dict.fromkeys([*feeds, "offline", *mapping(tree, "network")]))


def layer_fields(tree: dict[str, Any], layer: str, columns: Columns, files: list[str]) -> list[FieldSpec]:
    """Return the fields of one layer of ties: how it is made, or which columns of a file tell it."""
    given = mapping(tree, "network", layer)
    at: Parts = ("network", layer)
    begins: dict[str, dict[Parts, Any]] = {"no_ties": {}}
    begins |= {made: {at: {"generate": made}} for made in MADE}
    if files:
        begins["edges"] = {at: {"edges": files[0], "directed": True}}
    now = "edges" if "edges" in given else str(given.get("generate", "")) if given else "no_ties"
    found = [one_of(("network", layer, "made"), begins, now)]
    if now == "edges":
        names = tuple(columns)
        found.append(FieldSpec(("network", layer, "edges"), "choice", tuple(files)))
        found += [
            FieldSpec(("network", layer, key), "choice", names) for key in ("source", "target", "weight")
        ]
        found.append(FieldSpec(("network", layer, "directed"), "yes", is_on=False))
    elif now in MADE:
        # Of several kinds the schema alone tells the default of one.
        defaults = {key: field.default for key, field in MADE[now].model_fields.items() if key != "generate"}
        found += [
            FieldSpec(("network", layer, key), otherwise="" if default is None else default)
            for key, default in defaults.items()
        ]
    return found
