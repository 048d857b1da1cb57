"""How Discord would read a message: what lives in it, and what it says.

A reader of its own, after Discord's "Message Formatting" and what its clients are known to do: they
try each rule where they are and take the first that fits, so that emphasis can end within code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from footnote.bot.platforms.discord.messages import DiscordMessage

CODE_BLOCK = re.compile(r"```(?:[a-z0-9_+\-.#]+?\n)?\n*(?:[^\n][\s\S]*?)\n*```", re.IGNORECASE)
CODE = re.compile(r"(`+)(?:[\s\S]*?[^`])\1(?!`)")
QUOTE_REST = re.compile(r" *>>> ")
QUOTE = re.compile(r" *> [^\n]*(?:\n *> [^\n]*)*\n?")
SMALL = re.compile(r" *-#\s+\S")
OPENS_LINE = re.compile(r" *(?:#{1,3}\s+|(?:[*-]|\d+\.) +)")
ESCAPE = re.compile(r"\\[^0-9A-Za-z\s]")
ORDER = re.compile(
    r"<(?:@!?\d+|@&\d+|#\d+|/[^:<>]+:\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|id:\w+|sound:\d+:\d+|\+\d+"
    r"|(?:mailto:)?[\w.%+-]+@[^\s<>@]+\.[^\s<>@]+)>"
)
PING = re.compile(r"<@[!&]?\d+>|@everyone|@here", re.IGNORECASE)
EVERYBODY = re.compile(r"@(?:everyone|here)")
AUTOLINK = re.compile(r"<[a-z][a-z0-9+.-]*:/[^\s>]+>", re.IGNORECASE)
LINK = re.compile(
    r"\[(?P<label>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
    r"\(\s*(?P<open><?)(?P<url>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
)
URL = re.compile(r"[a-z][a-z0-9+.-]{1,30}:/{1,3}[^\s<]|\bwww\.\S|\bmailto:\S", re.IGNORECASE)
INVITE = re.compile(r"discord(?:\.(?:gg|gift|new)|(?:app)?\.com/invite)/[\w-]", re.IGNORECASE)
STRONG = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
UNDERLINE = re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")
STRIKE = re.compile(r"~~([\s\S]+?)~~(?!_)")
SPOILER = re.compile(r"\|\|[\s\S]+?\|\|")
EM_STAR = re.compile(
    r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"
)
EM_LINE = re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_\b|_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])")

OWN_LINK = re.compile(r"\[\[(\d+)\]\]\(<[^>]*>\)")
PLAIN = re.compile(r"[0-9A-Za-z\u00c0-\u1fff\u3000-\uffff ]+")


@dataclass(slots=True)
class Found:
    """What is found in a text.

    Attributes:
        links: Where links lead, and whether they show a preview.
        alive: Everything else that does something.
        code: The code in blocks.
    """

    links: list[tuple[str, bool]] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


def read(text: str) -> Found:
    """What lives in a text."""
    found = Found()
    _read(text, found)
    return found


def alive(message: DiscordMessage, allowed: Iterable[str]) -> list[str]:
    """Everything in a message that would be followed, would call somebody or hides something."""
    urls = {unquote(url) for url in allowed}
    content = read(message.content)
    found = [*content.alive, *(url for url, previewed in content.links if previewed)]
    found += PING.findall(message.content + message.embeds)
    links = [url for url, _ in content.links]
    for said in texts_in(json.loads(message.embeds)):
        framed = read(said)
        found += framed.alive
        links += [url for url, _ in framed.links]
    return found + [url for url in links if unquote(url) not in urls]


def texts_in(embeds: list[dict[str, Any]]) -> Iterator[str]:
    """Every text of these embeds in which Discord reads Markdown."""
    for embed in embeds:
        yield embed.get("title", "")
        yield embed.get("description", "")


def letters(text: str) -> str:
    """The letters and digits of a text, in order, without where its own links lead."""
    return "".join(sign for sign in OWN_LINK.sub(r"[\1]", text) if sign.isalnum())


def length(text: str) -> int:
    """UTF-16 units, of which there are at least as many as code points."""
    return len(text.encode("utf-16-le")) // 2


def _read(text: str, found: Found) -> None:
    at = 0
    opens_line = True
    while at < len(text):
        if opens_line and (end := _line(text, at, found)) is not None:
            # What an item holds begins a line of its own, but for another quotation.
            at = end
            continue
        end = _span(text, at, found)
        opens_line = text[end - 1] == "\n"
        at = end


def _line(text: str, at: int, found: Found) -> int | None:
    """Where what begins a line here ends, or None."""
    if rest := QUOTE_REST.match(text, at):
        found.alive.append(rest.group())
        return rest.end()
    if quote := QUOTE.match(text, at):
        _read(re.sub(r"^ *> ", "", quote.group(), flags=re.MULTILINE), found)
        return quote.end()
    if small := SMALL.match(text, at):
        found.alive.append(small.group())
        return small.end()
    sign = OPENS_LINE.match(text, at)
    return sign.end() if sign else None


def _span(text: str, at: int, found: Found) -> int:
    """Where what is here ends."""
    if plain := PLAIN.match(text, at):
        return _words(text, at, plain.end(), found)
    if block := CODE_BLOCK.match(text, at):
        found.code.append(block.group())
        return block.end()
    for rule in (ESCAPE, CODE):
        if passed := rule.match(text, at):
            return passed.end()
    for rule in (ORDER, EVERYBODY, AUTOLINK, SPOILER, LINK):
        if order := rule.match(text, at):
            if rule is LINK:
                found.links.append((order["url"], not order["open"]))
            else:
                found.alive.append(order.group())
            return order.end()
    for rule in (STRONG, UNDERLINE, STRIKE, EM_STAR, EM_LINE):
        if styled := rule.match(text, at):
            _read(styled[1] or styled[2] if rule is EM_LINE else styled[1], found)
            return styled.end()
    return at + 1


def _words(text: str, at: int, end: int, found: Found) -> int:
    """Words up to the next sign; an address may begin in them."""
    for rule in (URL, INVITE):
        address = rule.search(text, at, end + 40)
        if address and address.start() < end:
            found.alive.append(address.group())
    return end
