"""The reports: self-contained, escaped, the same bytes for the same numbers, and readable ones."""

from __future__ import annotations

import html
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment.compare import Comparison, compare
from sim.results import catalog, chart_base, charts, report_parts, wording
from sim.results.frames import Result
from sim.results.lookup import Readings, frequency_shares
from sim.results.report import write_comparison_report, write_run_report
from sim.results.report_facts import Run
from sim.results.summary import daily_frame, summary_frame, worlds_frame
from sim.scenario import metrics as scenario_metrics

Row = tuple[str, str, str]
PEOPLE = 2_000_000.0
N_DAYS = 60
VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})


def made_up(
    *, push: float = 1.0, n_worlds: int = 40, name: str = "Reusable bottle, spring launch",
    segments: tuple[str, ...] = ("students", "families", "retired"), channels: tuple[str, ...] = ("instagram", "tv"),
) -> Result:  # fmt: skip
    """Return a result whose numbers are smooth functions of world, day and name: no luck in it."""
    world = np.arange(n_worlds)[:, None]
    day = np.arange(1, N_DAYS + 1)[None, :]
    daily: dict[Row, npt.NDArray[np.float64]] = {}
    for s, segment in enumerate(("all", *segments)):
        scale = push * (1 + 0.12 * s) * (1 + 0.02 * np.sin((1.7 + 0.1 * s + 0.4 * push) * world))
        for c, channel in enumerate(("all", *channels)):
            met = np.minimum(0.45 * scale * (1 - np.exp(-day / 18)) / (1 + 0.45 * c), 1)
            daily["reach", segment, channel] = met
            for k in range(2, 11):
                daily[f"reach_{k}plus", segment, channel] = met * 0.6 ** (k - 1)
            contacts = met * 2.7
            daily["average_frequency", segment, channel] = contacts / met
            daily["grp", segment, channel] = 100 * contacts
            for metric, part in (("contacts", 1.0), ("attended_contacts", 0.5), ("earned_contacts", 0.01),
                                 ("owned_contacts", 0.002), ("partner_contacts", 0.0)):  # fmt: skip
                daily[metric, segment, channel] = PEOPLE * contacts * part
        growth = 1 - np.exp(-day / 30)
        for metric, high, share in (("awareness", 0.36, 0.4), ("consideration", 0.12, 0.6), ("adoption", 0.02, 0.3),
                                    ("attitude", 0.15, 0.9), ("trust", 0.5, 0.01)):  # fmt: skip
            daily[metric, segment, "all"] = high * scale * growth
            daily[f"{metric}_lift", segment, "all"] = high * share * scale * growth
        daily["total_reach", segment, "all"] = np.minimum(daily["reach", segment, "all"] * 1.05, 1)
        daily["pass_along_rate", segment, "all"] = 0.004 * scale * growth
        daily["earned_multiplier", segment, "all"] = 1 + 0.01 * scale * growth
        daily["shares", segment, "all"] = PEOPLE * 0.002 * scale * growth
    last = {row: values[:, -1] for row, values in daily.items()} | _last_only(daily, channels, push)
    values = np.stack([np.broadcast_to(v, n_worlds) for v in last.values()], axis=1)
    stacked = np.stack([np.broadcast_to(v, (n_worlds, N_DAYS)) for v in daily.values()], axis=2)
    return Result(
        summary_frame(list(last), values, "USD", PEOPLE),
        worlds_frame(list(last), values, range(n_worlds)),
        daily_frame(list(daily), stacked, "USD"),
        provenance_of(name, push, n_worlds, segments, channels),
    )


