"""From bytes to clean text: UTF-8, or UTF-16 with a byte order mark."""

from __future__ import annotations

import codecs

from footnote.connectors.formats.base import FormatError


def decode(raw: bytes) -> str:
    """Decodes a text file and tidies it.

    Raises:
        FormatError: It is binary, or in another encoding.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FormatError(
                f"it is not valid UTF-16 text (byte {error.start}); save it as UTF-8"
            ) from error
    else:
        if b"\x00" in raw:
            raise FormatError("it looks binary")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(
                f"it is not UTF-8 text (byte {error.start}); save it as UTF-8"
            ) from error
    if "\x00" in text:
        raise FormatError("it looks binary")
    return tidy(text)


def tidy(text: str) -> str:
    r"""The text with "\n" line ends and without NULs, byte order marks and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\ufeff", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
