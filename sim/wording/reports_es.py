"""All that reports and workbooks say, in Spanish, by its English; `tests/unit/test_report_words.py` finds what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from sim.wording.reports_compare_es import COMPARE
from sim.wording.reports_run_es import RUN
from sim.wording.reports_sweep_es import SWEEP
from sim.wording.workbook_es import WORKBOOK

REPORTS: Mapping[str, str] = {**RUN, **COMPARE, **SWEEP, **WORKBOOK}
