"""Amazon's order reports: what every export format promises."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import amazon


class TestAmazon(ExportFormatContract):
    samples: ClassVar[ModuleType] = amazon
