"""What each indicator is: title, unit, exact definition, how channels add up, source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.errors import Fault, InputError, did_you_mean
from sim.scenario.metrics import MOST_GENERATIONS
from sim.wording.language import later

OBJECTIVE_PREFIX = "objective:"
RESPONSE_PREFIX = "response:"
RULE_FIRED, RULE_TIMES, RULE_FIRST_DAY = "rule_fired:", "rule_times:", "rule_first_day:"
RESPONSE_SCALES = later(
    "what every flight buys by budget, impressions or GRP; what is bought by insertions, the partners, their fees "
    "and owned posts stay as planned"
)
RESPONSE_METRICS = ("spend", "reach", "awareness", "adoption", "adoption_lift")
LIFT_SUFFIX = "_lift"
MOST_PLUS = 10

_UP, _DOWN = True, False
_PEOPLE_ONCE = "per channel; over channels a person met on several counts once"
_SUM = "per channel; channels add up"
_RATIO = "per channel; over channels the ratio of the sums, not the sum of the ratios"
_WHOLE = "not split by channel: a person has one mind"
_PLAN = "not split by channel"
_MEDIA_TERMS = "Sissors & Baron, Advertising Media Planning"
_CASCADES = "Goel, Anderson, Hofman & Watts 2016, Management Science"
_MARKETING = "Farris et al. 2010, Marketing Metrics"
_SEEDING = "Libai, Muller & Peres 2013, Journal of Marketing Research"


@dataclass(frozen=True, slots=True)
class Metric:
    """Hold what a planner should know of one indicator.

    Parameters
    ----------
    name : str
        As in ``summary.csv``.
    title : str
        In the planner's words.
    unit : str
        ``money`` stands for the plan's currency, alone or in ``money per …``.
    definition : str
        Exactly what is counted.
    over_channels : str
        Whether it is split by channel, and how channels make the whole.
    source : str
        Where the notion comes from; empty for a plain count.
    higher_is_better : bool or None
        None: neither more nor less is good by itself.
    """

    name: str
    title: str
    unit: str
    definition: str
    over_channels: str
    source: str = ""
    higher_is_better: bool | None = None


# fmt: off
_STATES: tuple[Metric, ...] = (
    Metric("awareness", "Awareness", "share",
           "people who know the brand's offer on that day ÷ people; it can be forgotten",
           _WHOLE, "Lavidge & Steiner 1961", _UP),
    Metric("consideration", "Consideration", "share",
           "people who have adopted, or are aware with an attitude at or above the threshold of consideration ÷ people",
           _WHOLE, "Lavidge & Steiner 1961", _UP),
    Metric("attitude", "Attitude", "attitude",
           "mean attitude to the brand, from −1 (against) to 1 (for)",
           _WHOLE, "", _UP),
    Metric("trust", "Trust", "trust",
           "mean trust in the brand, from 0 (none) to 1 (full)",
           _WHOLE, "", _UP),
    Metric("adoption", "Adoption", "share",
           "people who have adopted so far, those of the start included ÷ people",
           _WHOLE, "Bass 1969", _UP),
    Metric("purchases", "Purchases", "purchases",
           "purchases during the run by people of the market: an adoption is the first, further ones are told where "
           "`repurchase` is on",
           _WHOLE, "", _UP),
)
_OTHERS: tuple[Metric, ...] = (
    Metric("reach", "Reach", "share",
           "people with at least one paid contact so far ÷ people",
           _PEOPLE_ONCE, _MEDIA_TERMS, _UP),
    Metric("total_reach", "Total reach", "share",
           "people with at least one contact of any source so far (paid, owned, partner or passed on) ÷ people",
           "not split by channel: a person met from several sources counts once", "", _UP),
    Metric("unique_reach", "Unique reach", "share",
           "people with paid contacts on this channel and on no other ÷ people",
           "per channel only", _MEDIA_TERMS, None),
    Metric("overlap", "Channel overlap", "share",
           "people with paid contacts on exactly these channels ÷ people",
           "per set of channels; the cells exclude each other and add up to reach", _MEDIA_TERMS, None),
    Metric("average_frequency", "Average frequency", "contacts per person",
           "paid contacts ÷ people with at least one paid contact",
           _RATIO, _MEDIA_TERMS, None),
    Metric("grp", "Gross rating points", "points",
           "100 × paid contacts ÷ people; equals reach in % × average frequency",
           _SUM, _MEDIA_TERMS, _UP),
    Metric("contacts", "Paid contacts", "contacts",
           "times a person met a paid message, whether attended or not",
           _SUM, "", _UP),
    Metric("attended_contacts", "Attended contacts", "contacts",
           "paid contacts to which the person gave attention",
           _SUM, "", _UP),
    Metric("attention_rate", "Attention rate", "share",
           "paid contacts to which the person gave attention ÷ paid contacts",
           _RATIO, "", _UP),
    Metric("contacts_too_early", "Contacts too early", "contacts",
           "arrivals of bought and brand-posted messages that were lost because the person had not yet attended the "
           "message they come after; no contacts",
           _SUM, "", _DOWN),
    Metric("owned_contacts", "Owned contacts", "contacts",
           "times a follower of the brand met one of the brand's own posts",
           _SUM, "", _UP),
    Metric("partner_contacts", "Partner contacts", "contacts",
           "times a follower met a post booked with a partner",
           _SUM, "", _UP),
    Metric("earned_contacts", "Earned contacts", "contacts",
           "times a person met a message passed on by someone who was not paid for it",
           _SUM, "", _UP),
    Metric("impressions_bought", "Impressions bought", "impressions",
           "contacts ordered with the plan's money, before caps and inventory",
           _SUM, "", None),
    Metric("impressions_delivered", "Impressions delivered", "impressions",
           "paid contacts that took place",
           _SUM, "", _UP),
    Metric("impressions_undelivered", "Impressions undelivered", "impressions",
           "bought − expected deliverable under caps and inventory; a constant of plan and public, unless rules pause "
           "flights or move money: then what a pause leaves out is undelivered too",
           _SUM, "", _DOWN),
    Metric("spend", "Spend", "money",
           "money of the flights × (1 − undelivered ÷ bought), the partners' fees and the cost of replies; where "
           "rules pause flights or move money, as they left it in each world",
           _SUM, "", None),
    Metric("cpm", "CPM", "money per 1000 impressions",
           "1000 × spend on flights ÷ impressions delivered",
           _RATIO, _MARKETING, _DOWN),
    Metric("cost_per_reach_point", "Cost per reach point", "money per reach point",
           "spend on flights ÷ reach in %",
           _RATIO, _MARKETING, _DOWN),
    Metric("cost_per_grp", "Cost per GRP", "money per GRP",
           "spend on flights ÷ gross rating points",
           _RATIO, _MARKETING, _DOWN),
    Metric("acquisitions", "Acquisitions", "people",
           "people of the market who adopted during the run, whether the campaign moved them or not",
           _PLAN, _MARKETING, _UP),
    Metric("cost_per_acquisition", "Cost per acquisition", "money per adoption",
           "spend ÷ mean of the people who adopted during the run, whether the campaign moved them or not",
           _PLAN, _MARKETING, _DOWN),
    Metric("cost_per_incremental_acquisition", "Cost per incremental acquisition", "money per adoption",
           "spend ÷ mean of the adoptions that would not be there without the campaign",
           _PLAN, _MARKETING, _DOWN),
    Metric("roi", "Return on investment", "ratio",
           "value of the incremental adoptions ÷ spend; above 1 the campaign earns more than it costs",
           _PLAN, _MARKETING, _UP),
    Metric("marginal_roi", "Marginal return", "ratio",
           "value of what 1 % more spend adds ÷ that money: (O(1.01·s) − O(s)) ÷ (0.01·s)",
           _PLAN, _MARKETING, _UP),
    Metric("shares", "Messages passed on", "posts",
           "times a person passed a message on; each person passes a message on at most once",
           _SUM, "", _UP),
    Metric("pass_along_rate", "Pass-along rate", "share",
           "people who passed a message on ÷ people who met one",
           _PLAN, "", _UP),
    Metric("earned_multiplier", "Earned multiplier", "ratio",
           "1 + earned contacts ÷ paid contacts",
           _PLAN, "", _UP),
    Metric("variants", "Variants made", "variants",
           "times a person changed a message while passing it on, by people of the market; changed are its appeals, "
           "quality and valence",
           _WHOLE, "", None),
    Metric("variants_refused", "Variants without room", "variants",
           "variants that found no room in a world (`co_creation.most_variants`) and were not made: what the person "
           "had met was passed on unchanged",
           _WHOLE, "", _DOWN),
    Metric("variant_contacts", "Contacts with variants", "contacts",
           "earned contacts in which the message had been changed by the one who posted it, or before",
           _SUM, "", None),
    Metric("message_drift", "Message drift", "distance",
           "mean over earned contacts of the distance between the appeals met and those of the message as it was "
           "planned, Σ|θ − θ₀| ÷ (Σθ + Σθ₀) over needs: 0 where all is passed on as it was, at most 1",
           _PLAN, "", None),
    Metric("talk_contacts", "Contacts by talk", "contacts",
           "times a person heard an adopter talk offline; neither in earned contacts nor in total reach",
           _WHOLE, "", None),
    Metric("negative_talk_share", "Negative talk", "share",
           "contacts by talk of adopters who are dissatisfied ÷ contacts by talk",
           _WHOLE, "East, Hammond & Wright 2007", _DOWN),
    Metric("net_sentiment", "Net sentiment of talk", "ratio",
           "(contacts by talk of the satisfied − of the dissatisfied) ÷ (of the satisfied + of the dissatisfied)",
           _WHOLE, "", _UP),
    Metric("complaints", "Complaints", "complaints",
           "talks of adopters whose satisfaction is below the bound of a complaint, by the author's segment; told "
           "where the plan listens",
           _WHOLE, "", _DOWN),
    Metric("complaints_heard", "Complaints heard", "complaints",
           "complaints that the brand heard of",
           _WHOLE, "", None),
    Metric("replies", "Replies", "replies",
           "replies of the brand to complaints, several to one where the plan says so",
           _WHOLE, "", None),
    Metric("reply_rate", "Reply rate", "share",
           "complaints answered ÷ complaints the brand heard of; those that still wait, or waited too long, are not "
           "answered",
           _WHOLE, "", _UP),
    Metric("reply_cost", "Cost of replies", "money",
           "replies × cost per reply; part of spend",
           _PLAN, "", _DOWN),
    Metric("message_learning", "How far messages have moved", "share",
           "mean over the plan's messages of the distance between what they say by now and the brief, ‖θ − θ₀‖₁ ÷ "
           "(‖θ‖₁ + ‖θ₀‖₁); 0 where the brand does not learn; told where the plan listens",
           _PLAN, "", None),
    Metric("cascade_size", "Cascade size", "simulated persons",
           "mean number of people who posted a message, from one root on; a root is a booked partner or someone who "
           "passed on what the brand said",
           _PLAN, _CASCADES, _UP),
    Metric("cascade_depth", "Cascade depth", "steps",
           "mean over cascades of the steps from the root to the farthest poster; 0 where nobody passed it further",
           _PLAN, _CASCADES),
    Metric("cascade_breadth", "Cascade breadth", "simulated persons",
           "mean over cascades of the most posters at one number of steps from the root",
           _PLAN, _CASCADES),
    Metric("structural_virality", "Structural virality", "steps",
           "mean distance between two posters of a cascade, over cascades of two or more: about 2 for a broadcast, "
           "more where it went from hand to hand",
           _PLAN, _CASCADES),
    Metric("r_share", "Sharers per sharer", "ratio",
           "mean number of further posters that a poster makes; at 1 or more a message would spread by itself",
           _PLAN, _CASCADES),
    Metric("seeding_value", "Seeding value", "adopter-days",
           "days lived as an adopter up to the last day − those in the same worlds without the partners (flights and "
           "owned posts kept); acceleration + expansion",
           _PLAN, _SEEDING, _UP),
    Metric("seeding_acceleration", "Seeding value, acceleration", "adopter-days",
           "the part of people who adopt in both worlds: the day without the partners − the day with them",
           _PLAN, _SEEDING, _UP),
    Metric("seeding_expansion", "Seeding value, expansion", "adopter-days",
           "the part of people who adopt in one of the worlds only: their adopter-days, below 0 for those who adopt "
           "without the partners only",
           _PLAN, _SEEDING, _UP),
)
# fmt: on


def _reach_plus(k: int) -> Metric:
    definition = f"people with at least {k} paid contacts so far ÷ people"
    return Metric(f"reach_{k}plus", f"Reach {k}+", "share", definition, _PEOPLE_ONCE, _MEDIA_TERMS, _UP)


def _r_share_of(generation: int) -> Metric:
    who = (
        "roots" if generation == 1 else f"posters {generation - 1} step{'s' * (generation > 2)} from the root"
    )
    return Metric(
        f"r_share_gen{generation}", f"Sharers per sharer, generation {generation}", "ratio",
        f"posters {generation} step{'s' * (generation > 1)} from the root of their cascade ÷ {who}; "
        "not told where nobody came that far",
        _PLAN, _CASCADES,
    )  # fmt: skip


def _lift_of(metric: Metric) -> Metric:
    what = metric.title.lower()
    definition = (
        f"{what} − {what} in the same worlds without flights, partners and owned posts "
        "(word of mouth and start state kept)"
    )
    title = f"{metric.title}, lift"
    return Metric(metric.name + LIFT_SUFFIX, title, metric.unit, definition, metric.over_channels, "", _UP)


def _all_metrics() -> Iterator[Metric]:
    reach, *others = _OTHERS
    yield reach
    yield from (_reach_plus(k) for k in range(2, MOST_PLUS + 1))
    yield from others
    yield from (_r_share_of(generation) for generation in range(1, MOST_GENERATIONS + 1))
    for metric in _STATES:
        yield metric
        yield _lift_of(metric)


METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _all_metrics()}


def metric_of(name: str) -> Metric:
    """Return the indicator of that name, also ``objective:<name>``, ``response:…`` and ``rule_…:<name>``.

    Raises
    ------
    InputError
        No indicator has this name; the nearest legal one is hinted.
    """
    if name in METRICS:
        return METRICS[name]
    if name.startswith(OBJECTIVE_PREFIX) and len(name) > len(OBJECTIVE_PREFIX):
        aim = name.removeprefix(OBJECTIVE_PREFIX)
        return Metric(
            name,
            f"Objective {aim}",
            "share",
            "share of the worlds in which the objective is met",
            _PLAN,
            "",
            True,
        )
    if (rule := rule_of(name)) is not None:
        return _rule_metric(*rule)
    if name.startswith(RESPONSE_PREFIX) and (told := response_of(name)):
        return _response_metric(*told)
    raise InputError(Fault(f"indicator {name}", "no such indicator", "want one of the catalogue's",
                           did_you_mean(name, METRICS)))  # fmt: skip


def rule_of(name: str) -> tuple[str, str] | None:
    """Return the prefix and the rule of ``rule_fired:<rule>`` and its kin; None if the name is none of these."""
    for prefix in (RULE_FIRED, RULE_TIMES, RULE_FIRST_DAY):
        if name.startswith(prefix) and len(name) > len(prefix):
            return prefix, name.removeprefix(prefix)
    return None


def _rule_metric(prefix: str, rule: str) -> Metric:
    title, unit, definition = {
        RULE_FIRED: ("fired", "share", "share of the worlds in which the rule fired"),
        RULE_TIMES: ("times", "times", "how often the rule fired"),
        RULE_FIRST_DAY: (
            "first day", "day", "day on whose evening the rule fired first, over the worlds in which it did",
        ),
    }[prefix]  # fmt: skip
    return Metric(prefix + rule, f"Rule {rule}, {title}", unit, definition, _PLAN)


def response_name(factor: float, metric: str) -> str:
    """Return the name of an indicator with ×`factor` bought, as in ``summary.csv``.

    Examples
    --------
    >>> response_name(2.0, "adoption")
    'response:2:adoption'
    """
    return f"{RESPONSE_PREFIX}{factor_text(factor)}:{metric}"


def factor_text(factor: float) -> str:
    """Return a factor in the fewest digits that tell it from every other one."""
    return repr(factor + 0.0).removesuffix(".0")


def response_of(name: str) -> tuple[float, str] | None:
    """Return factor and indicator of ``response:<factor>:<indicator>``; None if the name is none of these."""
    factor, _, metric = name.removeprefix(RESPONSE_PREFIX).partition(":")
    try:
        found = float(factor), metric
    except ValueError:
        return None
    return found if metric in RESPONSE_METRICS and response_name(*found) == name else None


def _response_metric(factor: float, metric: str) -> Metric:
    base, times = METRICS[metric], f"×{factor_text(factor)}"
    definition = f"{base.title.lower()} in the same worlds with {times} of {RESPONSE_SCALES}"
    name = response_name(factor, metric)
    return Metric(name, f"{base.title} at {times}", base.unit, definition, _PLAN, "", base.higher_is_better)


def unit_of(metric: str, currency: str) -> str:
    """Return the unit as written in ``summary.csv``, with the plan's currency for ``money``.

    Examples
    --------
    >>> unit_of("cpm", "USD")
    'USD per 1000 impressions'
    """
    unit = metric_of(metric).unit
    return currency + unit.removeprefix("money") if unit.startswith("money") else unit


def describe(metric: str) -> str:
    """Return the indicator in one paragraph: title, unit, definition, channels, source."""
    found = metric_of(metric)
    source = f" Source: {found.source}." if found.source else ""
    return f"{found.title} [{found.unit}]: {found.definition}. Channels: {found.over_channels}.{source}"
