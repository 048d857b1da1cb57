"""Small questions about Markdown that several parts ask."""

from __future__ import annotations

import re

LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")
HEADING = re.compile(r"#{1,6}[ \t]")
FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]\[]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+[\"'][^\"'\n]*[\"'])?\)")
_REFERENCE = re.compile(r"\[([^\]\[]+)\]\[[^\]]*\]")
_AUTOLINK = re.compile(r"<(https?://[^>\s]+|mailto:[^>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_SPACE = re.compile(r"\s+")


def unlinked(text: str) -> str:
    """The Markdown with links and images reduced to the words that they show."""
    return _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text)))


def plain(text: str) -> str:
    """One line of words: no list marker, link, emphasis, heading sign, tag or line break."""
    text = LIST_ITEM.sub("", text, count=1) if LIST_ITEM.match(text) else text
    text = re.sub(r"^[ \t]*(?:#{1,6}|>+)[ \t]+", "", text, flags=re.MULTILINE)
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", unlinked(text)))
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return _SPACE.sub(" ", text.replace("`", "")).strip()
