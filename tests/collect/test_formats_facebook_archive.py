from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import facebook_archive


class TestFacebook(ExportFormatContract):
    samples: ClassVar[ModuleType] = facebook_archive
