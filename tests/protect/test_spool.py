from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.protect.keyedhash import KeyedHash
from habitue.protect.spool import Spool

ROWS = st.lists(st.tuples(st.integers(0, 2**63 - 1), st.binary(), st.text(), st.none()))


@given(ROWS, st.integers(1, 5))
def test_what_goes_in_comes_out_in_order_and_once(
    rows: list[tuple[object, ...]], held: int
) -> None:
    spool = Spool(held)
    for row in rows:
        spool.append(row)
    assert [row for chunk in spool.chunks() for row in chunk] == rows
    assert list(spool.chunks()) == []


def test_a_spool_serves_again() -> None:
    spool = Spool(1)
    for n in (1, 2):
        spool.append((n,))
        assert list(spool.chunks()) == [[(n,)]]


@given(st.binary(max_size=64), st.binary(max_size=200))
def test_the_keyed_hash_is_hmac(key: bytes, message: bytes) -> None:
    assert KeyedHash(key)(message) == hmac.digest(key, message, "sha256")


def test_a_long_key_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        KeyedHash(bytes(65))
