"""What the planner writes: the scenario language, its defaults, and every fault a file can have."""
