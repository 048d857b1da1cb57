"""Compound questions: several questions in one breath, which are searched one by one as well."""

from __future__ import annotations

import re

MOST = 4
"""At most so many parts; whoever asks more at once is answered by the whole."""

_ASKS = (
    "what|who|whom|whose|which|where|when|why|how|can|could|do|does|did|is|are|was|were|may|must|"
    "shall|should|will|would"
)
_BORDER = re.compile(
    r"(?<=\?)\s+|\s*;\s+(?=\w)|\s*,?\s+(?:and|or|but|and\s+also)\s+(?:also\s+)?"
    rf"(?=(?:{_ASKS})\s+\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_FEWEST_WORDS = 3
_MARKS = " \t\r\n,;"


def split_compound(question: str) -> tuple[str, ...]:
    """The parts of a compound question in their order, or none where it is a single one.

    A part ends at a question mark or a semicolon, or before "and", "or" or "but" with a word that
    opens a question after it, and has three words or more. Whatever is shorter, such as a
    greeting, is no part; it stays in the whole, which is searched too.
    """
    parts: list[str] = []
    start = 0
    for border in _BORDER.finditer(question):
        parts.append(question[start : border.start()])
        start = border.end()
    parts.append(question[start:])
    worth = [part.strip(_MARKS) for part in parts if len(_WORD.findall(part)) >= _FEWEST_WORDS]
    return tuple(worth) if 1 < len(worth) <= MOST else ()
