"""Turns folders and zip archives into the files in them, one at a time; says what it leaves out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from zipfile import ZipInfo

from habitue.collect.conversations import Conversations
from habitue.collect.zips import Zip, is_link, is_zip, natural
from habitue.errors import RecordError, UsageError
from habitue.locale import _

__all__ = ["Broken", "Expanded", "Member", "Skipped", "expand", "inside", "is_message", "left_out"]

_MEDIA = (
    "jpg jpeg png gif webp heic heif bmp svg ico tif tiff mp4 mov m4v avi webm mkv 3gp mp3 m4a aac "
    "ogg opus wav srt"
)
_KINDS = {
    **dict.fromkeys(_MEDIA.split(), "media"),
    **dict.fromkeys("html htm xhtml mht css".split(), "page"),
    **dict.fromkeys("pdf doc docx ppt pptx rtf md odt pages".split(), "document"),
    **dict.fromkeys("js mjs map woff woff2 ttf eot py sql sh exe dll apk toml yml yaml ini "
                    "crc sha256 md5 sig asc".split(), "code"),
    **dict.fromkeys("part partial crdownload download tmp temp filepart swp lock".split(),
                    "unfinished"),
}  # fmt: skip
_HIDDEN = re.compile(r"[._].*|Thumbs\.db|desktop\.ini", re.IGNORECASE)
_OFFICE_LOCK = re.compile(r"~\$.*|\.~lock\..*")

#: The parts of X's archive that hold records; the others are scripts, too.
_X = re.compile(
    r"(tweets?|community-tweet|direct-messages?(-group)?)(-part\d+)?\.js", re.IGNORECASE
)
#: Folders that only Meta's archives have, and names of the archives themselves.
_META = re.compile(
    r"your_(instagram|facebook)_activity|personal_information|security_and_login_information"
    r"|ads_information|logged_information|apps_and_websites_off_of_(instagram|facebook)"
    r"|followers_and_following|comments_and_reactions|(instagram|facebook)-.+",
    re.IGNORECASE,
)
_META_RECORDS = re.compile(
    r"(message_\d+|(post_|reels_|group_)?comments(_\d+)?|hype|your_comments_in_groups"
    r"|(your_|profile_|page_)?posts(_+[\w,]*)?|reels|stories|igtv_videos"
    r"|.*posts_(to|on)_your_(timeline|profile|page).*)\.json",
    re.IGNORECASE,
)
#: A part of a conversation in Meta's archives.
_MESSAGES = re.compile(r"message_\d+\.json")
_AROUND = frozenset({"messages", "inbox", "message_requests", "archived_threads"})
#: What a shop keeps in its folder: its own, not exports.
_SHOP = "habitue.toml"
_SHOP_FOLDERS = frozenset({"records", "rejects", "runs", "state"})


@dataclass(frozen=True)
class Member:
    """A file to import: where it can be read now, and what people call it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Skipped:
    """A file that is left out, and why: a key, worded at the edge."""

    name: str
    reason: str


@dataclass(frozen=True)
class Broken:
    """What could not be opened: a damaged archive, a member that is none of ours."""

    name: str
    error: RecordError


#: What a file, a folder or an archive stands for.
Expanded = Member | Skipped | Broken | Conversations


def expand(paths: Iterable[Path | str], staging: Path) -> Iterator[Expanded]:
    """Yield the files that files, folders and zip archives stand for.

    A member of an archive is written beneath ``staging``, readable by the owner only, and removed
    when the next one is asked for. What is no data (pictures, pages, an archive's other files) is
    left out and named. A file that is named itself is never left out. The many conversations of
    an archive of messages come together.

    Parameters
    ----------
    paths : iterable of Path
        What was given.
    staging : Path
        A private folder.

    Raises
    ------
    UsageError
        If there is no such file; before anything else.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(folder / "a.zip", "w") as archive:
    ...     archive.writestr("orders.csv", "order,sku")
    ...     archive.writestr("logo.png", "x")
    >>> found = expand([folder / "a.zip"], folder / "staging")
    >>> [(type(one).__name__, PurePath(one.name).name) for one in found]
    [('Skipped', 'logo.png'), ('Member', 'orders.csv')]
    """
    found: list[Path | Skipped] = []
    for path in map(Path, paths):
        if not path.exists():
            raise UsageError(_("There is no file {file}.").format(file=path))
        found += inside(path) if path.is_dir() else [path]
    messages = [p for p in found if isinstance(p, Path) and is_message(p)]
    if len(messages) > 1:
        names = [str(path) for path in messages]
        listing = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in messages]
        yield _together(names, listing, lambda: zip(messages, names, strict=True))
    for one in found:
        if isinstance(one, Skipped):
            yield one
        elif len(messages) < 2 or not is_message(one):
            yield from _opened(one, str(one), staging)


