"""Co-creation in the scenario: on where sharing is a matter of probability, and refused where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from sim.errors import InputError
from sim.scenario.identity import resolved
from sim.scenario.parameters import CoCreation
from tests.plans import bare, build, changed, made_ready

RULES: dict[str, dict[str, Any]] = {
    "threshold": {"rule": "threshold"}, "fraction": {"rule": "fraction", "fraction": 0.2}, "count": {"rule": "count", "count": 2},
}  # fmt: skip


def on_a_feed(**parts: Any) -> dict[str, Any]:
    plan = bare(agents=50, days=2, **parts)
    plan["audience"]["segments"]["people"]["usage"] = {"feed": {"users": 1.0, "visits_per_day": 1.0}}
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed"}}
    plan["network"] = {"feed": {"generate": "small_world", "ties": 4}}
    return plan


def test_it_is_on_unless_said_otherwise() -> None:
    scenario = build(on_a_feed())
    assert scenario.co_creation == CoCreation()
    assert (scenario.co_creation.probability, scenario.co_creation.pull_to_self) == (0.1, 0.3)
    craft = made_ready(on_a_feed()).campaign.craft
    assert craft is not None
    assert (craft.probability, craft.half_at, craft.valence_kept, craft.most) == (0.1, 4.0, 0.7, 10_000)


@pytest.mark.parametrize("rule", RULES)
def test_textbook_rules_pass_on_what_they_got(rule: str) -> None:
    plan = on_a_feed(sharing=RULES[rule])
    scenario = build(plan)
    assert scenario.co_creation is None
    assert build(resolved(scenario)).co_creation is None
    assert made_ready(plan).campaign.craft is None
    with pytest.raises(InputError, match=f"co-creation beside sharing.rule {rule}"):
        build(changed(plan, {"co_creation": {}}))


@pytest.mark.parametrize("how", [{"sharing": None}, {"network": {}}, {"sharing": {"beta": 0.0}}])
def test_where_nobody_can_share_there_is_no_room(how: dict[str, Any]) -> None:
    plan = changed(on_a_feed(), how)
    assert build(plan).co_creation == CoCreation()
    assert made_ready(plan).campaign.craft is None


def test_messages_and_variants_together_can_be_numbered() -> None:
    said = {f"m{k}": {"appeals": {}, "quality": 0.5} for k in range(2_768)}
    with pytest.raises(
        InputError, match=r"co_creation.most_variants: 30000 beside 2768 messages; want at most 29999"
    ):
        build(on_a_feed(messages=said, co_creation={"most_variants": 30_000}))
    build(on_a_feed(messages=said, co_creation={"most_variants": 29_999}))
