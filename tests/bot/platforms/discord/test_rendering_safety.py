"""Nothing that stands in a document, a question or an answer is obeyed by Discord."""

from __future__ import annotations

import json

import pytest

from footnote.bot.platforms.discord.rendering import render
from footnote.bot.questions import Block
from tests.bot.platforms.answers import (
    CITED,
    OPTIONS,
    WIKI,
    answered,
    citation,
)
from tests.bot.platforms.discord.readers import alive, read
from tests.properties import holds_for, texts

ALLOWED = (WIKI,)
PLACES = ["{}", "a {} b", "- {}", "> {}", "|a|b|\n|-|-|\n|{}|c|", "# {}", "##### {}", "**a {} b**"]


@pytest.mark.parametrize(
    "obeyed",
    [
        "<@1>",
        "@here",
        "<#1>",
        "</a:1>",
        "<t:1:R>",
        "<:a:1>",
        "||x||",
        "<id:browse>",
        "-# x",
        ">>> x",
        "<https://a.example>",
        "<a@b.c>",
        "https://a.example",
        "discord.gg/a",
        "[x](https://a.example)",
        "**`x**https://a.example`",
        "**x\n```\n**https://a.example\n```",
    ],
)
def test_the_reader_finds_what_discord_obeys(obeyed: str) -> None:
    """What these tests search for is found where it is."""
    found = read(obeyed)
    assert found.alive or found.links


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ask <@123> now.", "Ask <\u200b@123> now."),
        ("Ask @everyone.", "Ask @\u200beveryone."),
        ("a || b || c", "a |\u200b| b |\u200b| c"),
        ("See [it](https://evil.example).", "See \\[it]\u200b(`https://evil.example`)."),
        ("Edit settings.toml, please.", "Edit `settings.toml`, please."),
        ("Join discord.gg/evil now", "Join discord\u200b.gg/evil now"),
        ("Use `curl https://a.example`.", "Use `curl https://a.example`."),
        ("Use ```a``b```.", "Use ``a`\u200b`b``."),
        ("Use `` `x` ``.", "Use `` `x` ``."),
        ("a \\` b", "a \u2018 b"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("2 < 3 & 4 > 1, <= 5", "2 < 3 & 4 > 1, <= 5"),
        ("-# small", "-\u200b# small"),
        (">>> rest", "> rest"),
        ("> a\n> > b", "> a\n> b"),
        ("- >>> a", "- >\u200b>\u200b> a"),
        ("#### Deep **head** ##", "**Deep head**"),
        ("- ##### Deep C#", "- **Deep C#**"),
        ("# One\n## Two\n### Three", "# One\n## Two\n### Three"),
        ("* a\n+ b", "- a\n- b"),
        ("**a** _b_ __c__ ~~d~~ ***e***", "**a** _b_ __c__ ~~d~~ ***e***"),
        ("**a _b** c", "**a \\_b** c"),
        ("2 * 3 ** 4", "2 \\* 3 \\*\\* 4"),
        ("snake_case", "snake\\_case"),
        ("25 days. [1][2]", f"25 days. [[1]](<{WIKI}>)\\[2]"),
        ("`x[1]` is code", "`x[1]` is code"),
        ("```html\n<a href='https://a.example'>\n```",
         "```html\n<a href='https://a.example'>\n```"),
        ("```\n<@123> @here\n```", "```\n<\u200b@123> @\u200bhere\n```"),
        ("````\n```\nx\n```\n````", "```\n```\nx\n```\n```".replace("\n```\nx\n```\n",
                                     "\n``\u200b`\nx\n``\u200b`\n")),
        ("```\n\n```", "```\n\u200b\n```"),
        ("```日本\na\n```", "```\n日本\na\n```"),
        ("- [x] done [^1]\n\n[^1]: note", "- \\[x] done \\[^1]\n\n\\[^1]\u200b: note"),
    ],
)  # fmt: skip
def test_what_is_broken_stays_readable(text: str, shown: str) -> None:
    """Broken text reads as it did, and code stays as it can be copied."""
    (message,) = render(answered([Block(text, "", CITED)]), OPTIONS)
    assert message.content == shown


def test_emphasis_that_is_not_closed_opens_no_code() -> None:
    """A sign that opens in one block and would be closed in the code of another is none."""
    for sign in ("**", "__", "~~", "*", "_", "***", "||"):
        code = f"```\na{sign} https://evil.example {sign}b\n```"
        blocks = [Block(f"It is {sign}so."), Block(code, "\n"), Block(f"And {sign} so.", "\n")]
        (message,) = render(answered(blocks), OPTIONS)
        assert alive(message, ()) == []
        assert read(message.content).code == [code]


@pytest.mark.parametrize("opens", ["Take a[", "So it is [1]", "[ ]", "\\\\["])
def test_no_link_ends_in_code(opens: str) -> None:
    """A bracket in prose, and a citation, lead nowhere that the code behind them says."""
    code = "```\nx](https://evil.example)\n```"
    (message,) = render(answered([Block(f"{opens} so", "", CITED), Block(code, "\n")]), OPTIONS)
    assert alive(message, ALLOWED) == []
    assert read(message.content).code == [code.replace("](", "]\u200b(")]


@holds_for(texts(40), examples=100)
def test_any_url_of_a_passage_is_one_link_or_none(path: str) -> None:
    """Whatever stands in a passage's URL, emphasis around it too, it leads there or nowhere."""
    url = f"https://wiki.example.org/{path}"
    block = Block("_25 ~~**days**. [1]~~_", "", (citation(1, url),))
    (message,) = render(answered([block]), OPTIONS)
    ((framed, _),) = read(json.loads(message.embeds)[0]["description"]).links
    ((leads, previewed),) = _links_within(message.content)
    assert not previewed
    assert leads.replace("%5F", "_").replace("%7E", "~") == framed.replace("%7E", "~")
    assert alive(message, [framed]) == []


@pytest.mark.parametrize("path", ["a_", "a_/_b", "a__b", "a~~b", "a_?b~~"])
def test_emphasis_does_not_end_within_a_link(path: str) -> None:
    """What would end emphasis in an address is written as a percent sign and digits."""
    block = Block("_So ~~__it__ [1] is~~_", "", (citation(1, f"https://wiki.example.org/{path}"),))
    (message,) = render(answered([block]), OPTIONS)
    ((leads, _),) = read(message.content).links
    assert leads.replace("%5F", "_").replace("%7E", "~") == f"https://wiki.example.org/{path}"


def test_a_title_is_shown_as_it_is() -> None:
    """Signs of emphasis in a title without link are escaped; a link's label knows no escapes."""
    cited = (citation(1, None, "a *b* _c_ \\"), citation(2, WIKI, "[x](y) `z`"))
    (message,) = render(answered([Block("So.", "", cited)]), OPTIONS)
    (embed,) = json.loads(message.embeds)
    assert embed["description"].splitlines() == [
        "[1] a \\*b\\* \\_c\\_ \\\\ > Days, page 3",
        f"[2] [(x)(y) \u2018z\u2018 > Days, page 3]({WIKI})",
    ]


def test_a_url_that_is_none_or_too_long_is_no_link() -> None:
    """Only web addresses are links; the passage has a button then."""
    for url in (None, "", "file:///srv/a.md", "javascript:alert(1)", "https://a.ex/" + "x" * 500):
        (message,) = render(answered([Block("So. [1]", "", (citation(1, url),))]), OPTIONS)
        assert message.content == "So. \\[1]"
        assert alive(message, ()) == []
        assert "Show passage [1]" in message.components


def _links_within(content: str) -> list[tuple[str, bool]]:
    return read(content).links