def is_message(path: PurePath) -> bool:
    """Say whether a file is called as the parts of conversations are in Meta's archives."""
    return _MESSAGES.fullmatch(path.name) is not None


def inside(folder: Path) -> Iterator[Path | Skipped]:
    """Yield a folder's files in the order of their names, those of its folders too."""
    for place, folders, names in os.walk(folder):
        here = Path(place)
        own = _SHOP in names
        folders[:] = sorted(
            (n for n in folders if not (_HIDDEN.fullmatch(n) or (own and n in _SHOP_FOLDERS))),
            key=natural,
        )
        for name in sorted(names, key=natural):
            path = here / name
            reason = left_out(path.parts)
            if not reason and not path.is_file():
                reason = "link"
            if not reason and path.stat().st_size == 0:
                reason = "empty"
            yield Skipped(str(path), reason) if reason else path


def left_out(parts: Sequence[str]) -> str:
    """Return why a file in a folder or an archive is left out; empty if it is not.

    >>> left_out(("photos", "a.JPG")), left_out(("orders.csv",)), left_out(("data", "account.js"))
    ('media', '', 'other_of_archive')
    >>> left_out(("instagram-shop-2026", "connections", "followers_1.json"))
    'other_of_archive'
    """
    name = parts[-1]
    if _OFFICE_LOCK.fullmatch(name):
        return "unfinished"
    if _HIDDEN.fullmatch(name) or any(part == "__MACOSX" for part in parts):
        return "hidden"
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix == "js" and len(parts) > 1 and parts[-2] == "data":
        return "" if _X.fullmatch(name) else "other_of_archive"
    if suffix == "js" and _X.fullmatch(name):
        return ""
    if reason := _KINDS.get(suffix):
        return reason
    if any(_META.fullmatch(part) for part in parts[:-1]):
        # A table that lies beside an unpacked archive is no part of it.
        wanted = suffix in ("csv", "xlsx", "zip") or _META_RECORDS.fullmatch(name)
        return "" if wanted else "other_of_archive"
    return ""


def _opened(path: Path, name: str, staging: Path, outer: Zip | None = None) -> Iterator[Expanded]:
    try:
        packed = is_zip(path)
    except RecordError as error:
        yield Broken(name, type(error)(str(error).replace(str(path), name)))
        return
    if not packed:
        yield Member(path, name)
    elif outer is None:
        yield from _members(Zip(path, name, staging), staging)
    elif outer.nested:
        yield Broken(name, outer.too_deep(name))
    else:
        yield from _members(outer.within(path, name), staging)


def _members(archive: Zip, staging: Path) -> Iterator[Expanded]:
    """Yield an archive's members; of an archive in it too, but of none in that."""
    with archive:
        try:
            infos = archive.members()
        except RecordError as error:
            yield Broken(archive.name, error)
            return
        wanted = []
        for info, parts in infos:
            reason = left_out((*archive.around, *parts)) or ("" if info.file_size else "empty")
            reason = "link" if is_link(info) else reason
            if reason:
                yield Skipped(archive.shown(parts), reason)
            else:
                wanted.append((info, parts))
        messages = [one for one in wanted if is_message(PurePath(one[1][-1]))]
        if len(messages) > 1:
            wanted = [one for one in wanted if not is_message(PurePath(one[1][-1]))]
            names = [archive.shown(parts) for _info, parts in messages]
            listing = [f"{'/'.join(parts)} {info.CRC:x}" for info, parts in messages]
            yield _together(names, listing, lambda: _taken_out(archive, messages))
        for path, name in _taken_out(archive, wanted):
            if isinstance(path, RecordError):
                yield Broken(name, path)
            else:
                yield from _opened(path, name, staging, archive)


def _taken_out(
    archive: Zip, members: Sequence[tuple[ZipInfo, tuple[str, ...]]]
) -> Iterator[tuple[Path | RecordError, str]]:
    for info, parts in members:
        name = archive.shown(parts)
        try:
            with archive.extracted(info, parts) as path:
                yield path, name
        except RecordError as error:
            yield error, name
        if archive.spent:
            return


def _together(
    names: Sequence[str],
    listing: Sequence[str],
    files: Callable[[], Iterator[tuple[Path | RecordError, str]]],
) -> Conversations:
    parts = PurePath(os.path.commonpath(names)).parts
    # A folder of messages bears a person's name: call them by the folder around.
    whole = next((n for n, part in enumerate(parts) if part in _AROUND), len(parts) - 1)
    return Conversations(str(PurePath(*parts[: whole + 1])), "\n".join(listing), len(names), files)
