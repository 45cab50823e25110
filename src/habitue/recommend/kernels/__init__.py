"""The inner loops over sparse rows, compiled by numba; `habitue.recommend.sparse` calls them.

They let go of the interpreter's lock, so that threads share the rows out; each row is worked out
alone, so the number of threads changes nothing. Sparse matrices come as ``indptr`` (int64),
``indices`` (int32) and ``data`` (float32); dense rows are held one at a time.

Importing one of these modules compiles it on the first run (seconds) and reads the result from
the cache ever after: beside the file, else in the user's cache folder, or where
``NUMBA_CACHE_DIR`` says. Where none can be written to, each process compiles anew. So they are
imported where they are used, not at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np

__all__ = ["CSR", "PATTERN", "Csr", "Pattern", "compiled"]

#: A sparse matrix: ``indptr``, ``indices`` and ``data``; its type to the compiler.
Csr = tuple[np.ndarray, np.ndarray, np.ndarray]
CSR = "Tuple((int64[::1], int32[::1], float32[::1]))"

#: Which columns each row holds: ``indptr`` and ``indices``; its type to the compiler.
Pattern = tuple[np.ndarray, np.ndarray]
PATTERN = "Tuple((int64[::1], int32[::1]))"

F = TypeVar("F", bound=Callable[..., object])


def compiled(signature: str) -> Callable[[F], F]:
    """Return a decorator that compiles a function of these types, cached where that can be."""
    from numba import njit

    def decorate(function: F) -> F:
        try:
            made = njit(signature, nogil=True, cache=True)(function)
        except RuntimeError:  # there is no folder to write the cache to
            made = njit(signature, nogil=True)(function)
        return cast(F, made)

    return decorate
