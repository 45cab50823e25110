"""The master key: from the environment, or from a file that only its owner can read."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from contextlib import suppress
from pathlib import Path

from habitue.errors import VaultError
from habitue.locale import _

__all__ = ["KEY_BYTES", "MasterKey"]

KEY_BYTES = 32
_VARIABLE = "HABITUE_MASTER_KEY"


class MasterKey:
    """The secret that wraps every person's own key and keys the look-up hash.

    Without it, identifiers can be neither read nor looked up.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            text = _("A master key has {needed} bytes; this one has {seen}.")
            raise VaultError(text.format(needed=KEY_BYTES, seen=len(secret)))
        self._secret = secret

    @classmethod
    def of(cls, folder: Path) -> MasterKey:
        """Return the key from ``HABITUE_MASTER_KEY`` (base64), else from the folder's file.

        The file is made, readable by its owner only, when there is neither.

        Raises
        ------
        VaultError
            If the key is no base64 of 32 bytes, or others can read the file.
        """
        given = os.environ.get(_VARIABLE)
        if given:
            return cls(_decoded(given, _VARIABLE))
        path = folder / "master.key"
        if not path.exists():
            _write_new(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            text = _("Others can read {file}. Mend it with: chmod 600 {file}")
            raise VaultError(text.format(file=path))
        return cls(_decoded(path.read_text(encoding="ascii"), str(path)))

    def derive(self, purpose: str) -> bytes:
        """Return a key for one purpose, so that no key serves two (HKDF, RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._secret)


def _decoded(value: str, where: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise VaultError(
            _("The master key in {where} is not base64.").format(where=where)
        ) from error


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key stays
        os.link(part, path)
    part.unlink()
