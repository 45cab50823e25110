"""The master key: from the environment, a file, a command, or the shop's own file."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from habitue.errors import VaultError
from habitue.locale import _
from habitue.state import disk

__all__ = ["KEY_BYTES", "MasterKey", "new_file", "sweep"]

KEY_BYTES = 32
_VARIABLE = "HABITUE_MASTER_KEY"
_PATIENCE = 60  # seconds for a command: a person may have to touch a token


class MasterKey:
    """The secret that wraps the shop's data keys.

    Without it, identifiers can be neither read nor looked up.

    Attributes
    ----------
    where : str
        What it came from, for messages: the variable, the file or the command's name.
    file : Path or None
        The file that it was read from, if it was.
    """

    def __init__(self, secret: bytes, where: str = "", file: Path | None = None) -> None:
        if len(secret) != KEY_BYTES:
            text = _("A master key has {needed} bytes; this one has {seen}.")
            raise VaultError(text.format(needed=KEY_BYTES, seen=len(secret)))
        self._secret = secret
        self.where, self.file = where, file

    @classmethod
    def of(
        cls, folder: Path, file: str = "", command: str = "", *, create: bool = True
    ) -> MasterKey:
        """Return the shop's master key.

        In this order: ``HABITUE_MASTER_KEY`` (base64), the file that ``HABITUE_MASTER_KEY_FILE``
        names, what the command ``HABITUE_MASTER_KEY_COMMAND`` prints; then the settings' file and
        command; then ``master.key`` in the folder.

        Parameters
        ----------
        folder : Path
            The shop's state folder.
        file, command : str
            What the settings say; a file's path is from the shop's folder.
        create : bool
            Make ``master.key``, readable by its owner only, when there is no key at all.

        Raises
        ------
        VaultError
            If there is no key, the key is no base64 of 32 bytes, others can read its file, or the
            command fails.
        """
        if os.environ.get(_VARIABLE):
            return cls.given(_VARIABLE)
        if given := os.environ.get(f"{_VARIABLE}_FILE"):
            return cls.of_file(Path(given))
        if given := os.environ.get(f"{_VARIABLE}_COMMAND"):
            return cls.of_command(given)
        if file:
            return cls.of_file(folder.parent / file)
        if command:
            return cls.of_command(command)
        path = folder / "master.key"
        if create and not path.exists():
            new_file(path)
        return cls.of_file(path)

    @classmethod
    def given(cls, variable: str) -> MasterKey:
        """Return the key that an environment variable holds, in base64.

        Raises
        ------
        VaultError
            If it holds none.
        """
        return cls(_decoded(os.environ.get(variable, ""), variable), variable)

    @classmethod
    def of_file(cls, path: Path) -> MasterKey:
        """Return the key that a file holds, in base64.

        Raises
        ------
        VaultError
            If there is no such file, others can read it, or it holds no key.
        """
        if not path.is_file():
            text = _("The master key is not there: {file}. Put it back, or restore it from a copy.")
            raise VaultError(text.format(file=path))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            text = _("Others can read {file}. Mend it with: chmod 600 {file}")
            raise VaultError(text.format(file=path))
        return cls(_decoded(path.read_text(encoding="ascii", errors="replace"), str(path)),
                   str(path), path)  # fmt: skip

    @classmethod
    def of_command(cls, command: str) -> MasterKey:
        """Return the key that a command prints, in base64; no shell is involved.

        Raises
        ------
        VaultError
            If the command can't be started, fails, takes over a minute, or prints no key.
        """
        name = (command.split() or ["?"])[0]
        try:
            words = shlex.split(command)
            done = subprocess.run(  # the words are the owner's own setting
                words, stdout=subprocess.PIPE, timeout=_PATIENCE, check=True
            )
        except (OSError, IndexError, ValueError) as error:
            text = _("The master key's command {name} can't be started. Look at key_command.")
            raise VaultError(text.format(name=name)) from error
        except subprocess.TimeoutExpired:
            text = _("The master key's command {name} gave no answer in {seconds} seconds.")
            raise VaultError(text.format(name=name, seconds=_PATIENCE)) from None
        except subprocess.CalledProcessError as error:
            text = _("The master key's command {name} failed with exit status {status}.")
            raise VaultError(text.format(name=name, status=error.returncode)) from None
        return cls(_decoded(done.stdout.decode("ascii", "replace"), name), name)

    @property
    def id(self) -> str:
        """What tells this key from another, and says nothing of it."""
        return self.derive("identify master key").hex()[:16]

    def derive(self, purpose: str) -> bytes:
        """Return a key for one purpose, so that no key serves two (HKDF, RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._secret)


def new_file(path: Path) -> None:
    """Make a file with a new random key, unless the file is there."""
    disk.make(path.parent)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key stays
        os.link(part, path)
    part.unlink(missing_ok=True)
    disk.sync(path.parent)  # before anything is wrapped by it


def sweep(path: Path) -> None:
    """Remove what killed processes left that were making a key; the write lock must be held."""
    for part in path.parent.glob(f"{path.name}*.part"):
        part.unlink(missing_ok=True)


def _decoded(value: str, where: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise VaultError(
            _("The master key in {where} is not base64.").format(where=where)
        ) from error
