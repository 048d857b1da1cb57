"""Small questions about Markdown that several parts ask."""

from __future__ import annotations

import re
from collections.abc import Sequence

LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")
HEADING = re.compile(r"#{1,6}[ \t]")
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")

_LINK = re.compile(
    r"""!?\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]                  # what is shown
        \(\s*+(?:<[^<>\n]*>|(?:[^()\s<]|\([^()\s]*\))*)          # where it leads
        (?:\s++(?:(?:"[^"]*"|'[^']*'|\([^()]*\))\s*+)?)?\)        # its title
    """,
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(r"!?\[(?!\d+(?:\s*[-,;\u2013]\s*\d+)*\])([^\]\[]+)\]\[[^\]\[]*\]")
_NESTED = 3
_AUTOLINK = re.compile(r"<(?:mailto:)?(https?://[^<>\s]+|[^<>\s@:/]+@[^<>\s]+)>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_)(?=\S)(.{1,400}?)(?<=\S)\1(?!\w)")
_ROW = re.compile(r"[ \t]*\|[^\n]*\|[ \t]*")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_SPACE = re.compile(r"\s+")

_ESCAPED = r"\\[!-/:-@\[-`{-~]"
_CODE = re.compile(rf"{_ESCAPED}|(`+)(?!`)(?P<code>[^\n]+?)(?<!`)\1(?!`)|`+")
_CODE_IN_ROW = re.compile(rf"{_ESCAPED}|(`+)(?!`)(?P<code>[^\n|]+?)(?<!`)\1(?!`)|`+")
_STRAY = re.compile(rf"({_ESCAPED})|`+")
_FIRST_SIGN, _LAST_SIGN = 0xF0000, 0xFFFFD
SIGNS = f"{chr(_FIRST_SIGN)}-{chr(_LAST_SIGN)}"
"""The signs that stand for hidden code, as a range for a character class (a private use area)."""

_ESCAPING = re.compile(rf"((?<!\\)(?:\\\\)*\\)(?=[{SIGNS}])")
_TOUCHING = re.compile(rf"(?<=[{SIGNS}])(?=[{SIGNS}`])|(?<=(?<!\\)`)(?=[{SIGNS}])")


def unlinked(text: str) -> str:
    """The Markdown with links and images reduced to the words that they show.

    Two numbers side by side, "[1][2]", are citations and no link.
    """
    for _ in range(_NESTED):
        text, links = _LINK.subn(r"\1", text)
        if not links:
            break
    return _REFERENCE.sub(r"\1", text)


def without_autolinks(text: str) -> str:
    """The text with addresses in angle brackets as plain words."""
    return _AUTOLINK.sub(r"\1", text)


def unframed(text: str) -> str:
    """A row of a table as its cells with dots between them; any other text as it is."""
    if not _ROW.fullmatch(text):
        return text
    cells = (cell.strip() for cell in _CELL_BORDER.split(text.strip().strip("|")))
    return " · ".join(cell for cell in cells if cell)


def plain(text: str) -> str:
    """One line of words: no list marker, link, emphasis, heading sign, tag or line break."""
    text = unframed(text)
    text = LIST_ITEM.sub("", text, count=1) if LIST_ITEM.match(text) else text
    text = re.sub(r"^[ \t]*(?:#{1,6}|>+)[ \t]+", "", text, flags=re.MULTILINE)
    text = _TAG.sub("", without_autolinks(unlinked(text)))
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return _SPACE.sub(" ", text.replace("`", "")).strip()


def hide_code(text: str) -> tuple[str, list[str]]:
    """The text with one sign in place of each code span, and the spans.

    No span crosses a line or a cell of a table, so that a stray backtick does no harm elsewhere.
    """
    spans: list[str] = []

    def hide(match: re.Match[str]) -> str:
        if match["code"] is None or _FIRST_SIGN + len(spans) > _LAST_SIGN:
            return match.group()
        spans.append(match.group())
        return chr(_FIRST_SIGN + len(spans) - 1)

    text = re.sub(f"[{SIGNS}]", "", text)
    lines = (
        (_CODE_IN_ROW if line.lstrip().startswith("|") else _CODE).sub(hide, line)
        for line in text.split("\n")
    )
    return "\n".join(lines), spans


def show_code(text: str, spans: Sequence[str]) -> str:
    """The text of `hide_code` with the spans back in their places.

    None touches another, and none is escaped by a backslash that has come to stand before it.
    """
    text = _TOUCHING.sub(" ", _ESCAPING.sub(r"\1 ", text))
    return re.sub(f"[{SIGNS}]", lambda sign: spans[ord(sign.group()) - _FIRST_SIGN], text)


def without_stray_backticks(hidden: str) -> str:
    """A text of `hide_code` without backticks that open no code, so that all agree on what does."""
    return _STRAY.sub(r"\1", hidden)
