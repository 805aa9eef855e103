"""The closed list of metrics that a run can tell, by name."""

from __future__ import annotations

MOST_CONTACTS = 10
MOST_GENERATIONS = 5
STATES = ("awareness", "consideration", "attitude", "trust", "adoption")
LISTENING = ("complaints", "complaints_heard", "replies", "reply_rate")
SEEDING = ("seeding_value", "seeding_acceleration", "seeding_expansion")

REACH = ("reach", *(f"reach_{k}plus" for k in range(2, MOST_CONTACTS + 1)))
CONTACTS = (
    "average_frequency",
    "grp",
    "contacts",
    "attended_contacts",
    "attention_rate",
    "contacts_too_early",
    "earned_contacts",
    "owned_contacts",
    "partner_contacts",
)

METRICS: tuple[str, ...] = (
    *REACH,
    "total_reach",
    "unique_reach",
    *CONTACTS,
    "impressions_bought",
    "impressions_delivered",
    "impressions_undelivered",
    "spend",
    "cpm",
    "cost_per_reach_point",
    "cost_per_grp",
    *STATES,
    *(f"{state}_lift" for state in STATES),
    "purchases",
    "purchases_lift",
    "shares",
    "pass_along_rate",
    "earned_multiplier",
    "variants",
    "variants_refused",
    "variant_contacts",
    "message_drift",
    "talk_contacts",
    "negative_talk_share",
    "net_sentiment",
    *LISTENING,
    "reply_cost",
    "message_learning",
    "cascade_size",
    "cascade_depth",
    "cascade_breadth",
    "structural_virality",
    "r_share",
    *(f"r_share_gen{generation}" for generation in range(1, MOST_GENERATIONS + 1)),
    *SEEDING,
    "acquisitions",
    "cost_per_acquisition",
    "cost_per_incremental_acquisition",
    "roi",
    "marginal_roi",
)

EVENING_BY_CHANNEL: tuple[str, ...] = (
    *REACH,
    *CONTACTS,
    "impressions_delivered",
    "shares",
    "variant_contacts",
)
EVENING: tuple[str, ...] = (
    *EVENING_BY_CHANNEL,
    "total_reach",
    *STATES,
    "purchases",
    "pass_along_rate",
    "earned_multiplier",
    "variants",
    "variants_refused",
    "message_drift",
    "talk_contacts",
    "negative_talk_share",
    "net_sentiment",
    *LISTENING,
)
"""What the counts of a day tell on its evening (`sim.day.gauges`): what rules may ask for."""

NEEDS_VALUE = ("roi", "marginal_roi")
NEEDS_PARTNERS = SEEDING
NEEDS_LISTENING = (*LISTENING, "reply_cost", "message_learning")
RATIOS_OF_MEANS = ("cost_per_acquisition", "cost_per_incremental_acquisition")
# Neither more nor less of these is good by itself: no question is decided by them.
NO_BETTER = (
    "unique_reach",
    "average_frequency",
    "impressions_bought",
    "spend",
    "variants",
    "variant_contacts",
    "message_drift",
    "message_learning",
    "complaints_heard",
    "replies",
    "talk_contacts",
    "cascade_depth",
    "cascade_breadth",
    "structural_virality",
    "r_share",
    *(f"r_share_gen{generation}" for generation in range(1, MOST_GENERATIONS + 1)),
)
ALL = "all"
