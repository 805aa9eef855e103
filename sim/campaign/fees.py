"""What a partner's post costs: a number, a column of the people file, or a curve by audience size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.scenario.parameters import table

CURVE = "curve"
Floats = npt.NDArray[np.float64]


def fee_curve(followers: Floats) -> Floats:
    """Return the fee of a post in USD, float64[n].

    Parameters
    ----------
    followers : float64[n]    in people of the market, ≥ 0

    Notes
    -----
    Straight lines through the tiers of `defaults/fees.yaml` on logarithmic scales; below the first and above the last
    point the nearest line goes on. Nobody's post is nobody's to pay: 0 followers cost 0.

    Examples
    --------
    >>> fee_curve(np.array([0.0, 3162.0, 31623.0])).round().tolist()
    [0.0, 175.0, 1000.0]
    """
    points = table("fees").values()
    size, fee = (np.log([float(point[key].value) for point in points]) for key in ("followers", "fee"))
    at = np.log(np.maximum(followers, 1e-300))
    line = np.clip(np.searchsorted(size, at) - 1, 0, len(size) - 2)
    slope = (fee[line + 1] - fee[line]) / (size[line + 1] - size[line])
    return np.where(followers > 0, np.exp(fee[line] + slope * (at - size[line])), 0.0)
