"""Mailchimp and Klaviyo: a no is never lost, and silence is a no."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from tests.contracts.export_format import ExportFormatContract
from tests.samples import klaviyo, mailchimp


class TestMailchimp(ExportFormatContract):
    samples: ClassVar[ModuleType] = mailchimp


class TestKlaviyo(ExportFormatContract):
    samples: ClassVar[ModuleType] = klaviyo
