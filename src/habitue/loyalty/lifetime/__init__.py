"""Lifetime: how often customers will order again, whether they still do, and what they are worth.

One file a model; the registry finds it. The API speaks in plain words: *frequency* is the number
of repeat purchases (the first is not counted), *recency* the time from the first purchase to the
latest, *T* the time from the first purchase to the cut-off, all in one unit of time of your choice.
"""

from habitue.loyalty.lifetime.base import History, LifetimeModel, SpendModel
from habitue.loyalty.lifetime.bgnbd import BGNBD
from habitue.loyalty.lifetime.gammagamma import GammaGamma
from habitue.loyalty.lifetime.value import lifetime_value

__all__ = ["BGNBD", "GammaGamma", "History", "LifetimeModel", "SpendModel", "lifetime_value"]
