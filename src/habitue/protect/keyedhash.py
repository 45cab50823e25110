"""HMAC-SHA-256 (RFC 2104) of many short messages under one key."""

from __future__ import annotations

import hashlib

__all__ = ["KeyedHash"]

_BLOCK = 64  # bytes that SHA-256 takes in at a time


class KeyedHash:
    """The same as ``hmac.digest(key, message, "sha256")``, with the key taken in only once.

    Parameters
    ----------
    key : bytes
        At most 64 bytes.

    Examples
    --------
    >>> import hmac
    >>> KeyedHash(b"key")(b"message") == hmac.digest(b"key", b"message", "sha256")
    True
    """

    def __init__(self, key: bytes) -> None:
        if len(key) > _BLOCK:
            raise ValueError("A key of more than 64 bytes is hashed first, by another rule.")
        padded = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, message: bytes) -> bytes:
        """Return a message's keyed hash, of 32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
