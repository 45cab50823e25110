"""What every judge of tone offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator

__all__ = ["Sentiment"]


class Sentiment(BaseEstimator, ABC):
    """Judges the tone of texts."""

    name: str = ""

    @abstractmethod
    def fit(self, texts: Sequence[str], labels: Sequence[int] | np.ndarray) -> Sentiment:
        """Learn from texts whose tone is known: -1 bad, 0 neither, 1 good."""

    @abstractmethod
    def predict_score(self, texts: Sequence[str]) -> np.ndarray:
        """Return each text's tone, -1 bad to 1 good, shape (n_texts,)."""
