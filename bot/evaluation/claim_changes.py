"""Sentences made wrong on purpose: one number, one name or one negation is changed.

What is changed depends on the sentence and the seed alone, so that a run can be repeated, and every
change says what it did. "One" and "first" are left as they are, since they rarely count anything.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from footnote.retrieval.text import STOP_WORDS, fold

_DIGITS = (
    r"(?<![\w.,:/-])\d{1,3}(?:,\d{3})+(?![\w,])"
    r"|(?<![\w.,:/-])\d+(?:\.\d+)?(?=(?:st|nd|rd|th|s)?\b(?![.,]\d))"
)
_CARDINALS = tuple("two three four five six seven eight nine ten eleven twelve".split())
_ORDINALS = tuple("second third fourth fifth sixth seventh eighth ninth tenth".split())
_MONTHS = tuple(
    """January February March April June July August September October November December""".split()
)
_NUMBER = re.compile(rf"{_DIGITS}|\b(?:{'|'.join((*_CARDINALS, *_ORDINALS))})\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<=\]\()[^()\s]*\)|\bhttps?://\S+")
_WORD = r"[A-Z]\w+(?:-\w+)*"
_NAME = re.compile(rf"(?<![\w.'\u2019-]){_WORD}(?: {_WORD})*")
_NEGATION = re.compile(r"(?:\bca(?=n't)|\bwo(?=n't))?(?: ?n't\b| not\b| never\b)")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|may|must|should|(?:has|have|had)(?= been\b))\b"
)
_BEGINS = re.compile(r"(?:^|[.!?:] )[ `'\"(*_]*$")
_YEARS = range(1000, 2100)
_SMALL = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence made wrong.

    Attributes:
        text: The sentence as it reads now.
        old: What stood there.
        new: What stands there now.
    """

    text: str
    old: str
    new: str


def number_changed(sentence: str, seed: str, among: Sequence[str] = ()) -> Change | None:
    """The sentence with one of its numbers changed to one near it; None where it has none.

    Args:
        sentence: A true one.
        seed: Decides together with the sentence.
        among: Take the new number from these instead.
    """
    draw = _draw(sentence, seed)
    found = _numbers(sentence)
    if not found:
        return None
    old = draw.choice(found)
    if among:
        standing = {match.group().lower() for match in found}
        others = [number for number in among if number.lower() not in standing]
        new = draw.choice(others) if others else ""
    else:
        new = _other_number(old.group(), draw)
    return _replaced(sentence, old, new) if new else None


def name_changed(sentence: str, seed: str, names: Sequence[str]) -> Change | None:
    """The sentence with one of its names changed; None where it has none.

    Months become other months. Of other names every second one changes as a whole, to one of as
    many words, and the rest in a single word.

    Args:
        sentence: A true one.
        seed: Decides together with the sentence.
        names: What to take the new name from.
    """
    draw = _draw(sentence, seed)
    found = list(_names(sentence))
    if not found:
        return None
    old = draw.choice(found)
    if draw.random() < 1 / 2 and " " in old.group():
        old = draw.choice(list(re.compile(r"\S+").finditer(sentence, *old.span())))
    if old.group() in _MONTHS:
        names = _MONTHS
    size = len(old.group().split())
    standing = {fold(word) for word in re.findall(r"\w+", sentence)}
    others = [
        name
        for name in names
        if len(name.split()) == size
        and (name in _MONTHS) == (old.group() in _MONTHS)
        and not standing & {fold(word) for word in re.findall(r"\w+", name)}
    ]
    return _replaced(sentence, old, draw.choice(others)) if others else None


def negated(sentence: str, seed: str) -> Mapping[str, Change]:
    """The sentence with a negation removed, or else with one added: "removed" or "added".

    Nothing where it has neither a negation nor a place for one.
    """
    draw = _draw(sentence, seed)
    if found := list(_NEGATION.finditer(sentence)):
        old = draw.choice(found)
        return {
            "removed": _replaced(sentence, old, {"ca": "can", "wo": "will"}.get(old[0][:2], ""))
        }
    if found := list(_AUXILIARY.finditer(sentence)):
        old = draw.choice(found)
        return {"added": _replaced(sentence, old, f"{old.group()} not")}
    return {}


def numbers_in(text: str) -> list[str]:
    """The numbers that can be changed, each once, in order."""
    return list(dict.fromkeys(match.group() for match in _numbers(text)))


def names_in(text: str) -> list[str]:
    """The names that can be changed, each once, in order."""
    return list(dict.fromkeys(match.group() for match in _names(text)))


def _numbers(sentence: str) -> list[re.Match[str]]:
    """The numbers that say something, which those in an address do not."""
    addresses = [match.span() for match in _ADDRESS.finditer(sentence)]
    return [
        number
        for number in _NUMBER.finditer(sentence)
        if not any(start <= number.start() < end for start, end in addresses)
    ]


def _names(sentence: str) -> list[re.Match[str]]:
    """Runs of capitalised words; what begins a sentence is one only where a name follows it."""
    found = []
    for run in _NAME.finditer(sentence):
        first, _, rest = run.group().partition(" ")
        name: re.Match[str] | None = run
        if fold(first) in STOP_WORDS:
            name = _NAME.match(sentence, run.start() + len(first) + 1) if rest else None
        if name and (" " in name.group() or not _BEGINS.search(sentence[: name.start()])):
            found.append(name)
    return found


def _other_number(number: str, draw: random.Random) -> str:
    for words in (_CARDINALS, _ORDINALS):
        if number.lower() in words:
            other = draw.choice([word for word in words if word != number.lower()])
            return other.capitalize() if number[0].isupper() else other
    if not number.isdecimal() or (int(number) >= _SMALL and int(number) not in _YEARS):
        places = [place for place, sign in enumerate(number) if sign.isdecimal()]
        place = draw.choice(places)
        digit = draw.choice([sign for sign in "123456789" if sign != number[place]])
        return number[:place] + digit + number[place + 1 :]
    value = int(number)
    reach = 20 if value in _YEARS else max(3, value // 2)
    others = [other for other in range(value - reach, value + reach + 1) if other not in {value, 1}]
    return str(draw.choice([other for other in others if other > 0]))


def _replaced(sentence: str, old: re.Match[str], new: str) -> Change:
    text = sentence[: old.start()] + new + sentence[old.end() :]
    return Change(text, old.group(), new)


def _draw(sentence: str, seed: str) -> random.Random:
    return random.Random(f"{seed}\x00{sentence}")  # noqa: S311  nothing here is secret
