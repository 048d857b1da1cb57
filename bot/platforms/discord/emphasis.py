"""Emphasis that ends where it should.

Discord ends emphasis at the first sign that could end it, even one inside code: a sign that opens
and is never closed would turn code and prose around. So only emphasis that is closed in its own
line stays, and every other sign of it is escaped.
"""

from __future__ import annotations

import re

_EMPHASIS = re.compile(
    r"""\\.                                                                      # escaped
    | (?P<stars>\*{1,3})(?!\*)(?=\S)(?P<starred>(?:\\.|[^*\\\n])+)(?<=\S)(?P=stars)(?!\*)
    | (?<![^\W_])(?P<lines>_{1,2})(?!_)(?=\S)(?P<lined>(?:\\.|[^_\\\n])+)(?<=\S)(?P=lines)(?!\w)
    | (?P<waves>~~)(?!~)(?=\S)(?P<waved>(?:\\.|[^~\\\n])+)(?<=\S)~~(?!~)
    | (?P<stray>\*+|_+|~{2,})
    """,
    re.VERBOSE,
)


def balanced(hidden: str) -> str:
    """The text with every sign of emphasis escaped that does not end in its line.

    Args:
        hidden: Markdown in which a sign stands for each code span.
    """
    return _EMPHASIS.sub(_kept, hidden)


def _kept(found: re.Match[str]) -> str:
    if found["stray"]:
        return "".join(f"\\{sign}" for sign in found["stray"])
    for sign, inner in ("stars", "starred"), ("lines", "lined"), ("waves", "waved"):
        if found[sign]:
            return f"{found[sign]}{balanced(found[inner])}{found[sign]}"
    return found.group()
