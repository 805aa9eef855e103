"""Draw layers of each kind, measure them, and write what was asked and what came out into docs/networks.md.

``python -m benchmarks.structure`` rewrites the table between the marks; a test checks that the table in
the page is the one that this gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.agents.build import build_population
from sim.agents.population import Population
from sim.network.generate import generate_layer
from sim.network.measure import asked, describe
from sim.scenario.schema import Scenario

PAGE = Path(__file__).parent.parent / "docs" / "networks.md"
BEGIN, END = "<!-- structure: written by `python -m benchmarks.structure` -->", "<!-- structure: end -->"
PEOPLE, MASTER_SEED = 20_000, 1
CHANNEL = "gram"
LAYERS: list[dict[str, Any]] = [
    {"generate": "power_law"},
    {"generate": "power_law", "exponent": 3.0, "min_followers": 5, "reciprocity": 0.7, "same_segment": 0.9},
    {"generate": "affiliation"},
    {"generate": "affiliation", "clustering": 0.1},
    {"generate": "affiliation", "clustering": 0.2, "min_ties": 3},
    {"generate": "affiliation", "clustering": 0.4, "reciprocity": 0.7},
    {"generate": "affiliation", "clustering": 0.56, "same_segment": 0.9},
    {"generate": "affiliation", "clustering": 0.8, "exponent": 3.0, "min_ties": 5},
    {"generate": "affiliation", "clustering": 0.3, "reciprocity": 1.0, "max_ties": 150},
    {"generate": "small_world"},
    {"generate": "small_world", "rewiring": 0.3, "reciprocity": 0.5, "same_segment": 0.6},
]
SHARES = ("clustering", "reciprocity", "same_segment")


def scenario(network: dict[str, Any]) -> Scenario:
    """Return people of four segments, all of them users of one channel, with these layers."""
    use = {"usage": {CHANNEL: {"users": 1.0, "visits_per_day": 1.0}}}
    shares = {"north": 0.1, "east": 0.2, "south": 0.3, "west": 0.4}
    return Scenario.from_dict(
        {
            "name": "Structure",
            "days": 1,
            "master_seed": MASTER_SEED,
            "audience": {
                "agents": PEOPLE,
                "segments": {name: {"share": s} | use for name, s in shares.items()},
            },
            "network": network,
            "channels": {CHANNEL: {"kind": "feed", "medium": "feed"}},
            "messages": {"hello": {"appeals": {}, "quality": 0.5}},
        }
    )


def table(people: Population) -> str:
    """Return the table in Markdown: asked → measured, one layer a row."""
    heads = ("layer", "ties", "followers: mean, most", "exponent", "clustering", "returned", "same segment")
    lines = [" | ".join(heads), " | ".join(["---", *["---:"] * (len(heads) - 1)])]
    lines += [" | ".join(_row(options, people)) for options in LAYERS]
    return "\n".join(f"| {line} |" for line in lines)


def _row(options: dict[str, Any], people: Population) -> list[str]:
    spec = scenario({CHANNEL: options}).network[CHANNEL]
    layer = generate_layer(CHANNEL, spec, people, MASTER_SEED)
    found, wanted = describe(layer, people), asked(CHANNEL, spec)
    rest = ", ".join(
        f"{key} {value:g}" for key, value in options.items() if key != "generate" and key not in wanted
    )
    exponent = "–"
    if found["exponent"] == found["exponent"] and "exponent" in wanted:
        exponent = f"{wanted['exponent']:g} → {found['exponent']:.2f} ± {found['exponent_error']:.2f}"
    return [
        options["generate"] + (f" ({rest})" if rest else ""),
        f"{found['n_ties']:,.0f}",
        f"{found['mean_followers']:.1f}, {found['max_followers']:,.0f}",
        exponent,
        *(f"{wanted[key]:g} → {found[key]:.3f}" if key in wanted else f"{found[key]:.3f}" for key in SHARES),
    ]


def rewritten(page: str, new: str) -> str:
    """Return the page with the table between the marks replaced."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text("utf-8"), table(build_population(scenario({})))), "utf-8")
