"""Orders as JSON: what every export format promises."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import orders_json


class TestOrdersJson(ExportFormatContract):
    samples: ClassVar[ModuleType] = orders_json
