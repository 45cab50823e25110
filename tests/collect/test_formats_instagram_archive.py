from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import instagram_archive


class TestInstagram(ExportFormatContract):
    samples: ClassVar[ModuleType] = instagram_archive
