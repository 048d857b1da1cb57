"""The numbers that a text names, however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINAL_UNITS = """zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh
    twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth""".split()
_ORDINAL_TENS = """twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth
    ninetieth""".split()
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_CARDINALS = dict(zip((*_UNITS, *_TENS), (*range(20), *range(20, 100, 10)), strict=True))
_ORDINALS = dict(
    zip((*_ORDINAL_UNITS, *_ORDINAL_TENS), (*range(20), *range(20, 100, 10)), strict=True)
)
_SCALE = f"(?:{'|'.join(_SCALES)})"
_BETWEEN = r"[\s-]+"
_LAST = "|".join((*_CARDINALS, *_ORDINALS))
_SMALL = rf"(?:(?:{'|'.join(_TENS)}){_BETWEEN})?(?:{'|'.join(_UNITS)})|{'|'.join(_TENS)}"
_SMALL_LAST = rf"(?:(?:{'|'.join(_TENS)}){_BETWEEN})?(?:{_LAST})"
_QUANTITY = re.compile(
    rf"""(?<![\w])(?<!\w[.,:/])
           (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d,]*\d)|\d+(?:[.,:/]\d+)*)
           (?P<ordinal>(?:st|nd|rd|th)\b)?
           (?:[ ]?(?P<k>k)\b|[ -]*(?P<scale>{_SCALE})\b)?
      | \b(?P<words>
           (?:(?:{_SMALL})(?:{_BETWEEN}{_SCALE})+{_BETWEEN}(?:and\ )?)*
           (?:{_SMALL_LAST})(?:{_BETWEEN}{_SCALE})*)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_QUANTITY = frozenset({"one", "first"})
"""Alone, these rarely count anything: "one of them", "at first"."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        value: The same for all ways to write it: "1,200", "1200" and "twelve hundred" are "1200".
        ordinal: Whether it numbers a place, as "3rd" and "third" do.
        start: Its first character.
        end: One past its last character.
    """

    value: str
    ordinal: bool
    start: int
    end: int


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text in order, digits or English words.

    Times, dates and versions such as "9:30" and "3.10.2" are one number each, as they are written.
    What begins with a letter, such as "v2" or "PS3", is a name and no number.
    """
    found = []
    for match in _QUANTITY.finditer(text):
        if match["digits"]:
            value = _digits(match["digits"], 1000 if match["k"] else _scale(match["scale"]))
            found.append(Quantity(value, bool(match["ordinal"]), *match.span()))
            continue
        words = re.findall(r"[a-z]+", match["words"].lower())
        if len(words) == 1 and words[0] in _NO_QUANTITY:
            continue
        found.append(Quantity(_spelt(words), words[-1] in _ORDINALS, *match.span()))
    return found


def _scale(word: str | None) -> int:
    return _SCALES[word.lower()] if word else 1


def _digits(digits: str, scale: int) -> str:
    number = digits.replace(",", "").removesuffix(".00")
    if scale == 1 or not re.fullmatch(r"\d+(?:\.\d+)?", number):
        return number
    whole, _, rest = number.partition(".")
    zeros = len(str(scale)) - 1
    if len(rest) > zeros:
        return number
    return (whole + rest.ljust(zeros, "0")).lstrip("0") or "0"


def _spelt(words: list[str]) -> str:
    total = part = 0
    for word in words:
        if word in _SCALES and _SCALES[word] > _SCALES["hundred"]:
            total += (part or 1) * _SCALES[word]
            part = 0
        elif word in _SCALES:
            part = (part or 1) * _SCALES[word]
        else:
            part += _CARDINALS.get(word, _ORDINALS.get(word, 0))
    return str(total + part)
