"""The report: one self-contained page in both languages."""

from __future__ import annotations

from habitue.report.page import build
from habitue.report.results import Results

__all__ = ["Results", "build"]
