"""Some numbers of two ready scenarios, kept: ``python -m tests.golden "why they change"`` writes them anew.

The reason goes into the changelog; a test asks for it there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sim import Scenario, run

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "golden.json"
CHANGELOG = ROOT / "CHANGELOG.md"
HEADING = "### Golden baseline"
WORLDS = 3
NUMBERS: dict[str, list[tuple[str, str, str]]] = {
    "launch": [
        ("reach", "all", "all"), ("reach", "under_30", "all"), ("reach_3plus", "all", "tv"),
        ("average_frequency", "all", "youtube"), ("grp", "all", "all"), ("total_reach", "all", "all"),
        ("attended_contacts", "all", "tv"), ("owned_contacts", "all", "instagram"),
        ("partner_contacts", "all", "all"), ("earned_contacts", "all", "all"), ("shares", "all", "all"),
        ("awareness", "all", "all"), ("awareness_lift", "from_50_on", "all"), ("attitude", "all", "all"),
        ("trust", "all", "all"), ("adoption", "all", "all"), ("spend", "all", "all"),
        ("impressions_undelivered", "all", "all"),
    ],
    "frequency": [
        ("reach", "all", "all"), ("reach_10plus", "all", "all"), ("contacts", "under_50", "all"),
        ("consideration", "all", "all"), ("attitude_lift", "all", "all"), ("adoption", "all", "all"),
        ("adoption_lift", "from_50_on", "all"), ("cpm", "all", "all"),
    ],
}  # fmt: skip


def measured() -> dict[str, float]:
    """Run both scenarios on a few worlds and return the numbers by name."""
    out = {}
    for name, rows in NUMBERS.items():
        result = run(Scenario.load(ROOT / "scenarios" / f"{name}.yaml"), replications=WORLDS)
        out |= {" ".join((name, *row)): result.value(*row) for row in rows}
    return out


def main(reason: str) -> None:
    """Write the numbers, and the reason under its heading in the changelog."""
    text = CHANGELOG.read_text("utf-8")
    if HEADING not in text:
        text = f"{text.rstrip()}\n\n{HEADING}\n\n"
    CHANGELOG.write_text(f"{text.rstrip()}\n- {reason}\n", "utf-8")
    kept = {"reason": reason, "numbers": measured()}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or len(sys.argv[1]) < 10:
        sys.exit('want the reason, for the changelog: python -m tests.golden "why they change"')
    main(sys.argv[1])
