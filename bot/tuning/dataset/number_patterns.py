"""What numbers of phones and cards look like, also where other numbers stand next to them.

What finds phone numbers in a text takes numbers side by side for a single one, which then is none:
that of a phone and that of a room, or that of a card and the month in which it expires. So the runs
of neighbouring groups of digits are looked at, too, each by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import luhn

HOME: Final = ("US", "GB", "DE", "FR")
"""Where numbers are looked for that are written without their country."""

# The placeholder of a number, PHONE-1, is no word in front of one.
_CALLED = re.compile(
    r"(?i:\b(?:tel|phone|telephone|telefon|mobile|mobil|handy|fax|call|cell|whatsapp)\b(?!-\d))"
    r"[^\n\d+(]{0,20}(?P<number>[+(]?\d[\d ()/.-]{5,18}\d)"
)
_CARD = re.compile(r"\b[2-6](?:[ -]?\d){12,18}\b")
_NUMBERS = re.compile(r"(?<![\w+])[+(]*\d[\d ()/.\u00a0-]*\d(?!\w)")
_GROUP = re.compile(r"[+(]*\d+\)?")

_MOST_GROUPS = 6
_PHONE_DIGITS = range(7, 16)
"""ITU-T E.164 allows fifteen; fewer than seven are hardly ever a whole number."""

_US_DIGITS = range(10, 12)
_CARD_DIGITS = range(13, 20)
_CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)})
"""How the digits of a card are printed, where they are not written as one."""


def phones(text: str) -> Iterator[str]:
    """What is the number of a phone, some of it twice or within another."""
    for region in (None, *HOME):
        yield from _phones(text, region)
    for called in _CALLED.finditer(text):
        yield called["number"]
    for run, groups in _runs(text):
        for region in _regions(run, groups):
            yield from _phones(run, region)


def cards(text: str) -> Iterator[str]:
    """What is the number of a credit or debit card, some of it twice or within another."""
    for match in _CARD.finditer(text):
        if luhn.is_valid(_digits(match.group())):
            yield match.group()
    for run, groups in _runs(text):
        printed = len(groups) == 1 or tuple(map(len, groups)) in _CARD_GROUPS
        if printed and _is_card("".join(groups)):
            yield run


def _is_card(digits: str) -> bool:
    return len(digits) in _CARD_DIGITS and digits[0] in "23456" and bool(luhn.is_valid(digits))


def _phones(text: str, region: str | None) -> Iterator[str]:
    leniency = Leniency.STRICT_GROUPING if region else Leniency.VALID
    for match in PhoneNumberMatcher(text, region, leniency=leniency):
        yield match.raw_string


def _regions(run: str, groups: list[str]) -> tuple[str | None, ...]:
    """Where a run of these groups of digits may be a number, None for one with its country."""
    count = sum(map(len, groups))
    if count not in _PHONE_DIGITS:
        return ()
    if run.startswith("+"):
        return (None,)
    if groups[0].startswith("0"):
        # A single nought is a figure; what leads to another town is at least two digits.
        return HOME[1:] if len(groups[0]) > 1 else ()
    return HOME[:1] if count in _US_DIGITS else ()


def _runs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Every run of a few neighbouring groups of digits as the text has it, and their digits."""
    for numbers in _NUMBERS.finditer(text):
        spans = [group.span() for group in _GROUP.finditer(numbers.group())]
        for first, (start, _) in enumerate(spans):
            for last in range(first, min(first + _MOST_GROUPS, len(spans))):
                chosen = [numbers.group()[slice(*span)] for span in spans[first : last + 1]]
                yield numbers.group()[start : spans[last][1]], list(map(_digits, chosen))


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)
