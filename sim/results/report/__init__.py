"""The pages that a planner shows: charts, sections, and the two reports made of them."""
