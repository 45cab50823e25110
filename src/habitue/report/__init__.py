"""The report: one self-contained page in both languages."""

from __future__ import annotations

from habitue.report.page import build
from habitue.report.results import MIN_GROUP, Results

__all__ = ["MIN_GROUP", "Results", "build"]
