"""Google Analytics 4: nested lists, both containers alike, and the same event once."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import ga4


class TestGa4(ExportFormatContract):
    samples: ClassVar[ModuleType] = ga4
