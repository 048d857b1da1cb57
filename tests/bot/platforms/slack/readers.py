"""How Slack would read a message: which links and mentions live in it, and what it says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from footnote.bot.platforms.slack.messages import SlackMessage

MENTION = re.compile(
    r"<(?:@|#|!(?:channel|here|everyone|group|subteam|date))|@(?:channel|here|everyone|group)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,30}://|\bwww\.\S|\bmailto:\S|[^\W_]\.[a-z]{2}", re.IGNORECASE
)
LINK = re.compile(r"<([^<>|]*)\|[^<>|]*>")
OWN_LINK = re.compile(r"\[\[(\d+)\]\(https://wiki\.example[^)]*\)\]")


def alive(message: SlackMessage, allowed: Iterable[str]) -> list[str]:
    """Everything in a message that would be followed, or would call somebody."""
    urls = frozenset(allowed)
    found = [*_in_markdown(message.markdown, urls), *_in_mrkdwn(message.text, frozenset())]
    for text in mrkdwn(message.blocks_below):
        found += _in_mrkdwn(text, urls)
    return found


def mrkdwn(blocks: Any) -> Iterator[str]:
    """Every text of these blocks that Slack reads as mrkdwn."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from mrkdwn(block)
    elif isinstance(blocks, dict):
        if blocks.get("type") == "mrkdwn":
            yield blocks["text"]
        for part in blocks.values():
            yield from mrkdwn(part)


def letters(text: str) -> str:
    """The letters and digits of a text, in order, without where its own links lead."""
    return "".join(sign for sign in OWN_LINK.sub(r"[\1]", text) if sign.isalnum())


def _in_markdown(markdown: str, allowed: frozenset[str]) -> Iterator[str]:
    yield from MENTION.findall(markdown)
    yield from MENTION.findall(html.unescape(markdown))
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in _tokens(parser.parse(markdown)):
        match token.type:
            case "html_block" | "html_inline" | "image":
                yield token.content
            case "link_open" if token.attrs["href"] not in allowed:
                yield str(token.attrs["href"])
            case "inline":
                yield from ADDRESS.findall(_without(_shown(token.children or []), allowed))


def _tokens(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _tokens(token.children or [])


def _shown(children: Iterable[Token]) -> str:
    """The text that Slack may look for addresses in; a stroke for code, and where a style ends."""
    stands_for = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        child.content if child.type == "text" else stands_for.get(child.type, "¦")
        for child in children
    )


def _without(text: str, addresses: Iterable[str]) -> str:
    """The text without these; an allowed one that is too deep in brackets for a link is shown."""
    for address in addresses:
        text = text.replace(address, "")
    return text


def _in_mrkdwn(text: str, allowed: frozenset[str]) -> Iterator[str]:
    for link in LINK.finditer(text):
        if html.unescape(link[1]) not in allowed:
            yield link.group()
    rest = LINK.sub("", text)
    yield from re.findall(r"[<>]|&(?!amp;|lt;|gt;)", rest)
    yield from MENTION.findall(html.unescape(rest))
    yield from ADDRESS.findall(rest)
