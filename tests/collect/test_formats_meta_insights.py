from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import meta_insights


class TestInsights(ExportFormatContract):
    samples: ClassVar[ModuleType] = meta_insights
