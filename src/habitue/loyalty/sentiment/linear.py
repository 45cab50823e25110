"""Naive Bayes and a support vector machine on n-grams: characters in Chinese, words elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from habitue.loyalty.sentiment.base import Sentiment
from habitue.text import normalise

__all__ = ["LinearSentiment"]

_FOLDS = 3
_COMPARE = 6_000  # texts that the models are compared on


class LinearSentiment(Sentiment):
    """Tone in one language, by the better of Naive Bayes and a linear support vector machine.

    Both see TF-IDF weights of character 1- to 3-grams (Chinese; as accurate as segmented words)
    or of words and word pairs. The better by macro-F1 over folds is kept; its out-of-fold margins
    are turned into probabilities by logistic regression (Platt 1999), and the tone of a text is
    ``P(good) - P(bad)``.

    Parameters
    ----------
    language : {"en", "zh"}
        Which n-grams to use.
    random_state : int
        Seed of the folds and of the support vector machine.

    Attributes
    ----------
    classes_ : ndarray
        The labels seen, of -1, 0 and 1.
    model_ : str
        ``svm`` or ``naive_bayes``.
    scores_ : dict of str to float
        Macro-F1 of each over the folds.

    Examples
    --------
    >>> texts = ["lovely", "lovely mug", "so lovely", "awful", "awful mug", "so awful"]
    >>> model = LinearSentiment().fit(texts, [1, 1, 1, -1, -1, -1])
    >>> model.predict(["lovely box", "awful box"])
    array([ 1, -1])
    """

    name = "linear"

    def __init__(self, language: Literal["en", "zh"] = "en", random_state: int = 0) -> None:
        self.language = language
        self.random_state = random_state

    def fit(self, texts: Sequence[str], labels: Sequence[int] | np.ndarray) -> LinearSentiment:
        """Learn from texts and labels; each label must be there three times."""
        y = np.asarray(labels)
        self.vectoriser_ = self._vectoriser(len(texts))
        X = self.vectoriser_.fit_transform(texts)
        self.classes_ = np.unique(y)
        rows = _sample(y, self.random_state)
        margins = {name: self._out_of_fold(name, X[rows], y[rows]) for name in _MODELS}
        self.scores_ = {
            name: float(f1_score(y[rows], self._label(margin), average="macro"))
            for name, margin in margins.items()
        }
        self.model_ = max(self.scores_, key=lambda name: (self.scores_[name], name))
        self.calibrator_ = LogisticRegression(C=10.0).fit(margins[self.model_], y[rows])
        self.classifier_ = _MODELS[self.model_](self.random_state).fit(X, y)
        return self

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each label, shape (n_texts, n_classes)."""
        margin = _margin(self.classifier_, self.vectoriser_.transform(texts))
        return np.asarray(self.calibrator_.predict_proba(margin))

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Return the most likely label of each text."""
        return np.asarray(self.classes_[self.predict_proba(texts).argmax(axis=1)])

    def predict_score(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) == 0:
            return np.empty(0)
        return np.asarray(self.predict_proba(texts) @ self.classes_.astype(np.float64))

    def _vectoriser(self, n_texts: int) -> TfidfVectorizer:
        rare = 2 if n_texts >= 1000 else 1
        if self.language == "zh":
            return TfidfVectorizer(
                analyzer="char",
                ngram_range=(1, 3),
                sublinear_tf=True,
                min_df=rare,
                preprocessor=normalise,
                dtype=np.float32,
            )
        return TfidfVectorizer(
            ngram_range=(1, 2),
            sublinear_tf=True,
            min_df=rare,
            preprocessor=normalise,
            token_pattern=r"[^\W_]+(?:['’][^\W_]+)?|[!?]|[☀-➿\U0001f300-\U0001faff]",
            dtype=np.float32,
        )

    def _out_of_fold(self, name: str, X: Any, y: np.ndarray) -> np.ndarray:
        margins: np.ndarray | None = None
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=self.random_state)
        for train, test in folds.split(X, y):
            model = _MODELS[name](self.random_state).fit(X[train], y[train])
            margin = _margin(model, X[test])
            if margins is None:
                margins = np.zeros((len(y), margin.shape[1]))
            margins[test] = margin
        assert margins is not None
        return margins

    def _label(self, margins: np.ndarray) -> np.ndarray:
        if margins.shape[1] == 1:
            return np.asarray(self.classes_[(margins[:, 0] > 0).astype(int)])
        return np.asarray(self.classes_[margins.argmax(axis=1)])


def _svm(random_state: int) -> BaseEstimator:
    return LinearSVC(C=0.5, random_state=random_state)


def _naive_bayes(_random_state: int) -> BaseEstimator:
    return ComplementNB(alpha=0.3)


_MODELS = {"naive_bayes": _naive_bayes, "svm": _svm}


def _margin(model: Any, X: Any) -> np.ndarray:
    """Return how far each text leans to each label; one column if there are two labels."""
    if isinstance(model, LinearSVC):
        margin = np.asarray(model.decision_function(X), dtype=np.float64)
        return margin[:, None] if margin.ndim == 1 else margin
    log = np.asarray(model.predict_joint_log_proba(X), dtype=np.float64)
    return log[:, 1:] - log[:, :1] if log.shape[1] == 2 else log - log.mean(axis=1, keepdims=True)


def _sample(y: np.ndarray, seed: int) -> np.ndarray:
    if len(y) <= _COMPARE:
        return np.arange(len(y))
    return np.sort(np.random.default_rng(seed).choice(len(y), _COMPARE, replace=False))
