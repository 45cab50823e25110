"""Names of groups of titles, made of the words that the titles themselves use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from habitue.prepare.category_goods import plural
from habitue.prepare.category_words import ATTRIBUTES, HAN_ATTRIBUTES
from habitue.prepare.title_terms import SUFFIX
from habitue.text import FUNCTION_WORDS, han_runs, pieces, singular

__all__ = ["name_groups"]

_PHRASE = 0.6  # share of a word's titles in which a neighbour must stand to join its name
_SECOND = 0.3  # what the second word must explain against the first to be named beside it
_LONGEST = 6  # characters of a Chinese name
_READ = 400  # titles of a group that are read to find how its words are written


def name_groups(
    titles: Sequence[str],
    labels: np.ndarray,
    X: sparse.csr_matrix,
    weights: np.ndarray,
    terms: Sequence[str],
) -> list[str]:
    """Return a distinct name for each group: its one or two most telling words.

    Parameters
    ----------
    titles : sequence of str, length n_titles
    labels : ndarray of shape (n_titles,)
        Group of each title; -1 is none.
    X : csr_matrix of shape (n_titles, n_terms)
        Weights of terms, rows of length 1.
    weights : ndarray of shape (n_titles,)
        Products that bear each title.
    terms : sequence of str, length n_terms
    """
    names: list[str] = []
    taken: set[str] = set()
    squares = X.multiply(X).tocsr()
    for group in range(int(labels.max(initial=-1)) + 1):
        rows = np.flatnonzero(labels == group)
        words = _telling(squares[rows], weights[rows], terms)
        sample = [titles[row] for row in rows[np.argsort(-weights[rows], kind="stable")][:_READ]]
        shown, gains = _different([(_shown(word, sample), gain) for word, gain in words])
        n = 2 if len(shown) > 1 and gains[1] >= _SECOND * gains[0] else 1
        name = _joined(shown[:n])
        while name in taken and n < len(shown):
            n += 1
            name = _joined(shown[:n])
        number = 2
        base = name
        while name in taken:
            name, number = f"{base} {number}", number + 1
        taken.add(name)
        names.append(name)
    return names


def _telling(
    squares: sparse.csr_matrix, weights: np.ndarray, terms: Sequence[str], n: int = 4
) -> list[tuple[str, float]]:
    """Return the n words that explain most, each less what those before it have explained."""
    left = weights.astype(np.float64)
    by_term = squares.tocsc()
    found: list[tuple[str, float]] = []
    for _place in range(n):
        gain = np.asarray(squares.T @ left).ravel()
        best = int(gain.argmax()) if gain.size else 0
        if not gain.size or gain[best] <= 1e-9:
            break
        found.append((terms[best], float(gain[best])))
        left = left.copy()
        left[by_term.indices[by_term.indptr[best] : by_term.indptr[best + 1]]] = 0.0
    return found


def _different(words: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    """Leave out words that say again what one before them has said: "T-Light Holder"."""
    shown: list[str] = []
    gains: list[float] = []
    said: set[str] = set()
    for word, gain in words:
        stems = {singular(part) for part in word.lower().split()}
        if not stems <= said:
            shown.append(word)
            gains.append(gain)
        said |= stems
    return shown, gains


def _shown(term: str, titles: Sequence[str]) -> str:
    if han_runs(term) or term.startswith(SUFFIX):
        return _han_word(term, titles)
    return _latin_word(term, titles)


def _latin_word(term: str, titles: Sequence[str]) -> str:
    """Return the term as the titles write it, plural if they ever do, with a steady neighbour."""
    written: Counter[str] = Counter()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    bearers = 0
    for title in titles:
        found = [piece for piece in pieces(title) if not han_runs(piece)]
        places = [i for i, word in enumerate(found) if singular(word) == term]
        if not places:
            continue
        bearers += 1
        written.update({found[i] for i in places})
        before.update({found[i - 1] for i in places if i > 0})
        after.update({found[i + 1] for i in places if i + 1 < len(found)})
    word = _plural(written, term)
    if next_ := _steady(after, bearers):
        phrase = f"{term} {next_}"
    elif previous := _steady(before, bearers):
        phrase = f"{previous} {word}"
    else:
        phrase = word
    return phrase.title().replace("'S", "'s").replace("’S", "’s")


def _plural(written: Counter[str], term: str) -> str:
    """Return the word's plural if the titles ever write it or it is known, else as mostly written.

    Only seen and known plurals are used: no rule knows that there are mugs but no jewelleries.
    """
    plurals = Counter({word: n for word, n in written.items() if word != term})
    return _best(plurals) or plural(term) or _best(written) or term


def _steady(neighbours: Counter[str], bearers: int) -> str:
    """Return the neighbour that nearly always stands there, if it says what a product is."""
    best = _best(neighbours)
    fit = neighbours[best] >= max(_PHRASE * bearers, 2) and len(best) > 1
    return best if fit and best not in FUNCTION_WORDS and singular(best) not in ATTRIBUTES else ""


def _han_word(term: str, titles: Sequence[str]) -> str:
    """Return the longest part, up to six characters, that most of the term's runs hold."""
    ends = term.startswith(SUFFIX)
    core = term.removeprefix(SUFFIX)
    runs = [
        part
        for title in titles
        for run in han_runs(title)
        for part in han_runs(HAN_ATTRIBUTES.sub(" ", run))
        if (part.endswith(core) if ends else core in part)
    ]
    parts: Counter[str] = Counter()
    for run in runs:
        at = len(run) - len(core) if ends else run.find(core)
        parts.update(
            {
                run[start:stop]
                for start in range(max(0, at - _LONGEST + len(core)), at + 1)
                for stop in range(at + len(core), min(len(run), start + _LONGEST) + 1)
            }
        )
    enough = [part for part, n in parts.items() if n >= max(_PHRASE * len(runs), 2)]
    return max(enough, key=lambda part: (len(part), parts[part], part)) if enough else core


def _best(counter: Counter[str]) -> str:
    return max(counter, key=lambda word: (counter[word], word)) if counter else ""


def _joined(words: Sequence[str]) -> str:
    han = all(han_runs(word) for word in words)
    return ("、" if han else " & ").join(words)
