"""Text from anywhere, made such that Discord finds nothing in it to obey.

What would be alive is broken by a sign of no width, so that it reads as it did.
"""

from __future__ import annotations

import re

from footnote.bot.platforms.pages.safety import BREAK, cleaned, without_addresses

_ORDER = re.compile(rf"<(?=\\*[^\s<=>{BREAK}])")
_ORDER_IN_CODE = re.compile(
    r"<(?=@[!&]?\d|#\d|/[^<>\n]*:\d+>|a?:\w+:\d|t:-?\d|id:\w)", re.IGNORECASE
)
_OPENS_ADDRESS = re.compile(r"(?<!\\)((?:\\\\)*)<(?=[^\s>]*:/)")
_EVERYBODY = re.compile(r"@(?=\\*(?:everyone|here))", re.IGNORECASE)
_INVITE = re.compile(
    r"discord(?=\.(?:gg|gift|new)/|(?:app)?\.com/(?:invite|channels|gifts|template|events)/)",
    re.IGNORECASE,
)
_STROKES = re.compile(r"\|(?=\\*\|)")
_ESCAPED_BACKTICK = re.compile(r"\\?`")
_OPENS_TARGET = re.compile(r"\](?=[(:])")
_OPENS_LINE = re.compile(r"^(?=\s*(?:[#>*+-]|\d+[.)]))")
_MARKUP = re.compile(r"[\[*_~\\]")
_TARGET_IN_CODE = re.compile(r"\](?=\(\s*<?\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
_LOOKS_LIKE_BACKTICK = "\u2018"


def without_orders(words: str) -> str:
    """Words, code apart, in which nobody is called, nothing is a tag and nothing is hidden.

    Every "<" that could open a mention, an emoji, a time or an address is broken, and so are the
    strokes that would hide what stands between them. An escaped backtick becomes a sign that looks
    like one, since Discord's clients do not agree on whether it can be escaped.
    """
    words = _ESCAPED_BACKTICK.sub(_LOOKS_LIKE_BACKTICK, words)
    words = _OPENS_ADDRESS.sub(r"\1\\<", _ORDER.sub(f"<{BREAK}", words))
    words = _STROKES.sub(f"|{BREAK}", words)
    return _without_invites(words)


def without_mentions(code: str) -> str:
    """Code in which nobody is called; it stays as it is else, so that it can be copied.

    A link that stood before it could end within it, and lead where the code says.
    """
    code = _TARGET_IN_CODE.sub(f"]{BREAK}", code)
    return _without_invites(_ORDER_IN_CODE.sub(f"<{BREAK}", code))


def plain(text: str) -> str:
    """Text from anywhere as one line in which nothing is alive, without any markup.

    It can be the label of a link, where Discord knows no escapes: brackets become round ones.
    """
    line = " ".join(cleaned(text).split())
    line = without_addresses(without_orders(line))
    return line.replace("[", "(").replace("]", ")")


def escaped(text: str) -> str:
    """Text from anywhere as one line in which nothing is alive, for where Markdown is read."""
    line = " ".join(cleaned(text).split())
    line = without_addresses(without_orders(_MARKUP.sub(r"\\\g<0>", line)))
    return _OPENS_LINE.sub(BREAK, _OPENS_TARGET.sub(f"]{BREAK}", line))


def _without_invites(text: str) -> str:
    return _INVITE.sub(lambda name: name.group() + BREAK, _EVERYBODY.sub(f"@{BREAK}", text))
