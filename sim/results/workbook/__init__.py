"""Results as a spreadsheet for a client: real numbers with units and intervals, and nothing that computes."""
