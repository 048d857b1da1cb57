"""Prose of an answer as Markdown in which nothing is alive but its citation markers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from footnote.bot.markdown import SIGNS, hide_code, show_code, without_stray_backticks
from footnote.bot.platforms.pages import safety
from footnote.bot.platforms.pages.safety import BREAK

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LOOKS_LIKE_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_OPENS_TAG = re.compile(r"<(?=\\*[A-Za-z/?!@#])")
_OPENS_TARGET = re.compile(r"\](?=[(:])")
_OPENS_FENCE = re.compile(r"^([ \t>*+\-\d.)]*)(?=~~~|```)", re.MULTILINE)

_IN_ADDRESS = rf"[^\s<>()\[\]`\"|{SIGNS}{BREAK}]"
_RUN = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]{{0,30}}\\?:\\?/\\?/{_IN_ADDRESS}*|[A-Za-z0-9.@_%+\\~:/?#&=-]+"
)
_ALIVE = re.compile(
    r"\\?:\\?/\\?/|\bwww\\?\.|[A-Za-z0-9_]\\?\.[A-Za-z]{2}|\b(?:mailto|tel|javascript|data|vbscript):.",
    re.IGNORECASE,
)
_AROUND = ".,;:!?'*_~\\#=&-"
_DOT_BEHIND_LETTER = re.compile(r"(?<=[^\W\x00-\x7f])(?=\\?\.[^\W\d_])")


def inert(
    text: str,
    *,
    broken: Callable[[str], str],
    linked: Callable[[str, Sequence[str]], str],
    code: Callable[[str], str],
) -> str:
    """The Markdown with citation markers as links, and with no other link, mention or tag.

    What is shown is the same, but that bare addresses and names with dots are shown as code, which
    is no link in Markdown, and can be copied as it is.

    Args:
        text: Markdown without code fences, clean already.
        broken: Words, in which a sign stands for each code span, with what the platform would obey
            broken.
        linked: The same with their citation markers as links; beside them it is given the spans,
            the first of which the first of `SIGNS` stands for, and so on.
        code: A code span as the platform shows it.
    """
    hidden, spans = hide_code(text)
    hidden = without_stray_backticks(decoded(hidden))
    hidden = _LOOKS_LIKE_ENTITY.sub(f"&{BREAK}", hidden)
    hidden = broken(_OPENS_TAG.sub(f"<{BREAK}", hidden))
    hidden = _OPENS_TARGET.sub(f"]{BREAK}", hidden)
    hidden = _DOT_BEHIND_LETTER.sub(BREAK, _RUN.sub(lambda run: _as_code(run, spans), hidden))
    hidden = _OPENS_FENCE.sub(rf"\1{BREAK}", hidden)
    return show_code(linked(hidden, spans), [code(span) for span in spans])


def decoded(hidden: str) -> str:
    """A text of `hide_code` with the signs that its entities stand for.

    None of them ends the line or passes for hidden code.
    """
    return _ENTITY.sub(_sign, hidden)


def _sign(entity: re.Match[str]) -> str:
    sign = safety.cleaned(html.unescape(entity.group()))
    return re.sub(f"[{SIGNS}]", "", sign.replace("\n", " "))


def _as_code(run: re.Match[str], spans: list[str]) -> str:
    """What is no link as it is; else with a sign for the code span that shows it."""
    if not _ALIVE.search(run.group()):
        return run.group()
    bare = run.group().lstrip(_AROUND)
    before = run.group()[: -len(bare)].rstrip("\\") if bare else run.group()
    shown = bare.rstrip(_AROUND)
    if not shown:
        return run.group()
    code = f"`{_DOT_BEHIND_LETTER.sub(BREAK, shown)}`"
    return f"{before}{_hidden(code, spans)}{bare[len(shown) :]}"


def _hidden(span: str, spans: list[str]) -> str:
    """A sign for a code span, as `hide_code` has them; the span itself where there is none left."""
    sign = ord(SIGNS[0]) + len(spans)
    if sign > ord(SIGNS[-1]):
        return span
    spans.append(span)
    return chr(sign)
