"""Citation markers in an answer's text: which passages a block cites, and under which number."""

from __future__ import annotations

import re
from collections.abc import Callable

from footnote.bot.markdown import unlinked

_MARKER = re.compile(r"[ \t]*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\](?!\()")
_URL = re.compile(r"<?https?://[^\s<>()\[\]`]*[^\s<>()\[\]`.,;:!?'\"]>?")
_EMPTY_BRACKETS = re.compile(r"\s*\(\s*\)")
_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")


def cited_numbers(text: str) -> tuple[int, ...]:
    """The numbers that the markers of a text name, in order, each once."""
    numbers = (
        int(number)
        for marker in _MARKER.finditer(text)
        for number in re.findall(r"\d+", marker.group(1))
    )
    return tuple(dict.fromkeys(numbers))


def without_markers(text: str) -> str:
    """The text without citation markers."""
    return _BEFORE_STOP.sub("", _MARKER.sub("", text)).strip()


def without_foreign_links(text: str, sources: str) -> str:
    """The text with no address that could be followed.

    Links keep the words that they show. An address that stands word for word in `sources` is
    shown as code, which no platform turns into a link; any other is left out.
    """
    text = re.sub(r"`(https?://[^`\s]+)`", r"\1", unlinked(text))

    def shown(match: re.Match[str]) -> str:
        address = match.group().strip("<>")
        return f"`{address}`" if address in sources else ""

    return _EMPTY_BRACKETS.sub("", _URL.sub(shown, text)).strip()


class Numbering:
    """Gives each cited passage its shown number at its first citation and never another.

    Text and footer share the numbers, so that they run 1, 2, 3 in reading order.
    """

    def __init__(self) -> None:
        self._shown: dict[int, int] = {}

    def of(self, number: int) -> int:
        """The number shown for the passage that the generator knows as `number`."""
        return self._shown.setdefault(number, len(self._shown) + 1)

    def renumber(self, text: str, keep: Callable[[int], bool]) -> str:
        """The text with every kept marker under its shown number and the others left out."""

        def marker(match: re.Match[str]) -> str:
            kept = [int(n) for n in re.findall(r"\d+", match.group(1)) if keep(int(n))]
            shown = dict.fromkeys(self.of(number) for number in kept)
            space = " " if match.start() else ""
            return space + "".join(f"[{number}]" for number in shown) if shown else ""

        return _BEFORE_STOP.sub("", _MARKER.sub(marker, text)).strip()
