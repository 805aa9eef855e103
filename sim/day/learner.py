"""What the brand learns in one world: its messages move towards what people make of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.campaign import messages
from sim.campaign.listening import Pace
from sim.kernels.reception import Views
from sim.kernels.state import Array, Variants


class Learner:
    """Move the appeals of the plan's messages, once in so many days.

    Parameters
    ----------
    pace : Pace
    views : Views       of the plan, as it was compiled

    Attributes
    ----------
    views : Views       the same, with tables of what the messages say by now
    brief : float64[n_messages, n_needs]    appeals as the plan has them
    """

    def __init__(self, pace: Pace, views: Views):
        self.pace, self.views, self.brief = pace, views, views.appeals

    def learn(self, day: int, passed_on: Sequence[Array], variants: Variants) -> None:
        """Take the lesson of the last days, where it is time; what is said from tomorrow on follows it.

        Parameters
        ----------
        day : int
        passed_on : sequence of POST[:]     who passed what on, a list per day up to today
        variants : Variants                 the first n_messages are changed

        Notes
        -----
        θ_v += step · (mean of θ over the posts of v's lineage in these days - θ_v), every post with the appeals of
        the variant that it carries; a lineage that nobody passed on stays.
        """
        if day % self.pace.every_days:
            return
        n_messages = len(self.brief)
        lately = np.concatenate([posts["variant"] for posts in passed_on[-self.pace.every_days :]])
        n_posts = np.bincount(lately, minlength=int(variants.n[0])).astype(np.float64)
        said = np.zeros_like(self.brief)
        told = np.zeros(n_messages)
        np.add.at(said, variants.lineage[: len(n_posts)], n_posts[:, None] * variants.appeals[: len(n_posts)])
        np.add.at(told, variants.lineage[: len(n_posts)], n_posts)
        heard = told > 0
        now = variants.appeals[:n_messages].copy()
        now[heard] += self.pace.step * (said[heard] / told[heard, None] - now[heard])
        variants.appeals[:n_messages] = np.clip(now, 0.0, 1.0)
        self._follow(variants)

    def _follow(self, variants: Variants) -> None:
        """Make the tables of what the messages say by now."""
        n_messages, was = len(self.brief), self.views
        now = variants.appeals[:n_messages].copy()
        match = messages.match_table(self.pace.motivations, now)
        variants.match[:, :n_messages] = match
        pull = messages.pull_table(was.attitude_step, was.credibility, match, was.fit, was.impact)
        self.views = was._replace(pull=pull, novelty=messages.novelty_table(now))

    def moved(self, variants: Variants) -> float:
        """Return how far the messages are from the brief: the mean of ‖θ - θ_brief‖₁ / (‖θ‖₁ + ‖θ_brief‖₁)."""
        now = variants.appeals[: len(self.brief)]
        sizes = now.sum(axis=1) + self.brief.sum(axis=1)
        gaps = np.abs(now - self.brief).sum(axis=1)
        return float(np.divide(gaps, sizes, out=np.zeros_like(gaps), where=sizes > 0).mean())
