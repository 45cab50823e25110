"""Opens a file and streams its bytes: plain, gzip or zstd, told by the first bytes."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread

import pyarrow as pa

from habitue.collect.encoding import detect, utf8
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["BLOCK", "ByteFile"]

#: Bytes handled at a time.
BLOCK = 8 << 20
_HEAD = 1 << 20
_SCAN = 8  # blocks looked through when the head is plain ASCII and so says nothing of the encoding
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class ByteFile:
    """A file's bytes, decompressed; ``head`` is its first megabyte."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                magic = file.read(4)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FormatError(
                _("{file} can't be opened: {reason}.").format(file=path, reason=reason)
            ) from error
        self.compression = next((c for m, c in _MAGIC.items() if magic.startswith(m)), "")
        self.head = next(self._plain_blocks(_HEAD), b"")
        if not self.head:
            raise FormatError(_("{file} is empty.").format(file=path))

    @cached_property
    def encoding(self) -> str:
        """The text encoding, told by the head, or by more of the file if the head is ASCII."""
        found = detect(self.head)
        if found or len(self.head) < _HEAD:
            return found or "utf-8"
        for number, block in enumerate(self._plain_blocks(BLOCK)):
            if not block.isascii() and (found := detect(block)):
                return found
            if number >= _SCAN:
                break
        return "utf-8"

    def text_head(self) -> bytes:
        """Return the head's whole lines as UTF-8."""
        whole = b"".join(utf8(iter([self.head]), self.encoding))
        if len(self.head) < _HEAD:
            return whole
        cut = max(whole.rfind(b"\n"), whole.rfind(b"\r"))
        return whole[: cut + 1] if cut >= 0 else whole

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes a block at a time, read and decompressed ahead by another thread."""
        return _ahead(self._plain_blocks(BLOCK))

    def text_blocks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8, bytes that can't be decoded replaced by a mark."""
        return utf8(self.blocks(), self.encoding)

    def local_path(self) -> Path:
        """Return a path to the plain bytes, decompressed into a temporary file if need be."""
        if not self.compression:
            return self.path
        if not hasattr(self, "_temporary"):
            self._temporary = tempfile.NamedTemporaryFile(suffix=self.path.suffix)  # noqa: SIM115
            for block in self._plain_blocks(BLOCK):
                self._temporary.write(block)
            self._temporary.flush()
        return Path(self._temporary.name)

    def _plain_blocks(self, size: int) -> Iterator[bytes]:
        try:
            raw = pa.OSFile(str(self.path), "rb")
            with (
                raw,
                pa.CompressedInputStream(raw, self.compression) if self.compression else raw as s,
            ):
                while block := s.read(size):
                    yield block
        except (OSError, zlib.error) as error:
            raise FormatError(
                _("{file} is damaged or ends too early: {reason}.").format(
                    file=self.path, reason=error
                )
            ) from error


def _ahead(blocks: Iterator[bytes], depth: int = 2) -> Iterator[bytes]:
    queue: Queue[bytes | BaseException | None] = Queue(depth)
    stop = Event()

    def put(value: bytes | BaseException | None) -> bool:
        while not stop.is_set():
            try:
                queue.put(value, timeout=0.2)
                return True
            except Full:
                continue
        return False

    def work() -> None:
        try:
            for block in blocks:
                if not put(block):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = Thread(target=work, daemon=True, name="habitue-read-ahead")
    thread.start()
    try:
        while (value := queue.get()) is not None:
            if isinstance(value, BaseException):
                raise value
            yield value
    finally:
        stop.set()
        thread.join()
