"""What a message may say without passing for something else in a document."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}(#{1,6}(\s|$)|=+\s*$|-+\s*$)")
_MARKUP_BLOCK = re.compile(r" {0,3}<([!?]|(script|pre|style|textarea)\b)", re.IGNORECASE)
"""HTML that goes on over empty lines until it is closed (CommonMark, 4.6)."""
_SPEAKER = re.compile(r"\s*\*\*.*\*\* \(\d{4}-\d\d-\d\d")
_BLOCK = re.compile(r"(`{3}|~{3}|>|[-*+] |\d+[.)] |\|)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"[*_`~>#|]+")
_TITLE_CHARS = 60


def contained(text: str) -> str:
    """A message's Markdown so that it stays within its message.

    A fence that is not closed is; a line that would be a heading of the document, the name of
    another speaker, or the beginning of what only its own end closes, is made a line of text.
    """
    lines: list[str] = []
    fence = ""
    for line in text.strip().splitlines():
        found = _FENCE.fullmatch(line)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
        elif any(sign.match(line) for sign in (_HEADING, _SPEAKER, _MARKUP_BLOCK)):
            lines.append("\\" + line.strip())
            continue
        lines.append(line if fence else line.rstrip())
    if fence:
        lines.append(fence)
    return "\n".join(lines).strip("\n")


def begins_with_block(text: str) -> bool:
    """Whether a text has to begin on a line of its own, as a list or a fence."""
    return _BLOCK.match(text) is not None


def one_line(name: str) -> str:
    """A name as it can stand in a line, without markup."""
    return " ".join(re.sub(r"[*_`\[\]<>\\\x00-\x1f]+", " ", name).split())


def first_words(text: str) -> str:
    """How a text begins, without markup, as it may stand in a title."""
    plain = " ".join(_MARKUP.sub(" ", _LINK.sub(r"\1", text)).replace("\\", "").split())
    if len(plain) <= _TITLE_CHARS:
        return plain
    return plain[:_TITLE_CHARS].rpartition(" ")[0].rstrip(" ,.:;-") + "…"
