from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import x_archive


class TestX(ExportFormatContract):
    samples: ClassVar[ModuleType] = x_archive