def _last_only(daily: dict[Row, Any], channels: tuple[str, ...], push: float) -> dict[Row, Any]:
    met = {channel: daily["reach", "all", channel][:, -1] for channel in ("all", *channels)}
    both = met[channels[0]] + met[channels[1]] - met["all"]
    adopted = PEOPLE * daily["adoption", "all", "all"][:, -1]
    spend = 100_000 * push
    out: dict[Row, Any] = {("overlap", "all", "+".join(channels[:2])): both}
    for channel in channels[:2]:
        out["unique_reach", "all", channel] = out["overlap", "all", channel] = met[channel] - both
    for channel, part in zip(("all", *channels), (1.0, 0.4, 0.6), strict=False):
        contacts = daily["contacts", "all", channel][:, -1]
        out["spend", "all", channel] = np.array([spend * part])
        out["cpm", "all", channel] = 1000 * spend * part / contacts
        out["cost_per_reach_point", "all", channel] = spend * part / (100 * met[channel])
        out["cost_per_grp", "all", channel] = spend * part / (100 * contacts / PEOPLE)
    out["cost_per_acquisition", "all", "all"] = spend / adopted
    out["cost_per_incremental_acquisition", "all", "all"] = spend / (0.3 * adopted)
    out["objective:heard_three_times", "students", "all"] = np.arange(len(met["all"])) % 7 != 0
    return out


def provenance_of(name: str, push: float, n_worlds: int, segments: tuple[str, ...], channels: tuple[str, ...]) -> dict[str, Any]:
    bought = 3_200_000 * push
    return {
        "scenario": {
            "name": name, "start": "2027-03-01", "days": N_DAYS, "currency": "USD", "master_seed": 7,
            "channels": {channel: {"ad_load": 2.0 if i else None} for i, channel in enumerate(channels)},
            "plan": {"flights": {
                "reveal": {"message": "reveal", "channel": channels[0], "to": ["students"], "days": "10-40",
                           "budget": 40_000 * push, "cap": {"times": 3, "per_days": 7}},
                "teaser": {"message": "teaser", "channel": channels[1], "days": "1-14", "budget": 60_000},
            }},
            "objectives": {"heard_three_times": {"metric": "reach_3plus", "segment": segments[0], "by_day": 40,
                                                 "at_least": 0.1, "probability": 0.6}},
        },
        "scenario_hash": f"{abs(hash_of(name)):016x}", "public_hash": "ab12", "master_seed": 7, "luck": "splitmix64-v1",
        "replications": list(range(n_worlds)), "versions": {"pregon": "0.1.0", "numpy": "2.4.6"},
        "public": {"people": PEOPLE, "agents": 50_000, "people_per_agent": 40.0,
                   "segments": dict.fromkeys(segments, 1 / len(segments)), "notes": ["3 blanks counted as no use"]},
        "network": {channels[0]: {"n_ties": 1_744_321, "mean_followers": 34.9, "reciprocity": None, "notes": ["12 self-loops dropped"]}},
        "flights": [
            {"flight": "reveal", "channel": channels[0], "message": "reveal", "bought": bought, "deliverable": 0.86 * bought,
             "undelivered": 0.14 * bought, "speed_up": 20.0, "spend": 34_400 * push, "unit_price": 12.5},
            {"flight": "teaser", "channel": channels[1], "message": "teaser", "bought": 1_666_667.0,
             "deliverable": 1_666_667.0, "undelivered": 0.0, "speed_up": 1.0, "spend": 60_000.0, "unit_price": 36.0},
        ],
        "partners": [{"booking": "creators", "channel": channels[0], "people": [11, 902, 40_231], "posts": 9, "fees": 1575.0,
                      "audience": 14_200}],
        "sharing": {"beta": {channels[0]: 0.83}},
        "baseline": "same worlds without flights, partners and owned posts",
    }  # fmt: skip


def hash_of(name: str) -> int:
    return sum(31**i * ord(letter) for i, letter in enumerate(name)) % 2**63


def run_report(result: Result, path: Path) -> str:
    write_run_report(path, summary=result.summary, daily=result.daily, worlds=result.worlds, provenance=result.provenance)
    return path.read_text("utf-8")


def comparison_report(compared: Comparison, path: Path) -> str:
    runs = [(label, r.summary, r.daily, r.worlds, r.provenance) for label, r in compared.runs]
    write_comparison_report(path, comparison=compared.frame, runs=runs)
    return path.read_text("utf-8")
