"""Text from anywhere, made such that nothing in it does what it says.

What would be alive is broken by a sign of no width, so that it reads as it did.
"""

from __future__ import annotations

import re

BREAK = "\u200b"
"""A space of no width: it stands inside what would otherwise be alive."""

_SCHEME = re.compile(
    r"(?<=[a-z0-9+.-])(?=\\?:\\?/\\?/)|\b(?:mailto|tel|javascript|data|vbscript)(?=:\S)",
    re.IGNORECASE,
)
_DOT_IN_NAME = re.compile(r"(?<=\w)(?=\\?\.[^\W\d_]{2})|(?<=\bwww)(?=\\?\.)", re.IGNORECASE)

_HALF_SIGN = re.compile("[\ud800-\udfff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")


def cleaned(text: str) -> str:
    """The text without signs that no message should hold.

    Controls go; so do signs that turn the direction of what stands around them (the marks that
    right-to-left text needs stay), and half a surrogate pair becomes U+FFFD, since JSON in UTF-8
    cannot carry it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL_SPACE.sub(" ", _HALF_SIGN.sub("\ufffd", text))
    return _CONTROL.sub("", _DIRECTIONS.sub("", text))


def without_addresses(text: str) -> str:
    """The text in which a platform's search for addresses finds none."""
    text = _SCHEME.sub(lambda match: match.group() + BREAK, text)
    return _DOT_IN_NAME.sub(BREAK, text)
