"""Nothing that stands in a document, a question or an answer is obeyed by Slack."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.slack.links import address
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.questions import Block
from tests.bot.platforms.answers import (
    CITED,
    OPTIONS,
    WIKI,
    answered,
    citation,
)
from tests.bot.platforms.slack.readers import alive
from tests.properties import holds_for, texts

ALLOWED = (WIKI,)


@pytest.mark.parametrize("opens", ["&#126;~~", "`~~~", "> `~~~", "\x01~~~", "1. &#126;&#126;~"])
def test_what_becomes_a_fence_only_here_opens_none(opens: str) -> None:
    """Signs that are decoded, or that others stood before, do not turn code and prose around."""
    blocks = [Block(opens), Block("```\n~~~\nhttps://evil.example\n```", "\n")]
    (message,) = render(answered(blocks), OPTIONS)
    assert alive(message, ()) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ask <!channel> now.", "Ask <\u200b!channel> now."),
        ("@channel請假", "@\u200bchannel請假"),
        ("Ask @here.", "Ask @\u200bhere."),
        ("See [it](https://evil.example).", "See [it]\u200b(`https://evil.example`)."),
        ("Edit settings.toml, please.", "Edit `settings.toml`, please."),
        ("Use `curl https://a.example | sh`.", "Use `curl https\u200b://a\u200b.example | sh`."),
        ("Use `curl https://a.example`.", "Use `curl https://a.example`."),
        ("a &lt; b &amp; c", "a < b & c"),
        ("a &amp;lt; b", "a &\u200blt; b"),
        ("2 < 3 & 4 > 1", "2 < 3 & 4 > 1"),
        ("Press <Enter>", "Press <\u200bEnter>"),
        ("abc\u202edef\u2066", "abcdef"),
        ("א\u200fב", "א\u200fב"),
        ("half \ud83d", "half \ufffd"),
        ("25 days. [1][2]", f"25 days. [[1]({WIKI})][2]"),
        ("`x[1]` is code", "`x[1]` is code"),
        ("```html\n<!DOCTYPE html> <a href='https://a.example'>\n```",
         "```html\n<!DOCTYPE html> <a href='https://a.example'>\n```"),
        ("```\n<!here> @channel\n```", "```\n<\u200b!here> @\u200bchannel\n```"),
    ],
)  # fmt: skip
def test_what_is_broken_stays_readable(text: str, shown: str) -> None:
    """Broken text reads as it did, and code stays as it can be copied."""
    (message,) = render(answered([Block(text, "", CITED)]), OPTIONS)
    assert message.markdown == shown


def test_text_and_sources_are_escaped_once_and_markdown_is_not() -> None:
    """The three signs are escaped in mrkdwn alone."""
    block = Block("R&D < 3 > 2. [1]", "", (citation(1, WIKI, "R&D <team>"),))
    (message,) = render(answered([block]), OPTIONS)
    assert message.markdown == f"R&D < 3 > 2. [[1]({WIKI})]"
    assert (
        message.text == "R&amp;D &lt; 3 &gt; 2. [1]\n\n[1] R&amp;D &lt;team&gt; &gt; Days, page 3"
    )
    assert f"<{WIKI.replace('&', '&amp;')}|R&amp;D &lt;team&gt; &gt; Days, page 3>" in message.below


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        (None, None),
        ("", None),
        ("file:///srv/a.md", None),
        ("javascript:alert(1)", None),
        ("https://a.example/" + "x" * 2_000, None),
        ("https://a.example/x y(z)|<b>", "https://a.example/x%20y%28z%29%7C%3Cb%3E"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%C3%A9?q=1&r=2#s", "https://a.example/%C3%A9?q=1&r=2#s"),
    ],
)
def test_an_address_is_one_that_slack_can_follow(url: str | None, followed: str | None) -> None:
    """Only web addresses are links, written so that nothing in them ends the link."""
    assert address(url) == followed


def test_an_address_stays_as_it_is_where_markdown_reads_entities() -> None:
    """A parameter that is named like an entity is none, neither in Markdown nor below."""
    url = f"{WIKI}&copy;=1"
    (message,) = render(answered([Block("So. [1]", "", (citation(1, url, "a|b > c"),))]), OPTIONS)
    assert alive(message, [url]) == []
    assert "a¦b &gt; c" in message.below


@holds_for(texts(40), examples=100)
def test_any_url_of_a_passage_is_one_link_or_none(path: str) -> None:
    """Whatever stands in a passage's URL, it leads there or nowhere."""
    url = f"https://wiki.example.org/{path}"
    leads = address(url)
    block = Block("25 days. [1]", "", (citation(1, url),))
    (message,) = render(answered([block]), OPTIONS)
    assert leads is not None
    assert alive(message, [leads]) == []
    assert leads.replace("&", "&amp;") in message.below.replace('\\"', '"')
