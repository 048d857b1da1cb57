"""From Slack's own markup to Markdown, with names in place of ids.

The markup is described at docs.slack.dev, "Formatting message text": what people type is escaped,
and what stands in angle brackets refers to something.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

Named = Callable[[str], str]

_CODE = re.compile(r"```(.*?)(?:```|\Z)|(`[^`\n]+`)", re.DOTALL)
_REFERENCE = re.compile(r"<([^<>\n]+)>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])")
_STRUCK = re.compile(r"(?<![\w~])~(?=\S)([^~\n]*?\S)~(?![\w~])")
_BULLET = re.compile(r"(?m)^( *)[•◦▪]\s+")
_SPACE = re.compile(r"(?<=\S)[ \t]+\n(?=`{3})")
_SUBTEAM, _DATE = "subteam", "date"


def markdown(text: str, person: Named, channel: Named) -> str:
    """A message's text as Markdown.

    Args:
        text: As Slack has it.
        person: The name of a user, by their id.
        channel: The name of a channel, by its id; "" where it is not to be told.
    """
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts.append(_prose(text[end : code.start()], person, channel))
        plain = html.unescape(_REFERENCE.sub(_address, code[0]))
        block = code[1] is not None
        parts.append(_fenced(plain.removeprefix("```").removesuffix("```")) if block else plain)
        end = code.end()
    parts.append(_prose(text[end:], person, channel))
    return _SPACE.sub("\n", "".join(parts)).strip()


def _prose(text: str, person: Named, channel: Named) -> str:
    shown: list[str] = []
    end = 0
    for reference in _REFERENCE.finditer(text):
        shown.append(_typed(text[end : reference.start()]))
        shown.append(html.unescape(_referred(reference[1], person, channel)))
        end = reference.end()
    shown.append(_typed(text[end:]))
    return "".join(shown)


def _typed(text: str) -> str:
    text = _STRUCK.sub(r"~~\1~~", _BOLD.sub(r"**\1**", text))
    return html.unescape(_BULLET.sub(r"\1- ", text))


def _referred(reference: str, person: Named, channel: Named) -> str:
    target, _, label = reference.partition("|")
    sign, name = target[:1], target[1:]
    if sign == "@":
        return f"@{person(name) or label or name}"
    if sign == "#":
        shown = channel(name)
        return f"#{shown}" if shown else "another channel"
    if sign == "!":
        word, _, rest = name.partition("^")
        if word == _DATE:
            return label
        return f"@{label.lstrip('@') or (rest if word == _SUBTEAM else word)}"
    plain = target.removeprefix("mailto:")
    return f"[{label}]({target})" if label not in {"", target, plain} else plain


def _address(reference: re.Match[str]) -> str:
    """In code a link is what was typed."""
    target, _, label = reference[1].partition("|")
    return label or target


def _fenced(code: str) -> str:
    ticks = "`" * max(3, 1 + max(map(len, re.findall(r"`+", code)), default=0))
    body = code.strip("\n")
    return f"\n{ticks}\n{body}\n{ticks}\n"
