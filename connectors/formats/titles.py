"""Which words may serve as a document's title or author."""

from __future__ import annotations

import re

from footnote.connectors.formats.encoding import tidy

_MOST_CHARACTERS = 200

_MEANINGLESS = re.compile(
    r"\W* | \(?(?:untitled|unspecified|anonymous|unknown|none|title)(?:\ document)?\)?\W*\d*"
    r"| (?:word|powerpoint)\ (?:document|presentation) | (?:document|presentation)\ ?\d*"
    r"| microsoft\ (?:word|powerpoint|excel)\ -\ .* | python-docx | (?:admin|user|owner)\w*"
    r"| .*\.(?:docx?|dotx?|odt|rtf|pdf|pptx?|xlsx?|indd|tex|txt|html?)",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_INLINE_MARKUP = re.compile(
    r"!?\[(?P<link>[^\[\]]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"
    r"|(?<!\w)(?P<mark>\*\*|__|\*|_|~~)(?=\S)(?P<marked>[^\n]+?)(?<=\S)(?P=mark)(?!\w)"
    r"|`+(?P<code>[^`\n]+)`+|</?[a-zA-Z][^<>\n]*>|\\(?P<escaped>[!-/:-@\[-`{-~])"
)


def sensible(words: str | None) -> str | None:
    """A title or name from a file's properties on one line, or None where it says nothing.

    Programs fill these properties in by themselves: "Untitled", "Microsoft Word - a.doc".
    """
    line = one_line(words or "")
    return None if _MEANINGLESS.fullmatch(line) else line


def one_line(words: str) -> str:
    """The words with single spaces, cut at a length that still serves as a title."""
    line = " ".join(tidy(words[: 10 * _MOST_CHARACTERS]).split())
    if len(line) <= _MOST_CHARACTERS:
        return line
    return line[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + "…"


def plain(heading: str) -> str | None:
    """A Markdown heading's words without their inline markup, or None where none are left."""
    heading = heading[: 10 * _MOST_CHARACTERS]
    for _ in range(3):  # emphasis around a link around code is as deep as headings go
        heading = _INLINE_MARKUP.sub(_inner, heading)
    return one_line(heading) or None


def _inner(match: re.Match[str]) -> str:
    kinds = ("link", "marked", "code", "escaped")
    return next((match[kind] for kind in kinds if match[kind] is not None), "")
