"""Fields and forms over a plan's text."""
