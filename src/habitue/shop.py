"""The one façade: command line, pages and notebooks all call it."""

from __future__ import annotations

__all__ = ["Shop"]


class Shop:
    """A shop: a folder with settings, records, state and runs."""
