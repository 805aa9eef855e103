"""What more or less of the same plan would do: the response curve, a few indicators at each factor."""

from __future__ import annotations

from sim.day.gauges import Stocks
from sim.kernels.state import ADOPTER, Tally
from sim.results.catalog import RESPONSE_METRICS, response_name
from sim.results.indicators import Ledger, Readings


def read_response(
    out: Readings, ledger: Ledger, factor: float, spend: float, log: Tally, baseline: Stocks
) -> None:
    """Add the indicators of one factor, whole public, last day; at ×1 they are the plan's own to the bit.

    Parameters
    ----------
    out : Readings
    ledger : Ledger
    factor : float
        On what every flight buys by budget, impressions or GRP.
    spend : float
        Money for media and fees at that factor.
    log : Tally            counts by day at that factor
    baseline : Stocks      counts by day without the plan, same world
    """
    people = ledger.sizes[0]
    adoption = log.stages[-1, ADOPTER].sum() / people
    told = {
        "spend": spend,
        "reach": log.reach[-1, -1, :, 0].sum() / people,
        "awareness": log.stages[-1, 1:].sum() / people,
        "adoption": adoption,
        "adoption_lift": adoption - baseline.stages[-1, ADOPTER].sum() / people,
    }
    for metric in RESPONSE_METRICS:
        out.at_end(response_name(factor, metric), told[metric])
