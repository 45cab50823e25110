"""Shopify orders: what is special beyond the contract."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import shopify


class TestShopify(ExportFormatContract):
    samples: ClassVar[ModuleType] = shopify
