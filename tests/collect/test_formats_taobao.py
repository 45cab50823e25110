"""Taobao: what every export format promises."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import taobao


class TestTaobao(ExportFormatContract):
    samples: ClassVar[ModuleType] = taobao
