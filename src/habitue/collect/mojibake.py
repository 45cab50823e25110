"""Mends text that was UTF-8 and was written out as if its bytes were Latin-1 (Meta's archives)."""

from __future__ import annotations

import re

__all__ = ["mended"]

# What UTF-8 sequences of two to four bytes look like when each byte is taken for a character.
_SEQUENCE = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile("[\x80-\x9f]")  # controls that nobody types: the surest sign


def mended(text: str) -> str:
    r"""Return a text with its characters put together again; right text as it is.

    Text is mended if all of it is valid UTF-8 once taken for bytes, which text that is right
    hardly ever is; or, where it was cut in the middle of a character, if it holds control
    characters that nobody types.

    >>> mended("Caf\u00c3\u00a9 \u00f0\u009f\u0098\u008a"), mended("Café 咖啡"), mended("Café")
    ('Café 😊', 'Café 咖啡', 'Café')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeEncodeError:
        return text  # a character beyond Latin-1: it is right
    except UnicodeDecodeError:
        if not _CONTROL.search(text):
            return text
        mend = _SEQUENCE.sub(lambda found: _decoded(found[0]), text)
        return _CONTROL.sub("", mend)


def _decoded(sequence: str) -> str:
    return sequence.encode("latin-1").decode("utf-8", "replace")
