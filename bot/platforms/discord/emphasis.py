"""Emphasis that ends where it should.

Discord ends emphasis at the first sign that could end it, even one inside code: a sign that opens
and is never closed would turn code and prose around. So only emphasis that is closed in its own
line stays, and every other sign of it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.bot.markdown import SIGNS

_EMPHASIS = re.compile(
    r"""\\.                                                                      # escaped
    | (?P<stars>\*{1,3})(?!\*)(?=\S)(?P<starred>(?:\\.|[^*\\\n])+)(?<=\S)(?P=stars)(?!\*)
    | (?<![^\W_])(?P<lines>_{1,2})(?!_)(?=\S)(?P<lined>(?:\\.|[^_\\\n])+)(?<=\S)(?P=lines)(?!\w)
    | (?P<waves>~~)(?!~)(?=\S)(?P<waved>(?:\\.|[^~\\\n])+)(?<=\S)~~(?!~)
    | (?P<stray>\*+|_+|~{2,})
    """,
    re.VERBOSE,
)


def balanced(hidden: str, spans: Sequence[str]) -> str:
    """The text with every sign of emphasis escaped that does not end in its line.

    Args:
        hidden: Markdown in which one of `SIGNS` stands for each code span.
        spans: The code spans, in the order of their signs.
    """

    def kept(found: re.Match[str]) -> str:
        for name, within in ("stars", "starred"), ("lines", "lined"), ("waves", "waved"):
            if sign := found[name]:
                if _in_code(sign[0], found[within], spans):
                    sign = _escaped(sign)
                return f"{sign}{balanced(found[within], spans)}{sign}"
        return _escaped(found["stray"]) if found["stray"] else found.group()

    return _EMPHASIS.sub(kept, hidden)


def _in_code(sign: str, hidden: str, spans: Sequence[str]) -> bool:
    """Whether there is code within that the emphasis would end in."""
    signs = re.findall(f"[{SIGNS}]", hidden)
    return any(sign in spans[ord(each) - ord(SIGNS[0])] for each in signs)


def _escaped(signs: str) -> str:
    return "".join(f"\\{sign}" for sign in signs)
