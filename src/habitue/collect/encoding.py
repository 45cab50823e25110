"""Tells a text's encoding by its bytes, and turns it into UTF-8 a block at a time.

Bytes that can't be decoded become U+FDD0, which Unicode reserves as no character, so the line
that holds one can be set aside later and the lines around it are unharmed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

__all__ = ["BAD", "ENCODING_NAMES", "detect", "utf8"]

#: The mark, in UTF-8, of bytes that could not be decoded.
BAD = "\ufdd0".encode()

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030",
    "cp1252": "Latin-1 (Windows-1252)",
}

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_HIGH = re.compile(rb"[\x80-\xff]+")
# Pairs of GB2312: first the common characters and Chinese punctuation, and GBK's extension.
_HANZI = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]|[\x81-\xfe][\x40-\x7e\x80-\xfe])")
# What Western text has besides ASCII: letters (not thorn, eth, times, divide), signs, quotes.
_WESTERN = re.compile(
    rb"[\xc0-\xcf\xd1-\xd6\xd8-\xdd\xdf-\xef\xf1-\xf6\xf8-\xfd\xd1\xf1"
    rb"\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f\xa0-\xbf]{1,2}"
)


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufdd0", error.end


codecs.register_error("habitue-mark", _mark)


def detect(head: bytes) -> str:
    """Return the encoding of a text's first bytes, or "" if they are all ASCII.

    >>> detect("café".encode("cp1252")), detect("订单".encode("gb18030")), detect(b"plain")
    ('cp1252', 'gb18030', '')
    """
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return name
    if wide := _utf16(head):
        return wide
    if head.isascii():
        return ""
    lines = [line for line in re.split(rb"[\r\n]+", head)[:-1] or [head] if not line.isascii()]
    lines = (lines or [head])[:20_000]
    good = sum(_decodes(line, "utf-8") for line in lines)
    if good * 2 >= len(lines):
        return "utf-8"
    western = sum(_looks_western(line) for line in lines)
    chinese = sum(_looks_chinese(line) for line in lines)
    if good == 0 and max(western, chinese) * 10 >= len(lines) * 8:
        return "gb18030" if chinese >= western else "cp1252"
    if chinese > good and chinese * 2 >= len(lines):
        return "gb18030"
    return "cp1252" if western > good and western * 2 >= len(lines) else "utf-8"


def _utf16(head: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of ASCII text is zero."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    least = max(2, min(len(head), 4096) // 20)
    if odd >= least and odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even >= least and even > 10 * odd else ""


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_western(line: bytes) -> bool:
    return all(_WESTERN.fullmatch(run) for run in _HIGH.findall(line))


def _looks_chinese(line: bytes) -> bool:
    if not _decodes(line, "gb18030"):
        return False
    high = sum(len(run) for run in _HIGH.findall(line))
    common = re.findall(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]", line)
    return 2 * len(common) >= 0.6 * high


def utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a text as UTF-8 without a byte order mark; what can't be decoded is marked."""
    decoder = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))("habitue-mark")
    direct = encoding.startswith("utf-8")
    first, kept = True, b""
    for block in blocks:
        if first:
            first = False
            for bom, name in _BOMS.items():
                if name == encoding and block.startswith(bom):
                    block = block[len(bom) :]
        if direct:
            # A plain check of whole characters is many times faster than decoding and encoding.
            block = kept + block
            cut = _whole(block)
            kept, block = block[cut:], block[:cut]
            yield block if block.isascii() else _checked(block)
        else:
            yield decoder.decode(block).encode("utf-8", "replace")
    rest = _checked(kept) if direct else decoder.decode(b"", final=True).encode("utf-8", "replace")
    if rest:
        yield rest


def _checked(block: bytes) -> bytes:
    try:
        block.decode()
    except UnicodeDecodeError:
        return block.decode("utf-8", "habitue-mark").encode("utf-8", "replace")
    return block


def _whole(block: bytes) -> int:
    """Return how many bytes end at a whole character: at most three are kept back."""
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte < 0x80:
            return len(block)
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(block) - back if back < need else len(block)
    return len(block)
