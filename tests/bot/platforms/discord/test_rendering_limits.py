"""What Discord shows of long tables, and of full messages."""

from __future__ import annotations

from footnote.bot.platforms.discord.rendering import render
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Block
from tests.bot.platforms.answers import (
    OPTIONS,
    WIKI,
    answered,
    citation,
)
from tests.bot.platforms.discord.limits import beyond_limits

NARROW = "| name | days |\n|---|---|\n" + "| Anna | 25 |\n" * 1_000
WIDE = "| a | b |\n|---|---|\n" + ("| " + "x " * 40 + "| y |\n") * 150
ENDLESS = RenderOptions(messages=1_000)


def test_a_table_that_is_cut_has_its_head_in_every_message() -> None:
    """Each message begins with the head; each row is in one of them, whole."""
    messages = render(answered([Block(NARROW)]), ENDLESS)
    for message in messages:
        _, head, rule, *rows, _ = message.content.splitlines()
        assert (head, rule) == ("name | days", "-----+-----")
        assert set(rows) == {"Anna | 25"}
    assert "".join(message.content for message in messages).count("Anna") == 1_000
    wide = render(answered([Block(WIDE)]), ENDLESS)
    assert all(message.content.startswith("- a: x x") for message in wide)


def test_a_full_message_has_room_for_its_footer() -> None:
    """Sources and buttons have room of their own: they need no message more."""
    cited = tuple(citation(number, f"{WIKI}/{number}") for number in range(1, 40))
    (message,) = render(answered([Block("word " * 380, "", cited)]), OPTIONS)
    assert "[39] [Leave" in message.embeds
    assert beyond_limits(message) == []
