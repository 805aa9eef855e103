"""What the page says, in its languages: wordings, faults, indicators, numbers."""
