"""Segment: every table of its events, the server's clock, and the same event once."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import segment


class TestSegment(ExportFormatContract):
    samples: ClassVar[ModuleType] = segment
