"""How a message becomes what Discord's API takes."""

from __future__ import annotations

from footnote.bot.platforms.discord.messages import DiscordMessage, as_json, edit_body, post_body
from footnote.bot.platforms.discord.rendering import render
from footnote.bot.questions import Block
from tests.bot.platforms.slack.answers import OPTIONS, answered

EMBED = {"title": "Sources"}
ROW = {"type": 1, "components": []}
NOBODY = {"parse": [], "replied_user": False}


def test_a_post_calls_nobody_and_hides_no_embed() -> None:
    """Nobody is mentioned whatever the text says, and no flag takes our own embed away."""
    message = DiscordMessage("**x**", as_json([EMBED]), as_json([ROW]))
    body = {
        "content": "**x**",
        "embeds": [EMBED],
        "components": [ROW],
        "allowed_mentions": NOBODY,
    }
    assert post_body(message) == body
    assert edit_body(message) == body


def test_an_edit_removes_what_is_not_there_any_more() -> None:
    """An empty list takes earlier buttons and embeds away, where saying nothing would not."""
    assert edit_body(DiscordMessage("x")) == {
        "content": "x",
        "embeds": [],
        "components": [],
        "allowed_mentions": NOBODY,
    }


def test_messages_that_look_the_same_are_equal() -> None:
    """The inbox compares them by value, and leaves out what changes nothing."""
    first, second = (render(answered([Block("x")]), OPTIONS) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
