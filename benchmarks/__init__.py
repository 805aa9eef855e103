"""How fast it is, measured here and now: see docs/benchmarks.md."""
