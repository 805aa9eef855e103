"""Plain twin of the search for communities: who moves to which group, in whole numbers."""

from __future__ import annotations

TWINS = {"communities.move_people": "moved"}


def moved(
    near: list[dict[int, int]], degree: list[int], most_passes: int, fewest: int, group: list[int]
) -> tuple[list[int], int]:
    """Return the group of each after moving, and how many moves there were; `near` maps who is tied to how often."""
    group, whole, moves = list(group), sum(degree), 0
    for _ in range(most_passes):
        n_moved = 0
        for i, others in enumerate(near):

            def gain(there: int, i: int = i, others: dict[int, int] = others) -> int:
                links = sum(times for j, times in others.items() if group[j] == there)
                rest = sum(degree[j] for j in range(len(near)) if j != i and group[j] == there)
                return links * whole - degree[i] * rest

            own = group[i]
            choices = sorted({group[j] for j in others} - {own})
            best = max(choices, key=lambda there: (gain(there), -there), default=own)
            if gain(best) > gain(own):
                group[i] = best
                n_moved += 1
        moves += n_moved
        if n_moved <= fewest:
            break
    return group, moves
