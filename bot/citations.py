"""Citation markers in an answer's text: which passages a block cites, and under which number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from footnote.bot.markdown import (
    SIGNS,
    hide_code,
    show_code,
    unlinked,
    without_autolinks,
    without_stray_backticks,
)

_ONE_OR_RANGE = r"\d{1,3}(?:\s*[-\u2013]\s*\d{1,3})?"
NUMBERS = rf"\[({_ONE_OR_RANGE}(?:\s*[,;]\s*{_ONE_OR_RANGE})*)\](?!\()"
"""A marker such as [1], [1, 2] or [2-4]; "[1](address)" is a link."""

_MARKER = re.compile(rf"(?<![ \t])[ \t]*{NUMBERS}")
_MARKERS = re.compile(rf"(?<![ \t])[ \t]*({NUMBERS}(?:[ \t]*{NUMBERS})*)")
_ENDS_WORD = re.compile(r"[^\w\s/]*(?:\s|$)")
_PART = re.compile(r"(\d+)(?:\s*[-\u2013]\s*(\d+))?")
_BEFORE_STOP = re.compile(r"(?<!\s)\s+(?=[.,;!?](?:\s|$))|(?<![\s\]])\s+(?=:(?:\s|$))")

_IN_ADDRESS = rf"[^\s<>()\[\]`\"|{SIGNS}]"
_END_OF_ADDRESS = rf"[^\s<>()\[\]`\"|{SIGNS}.,;:!?'*_~]"
_IN_BRACKETS = rf"\({_IN_ADDRESS}*\)"
_ADDRESS = re.compile(
    rf"(?:https?\\?:\\?/\\?/|(?<![^\W_])www\\?\.)(?:{_IN_ADDRESS}|{_IN_BRACKETS})*(?:{_END_OF_ADDRESS}|{_IN_BRACKETS})",
    re.IGNORECASE,
)
# A backslash in front would make the backtick of the code a mere sign.
_TO_SHOW = re.compile(rf"(?<!\\)\\*(?P<address>{_ADDRESS.pattern})", re.IGNORECASE)
_OTHER_AUTOLINK = re.compile(r"<[a-z][a-z0-9+.-]+:[^<>\s]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z][^<>=]*=[^<>]*>|</[a-z][^<>]*>", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!/?[A-Za-z][\w -]*/?>)")
_LAST_END_OF_TAG = re.compile(rf".*[>{SIGNS}]", re.DOTALL)
_TARGET = re.compile(
    r"""^[ \t>]*\[[^\[\]]+\]:[ \t]*\S+(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$""",
    re.MULTILINE,
)
_OPEN_TARGET = re.compile(r"^([ \t>*+\-\d.)]*\[[^\[\]]+\]):", re.MULTILINE)
_EMPTY_BRACKETS = re.compile(r"(?<!\s)\s*\(\s*\)")
_ANGLE = re.compile("[<>]")

_ROUNDS = 8
"""What a removal leaves may close up to something else so often before it counts as an attack."""


def cited_numbers(text: str) -> tuple[int, ...]:
    """The numbers that the markers of a text name, in order, each once; code holds none."""
    hidden, _ = hide_code(text)
    return tuple(
        dict.fromkeys(number for marker in _MARKER.finditer(hidden) for number in _named(marker))
    )


def without_markers(text: str) -> str:
    """The text without citation markers."""
    hidden, spans = hide_code(text)
    return show_code(_tidy(_MARKERS.sub(_left_by, hidden), text), spans)


def addresses(text: str) -> frozenset[str]:
    """Every web address in a text, wherever it stands."""
    return frozenset(address.group() for address in _ADDRESS.finditer(text))


def without_foreign_links(text: str, sources: str) -> str:
    """The text with no address that could be followed.

    Links keep the words that they show. An address that stands word for word in `sources` is
    shown as code, which no platform turns into a link; any other is left out.
    """
    known = addresses(sources)
    hidden, spans = hide_code(text)
    spans[:] = [_known_code(span, known) for span in spans]

    hidden = _closed(_without_all_links(hidden, known).replace("](", "] ("))
    hidden = _TO_SHOW.sub(r"`\g<address>`", hidden)
    return show_code(_tidy(hidden, text), spans)


class Numbering:
    """Gives each cited passage its shown number at its first citation and never another.

    Text and footer share the numbers, so that they run 1, 2, 3 in reading order.
    """

    def __init__(self, shown: Mapping[int, int] | None = None) -> None:
        self._shown = dict(shown or {})

    def of(self, number: int) -> int:
        """The number shown for the passage that the generator knows as `number`."""
        return self._shown.setdefault(number, len(self._shown) + 1)

    def renumber(self, text: str, keep: Callable[[int], bool]) -> str:
        """The text with every kept marker under its shown number and the others left out."""
        hidden, spans = hide_code(text)

        def markers(match: re.Match[str]) -> str:
            shown = dict.fromkeys(self.of(number) for number in _named(match) if keep(number))
            if not shown:
                return _left_by(match)
            first_of_line = match.start() == 0 or hidden[match.start() - 1] == "\n"
            return ("" if first_of_line else " ") + "".join(f"[{number}]" for number in shown)

        return show_code(_tidy(_MARKERS.sub(markers, hidden), text), spans)


def with_numbers(text: str, numbers: Mapping[int, int]) -> str:
    """The text with other numbers in its markers; what has none there is left out."""
    return Numbering(numbers).renumber(text, numbers.__contains__)


def _named(markers: re.Match[str]) -> Iterator[int]:
    for part in _PART.finditer(markers.group()):
        first, last = int(part[1]), int(part[2] or part[1])
        yield from range(first, last + 1) if first <= last else (first, last)


def _left_by(markers: re.Match[str]) -> str:
    """What stands for removed markers: nothing before a space or a stop, else a space.

    Without it, what stands before and behind might close up to a word or an address.
    """
    return "" if _ENDS_WORD.match(markers.string, markers.end()) else " "


def _known_code(span: str, known: frozenset[str]) -> str:
    """A code span without unknown addresses; nothing where nothing is left of it."""
    kept = _without_unknown(span, known)
    return kept if kept.strip("` \t") else ""


def _without_all_links(hidden: str, known: frozenset[str]) -> str:
    """The text without links, whatever closes up where one was removed.

    A text that is nested deeper than anybody writes loses its angle brackets, so that no depth
    makes this slow: what closes up then is an address at most, and spaces keep those apart.
    """
    for _ in range(_ROUNDS):
        less = _without_links(hidden, known)
        if less == hidden:
            return hidden
        hidden = less
    return _without_unknown(without_stray_backticks(_ANGLE.sub("", hidden)), known, " ")


def _closed(hidden: str) -> str:
    """The text with no angle bracket that could open a tag; only what has an end could."""
    ended = _LAST_END_OF_TAG.match(hidden)
    end = ended.end() if ended else 0
    return _OPEN_TAG.sub("< ", hidden[:end]) + hidden[end:]


def _without_links(hidden: str, known: frozenset[str]) -> str:
    """The text without link targets, links, tags with values and unknown addresses."""
    hidden = without_autolinks(unlinked(_TARGET.sub("", hidden)))
    hidden = _TAG.sub("", _OTHER_AUTOLINK.sub("", hidden))
    return _EMPTY_BRACKETS.sub("", _without_unknown(without_stray_backticks(hidden), known))


def _without_unknown(text: str, known: frozenset[str], instead: str = "") -> str:
    return _ADDRESS.sub(lambda match: match.group() if match.group() in known else instead, text)


def _tidy(text: str, before: str) -> str:
    """The text without spaces that a removal left, behind the indentation that it had before."""
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    text = _BEFORE_STOP.sub("", text).strip()
    # What now begins a line must not name the target of a link.
    return indent + _OPEN_TARGET.sub(r"\1 :", text)
