"""Habitué: personalised marketing on social media, from a company's own records."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["Shop", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "Shop":  # looked up late, so that ``import habitue`` costs nothing
        from habitue.shop import Shop

        return Shop
    raise AttributeError(f"module 'habitue' has no attribute {name!r}")
