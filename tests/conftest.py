"""What all tests share: hypotheses are drawn the same way each time, and may take as long as they need."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

# A test builds what it looks at; tests/unit/test_public_cache.py gives the cache a folder of its own.
os.environ["PREGON_CACHE"] = "off"
