"""Where text can be cut such that a part fits and reads well."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TypeVar

_BORDERS = ("\n\n", "\n", ". ", " ")
_OPEN_MARKER = re.compile(r"\[\d{0,9}\Z")
_JOINER = "\u200d"
_LONGEST_SIGN = 32
_CAUTION = 0.97

Parts = TypeVar("Parts", str, tuple[str, ...])


def longest(all_of: Parts, most: int, fills: Callable[[Parts], float]) -> int:
    """About how much of the start of a text, or of lines, fits a message; at least 1.

    Args:
        all_of: The text, or the lines.
        most: No more than so much fits.
        fills: How much of a message's room a start of it takes: up to 1 it fits.
    """
    length = min(len(all_of), most)
    while length > 1 and (share := fills(all_of[:length])) > 1:
        length = max(1, min(length - 1, int(length / share * _CAUTION)))
    return length


def border(text: str, end: int) -> int:
    """The last good place to cut in the second half of the first `end` signs, or `end`."""
    for sign in _BORDERS:
        found = text.rfind(sign, end // 2, end)
        if found >= 0:
            return found + len(sign)
    return whole(text, end)


def whole(text: str, end: int) -> int:
    """A place to cut at or before `end` where no marker, and nothing read as one sign, is cut."""
    marker = _OPEN_MARKER.search(text, max(0, end - _LONGEST_SIGN), end)
    cut = marker.start() if marker else end
    for at in range(cut, max(1, cut - _LONGEST_SIGN), -1):
        behind = text[at : at + 1] or " "
        if _JOINER not in (text[at - 1], behind) and unicodedata.category(behind)[0] != "M":
            return at
    return max(1, end)
