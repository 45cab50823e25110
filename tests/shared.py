"""The shared data sets: found by an environment variable, never copied, skipped when absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

__all__ = ["shared_data"]


def shared_data(name: str) -> Path:
    """Return the path of a shared file, or skip the test and say why."""
    root = os.environ.get("HABITUE_SHARED", str(Path(__file__).parents[2] / "shared"))
    path = Path(root) / "data" / name
    if not path.exists():
        pytest.skip(f"needs {name} of the shared data (HABITUE_SHARED={root})")
    return path
