"""How many processor cores this process may use."""

from __future__ import annotations

import os

__all__ = ["cores"]


def cores(most: int = 4) -> int:
    """Return how many threads are worth starting, at most so many."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), most)
    return min(os.cpu_count() or 1, most)
