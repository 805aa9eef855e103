"""How fast it is, measured here and now: see docs/benchmarks.md."""

import os

os.environ["PREGON_CACHE"] = "off"  # publics are drawn, in these processes and those they start, not opened
