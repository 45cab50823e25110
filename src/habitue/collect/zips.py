"""Takes the members of a zip archive out one by one, and does not trust what it says of itself."""

from __future__ import annotations

import os
import re
import shutil
import stat
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["Zip", "is_link", "is_zip", "natural"]

#: A member is unpacked to at most so many times the archive's size. Text rarely packs beyond 30
#: times; deflate packs zeros 1,032 times.
RATIO = 250
#: What a small archive may hold whatever its ratio, in bytes.
_SMALL = 64 << 20
_SPARE = 64 << 20  # bytes of disk that stay free
_BLOCK = 1 << 20
_MOST = 500_000  # members
#: What the standard library says of an archive that it can't make sense of.
_BROKEN = (zipfile.BadZipFile, NotImplementedError, ValueError)
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED = 0x1
_UTF8 = 0x800
_OFFICE = frozenset({"[Content_Types].xml", "mimetype"})
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST = 80  # characters of a folder's or a file's name that are kept


def is_zip(path: Path) -> bool:
    """Say whether a file is a zip archive, and no spreadsheet, which is one inside.

    Raises
    ------
    FormatError
        If it begins as an archive and is damaged.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) not in _MAGIC:
                return False
        with zipfile.ZipFile(path) as archive:
            return not _OFFICE & set(archive.namelist())
    except _BROKEN as error:
        raise _damaged(str(path), error) from error
    except OSError:
        return False  # whoever opens it says what is wrong


class Zip:
    """A zip archive whose members are taken out one by one.

    Parameters
    ----------
    path : Path
        The archive.
    name : str
        What people call it.
    staging : Path
        A private folder to take members out to.
    outer : Zip, optional
        The archive that this one lies in; both share one limit.
    """

    def __init__(self, path: Path, name: str, staging: Path, outer: Zip | None = None) -> None:
        self.name = name
        self._path, self._staging = path, staging
        self._outer = outer
        self._left = max(_SMALL, RATIO * path.stat().st_size)
        self._full = False
        self._zip: zipfile.ZipFile | None = None

    def __enter__(self) -> Zip:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    @property
    def spent(self) -> bool:
        """Whether it held more than an archive may, or the disk is full: nothing more is read."""
        return self._full or (self._outer is not None and self._outer.spent)

    @property
    def nested(self) -> bool:
        """Whether it lies in another archive."""
        return self._outer is not None

    @property
    def around(self) -> tuple[str, ...]:
        """The folders that members lie in, as far as people see: the archive's own name last."""
        parts = PurePath(self.name).parts
        return (*parts[-4:-1], PurePath(parts[-1]).stem)

    def shown(self, parts: Sequence[str]) -> str:
        """Return what people call a member."""
        return f"{self.name}/{'/'.join(parts)}"

    def within(self, path: Path, name: str) -> Zip:
        """Return an archive that is a member of this one."""
        return Zip(path, name, self._staging, self)

    def members(self) -> list[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
        """Return the files in the archive, and where each lies in it.

        Raises
        ------
        FormatError
            If the archive is damaged or locked, or a name leads out of it.
        """
        try:
            self._zip = zipfile.ZipFile(self._path)
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except (*_BROKEN, OSError) as error:
            raise _damaged(self.name, error) from error
        if len(infos) > _MOST:
            raise FormatError(
                _("{file} holds {n} files; at most {most} are read from one archive.").format(
                    file=self.name, n=len(infos), most=_MOST
                )
            )
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            text = _("{file} is locked with a password. Unpack it and give the folder.")
            raise FormatError(text.format(file=self.name))
        found = [(info, self._parts(info)) for info in infos]
        return sorted(found, key=lambda pair: natural("/".join(pair[1])))

    @contextmanager
    def extracted(self, info: zipfile.ZipInfo, parts: Sequence[str]) -> Iterator[Path]:
        """Take a member out for a block; it is gone afterwards.

        Raises
        ------
        FormatError
            If it is damaged, packed in a way that is not read, or holds more than it may.
        """
        place = self._staging / uuid.uuid4().hex
        # The folders around a member say which archive it is of.
        path = place.joinpath(*(_safe(part) for part in (*self.around[-1:], *parts)[-6:]))
        try:
            path.parent.mkdir(parents=True, mode=0o700)
            place.chmod(0o700)
            self._write(info, path)
            yield path
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def too_deep(self, name: str) -> FormatError:
        """Return what to say of an archive in an archive in an archive."""
        return FormatError(
            _("{file} is an archive in an archive in an archive. Unpack it first.").format(
                file=name
            )
        )

    def _write(self, info: zipfile.ZipInfo, path: Path) -> None:
        try:
            assert self._zip is not None, "members() comes first"
            with (
                self._zip.open(info) as source,
                os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
            ):
                while block := source.read(_BLOCK):
                    self._pay(len(block))
                    to.write(block)
        except NotImplementedError as error:
            text = _("{file} is packed in a way that is not read. Unpack it and give the folder.")
            raise FormatError(text.format(file=self.name)) from error
        except (*_BROKEN, zlib.error, EOFError, OSError) as error:
            raise _damaged(f"{self.name}/{info.filename}", error) from error

    def _pay(self, size: int) -> None:
        """Count what was unpacked, of all members and of archives in archives together."""
        self._left -= size
        free = shutil.disk_usage(self._staging).free
        if self._left < 0:
            self._full = True
            text = _(
                "{file} unpacks to more than {ratio} times its size, as no export does. "
                "If it is one, unpack it and give the folder."
            )
            raise FormatError(text.format(file=self.name, ratio=RATIO))
        if free < _SPARE:
            self._full = True
            text = _("There is no room left on the disk to unpack {file}.")
            raise FormatError(text.format(file=self.name))
        if self._outer is not None:
            self._outer._pay(size)

    def _parts(self, info: zipfile.ZipInfo) -> tuple[str, ...]:
        name = _decoded(info)
        parts = tuple(part for part in re.split(r"[/\\]", name) if part not in ("", "."))
        if ".." in parts or name[:1] in ("/", "\\") or _DRIVE.match(name) or not parts:
            text = _("{file} names a place outside of itself; nothing in it is read.")
            raise FormatError(text.format(file=self.name))
        return parts


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that puts part2 before part10.

    >>> sorted(["part10.csv", "part2.csv"], key=natural)
    ['part2.csv', 'part10.csv']
    """
    return [(int(piece), "") if piece.isdecimal() else (-1, piece.casefold())
            for piece in re.split(r"(\d{1,18})", name)]  # fmt: skip


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return a member's name; old programs in China wrote it in GBK without saying so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def is_link(info: zipfile.ZipInfo) -> bool:
    """Say whether a member is a link to another file."""
    return stat.S_ISLNK(info.external_attr >> 16)


def _safe(part: str) -> str:
    """Return a name that any disk takes, its ending kept."""
    clean = _UNSAFE.sub("_", part).replace("/", "_")
    suffix = PurePath(clean).suffix[-12:]
    short = clean if len(clean) <= _LONGEST else clean[: _LONGEST - len(suffix)] + suffix
    return short.encode("utf-8", "replace")[:240].decode("utf-8", "ignore") or "_"


def _damaged(name: str, error: Exception) -> FormatError:
    text = _("{file} is a damaged archive: {reason}. Download it again.")
    return FormatError(text.format(file=name, reason=error))
