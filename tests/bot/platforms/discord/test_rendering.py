"""What readers see of an answer in Discord, from its first block to its end."""

from __future__ import annotations

import json

import pytest

from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.discord.buttons import action_of, from_custom_id
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.rendering import render
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Answer, Block, Outcome, View
from tests.bot.platforms.answers import (
    CITED,
    OPTIONS,
    QUESTION,
    WIKI,
    answered,
    citation,
    ended,
    passage,
    running,
)
from tests.bot.platforms.discord.answers import components, named

FIRST = Block("You have 25 days. [1]", "", CITED[:1])
SECOND = Block("They are paid. [2]", " ", CITED[1:2])
EVERYTHING = RenderOptions(ask_person=True, share=True, thread=True)


def embed(message: DiscordMessage) -> dict[str, str]:
    """The one embed of a message."""
    (found,) = json.loads(message.embeds)
    assert isinstance(found, dict)
    return found


def test_a_running_answer_shows_its_blocks_and_can_be_cancelled() -> None:
    """The text so far, with links that show no preview, and a button that cancels."""
    (message,) = render(running([FIRST, SECOND]), OPTIONS)
    assert message.content == f"You have 25 days. [[1]](<{WIKI}>) They are paid. \\[2]"
    assert not message.final
    (button,) = components(message)
    assert action_of(button["custom_id"]) is Action.CANCEL
    assert from_custom_id(button["custom_id"]) == Pressed(QUESTION.id)
    assert message.embeds == "[]"
    (bare,) = render(running([FIRST, SECOND]), RenderOptions(cancel=False))
    assert bare == DiscordMessage(message.content)


def test_an_answer_names_its_sources_and_takes_feedback() -> None:
    """Sources are links where there is one, else they have a button; thumbs and wishes follow."""
    (message,) = render(answered([FIRST, SECOND], "These are quotes."), EVERYTHING)
    assert embed(message) == {
        "title": "Sources",
        "description": f"[1] [Leave > Days, page 3]({WIKI})\n[2] Leave > Days, page 3\n\n"
        "These are quotes.",
    }
    assert named(message) == [
        "Show passage [2]",
        "👍",
        "👎",
        "Suggest a better answer",
        "Ask a person",
        "Share with the channel",
        "Continue in a thread",
    ]
    show, good, bad, *_ = (from_custom_id(each["custom_id"]) for each in components(message))
    assert show == Pressed(QUESTION.id, number=2)
    assert good and good.verdict == "good"  # noqa: PT018  one claim
    assert bad and bad.verdict == "bad"  # noqa: PT018  likewise
    assert message.final


def test_only_what_is_configured_has_a_button() -> None:
    """Nobody can be asked where there is no such channel, nor anything suggested."""
    for options, wanted in [
        (RenderOptions(), ["👍", "👎", "Suggest a better answer"]),
        (RenderOptions(suggest=False), ["👍", "👎"]),
        (RenderOptions(suggest=False, feedback=False), []),
        (RenderOptions(suggest=False, feedback=False, thread=True), ["Continue in a thread"]),
    ]:
        (message,) = render(answered([FIRST]), options)
        assert named(message) == wanted


def test_what_is_not_in_the_sources_shows_what_comes_nearest() -> None:
    """A sentence, then the nearest documents as links, or by their titles."""
    closest = (passage(1, WIKI, "Leave"), passage(2, None, "Pay"))
    answer = Answer(QUESTION, Outcome.NOT_IN_SOURCES, closest=closest)
    (message,) = render(View(QUESTION, answer=answer), EVERYTHING)
    assert message.content == "I could not find this in the sources."
    assert embed(message) == {
        "title": "The closest that they hold:",
        "description": f"• [Leave > Days, page 3]({WIKI})\n• Pay > Days, page 3",
    }
    assert "👍" not in named(message)
    assert "Ask a person" in named(message)
    (alone,) = render(ended(Outcome.NOT_IN_SOURCES), OPTIONS)
    assert alone.content == "I could not find this in the sources."
    assert alone.embeds == "[]"


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ("| name | days |\n|---|--:|\n| Anna | 25 |\n| **請假** | `3` |",
         "```\nname | days\n-----+-----\nAnna | 25\n請假 | 3\n```"),
        ("| a | b |\n|---|---|\n| x \\| y | &lt; |\n| z |",
         "```\na     | b\n------+--\nx | y | <\nz     |\n```"),
        ("| name | about |\n|---|---|\n| Anna [1] | " + "long " * 12 + "|\n| | b |",
         f"- name: Anna [[1]](<{WIKI}>)\n  - about: " + "long " * 11 + "long\n"
         "- name\n  - about: b"),
        ("| " + "n" * 40 + " | " + "m" * 40 + " |\n|---|---|", "n" * 40 + " · " + "m" * 40),
    ],
)  # fmt: skip
def test_a_table_is_aligned_where_it_fits_else_it_is_a_list(table: str, shown: str) -> None:
    """Discord knows no tables: narrow ones have a fixed pitch, wide ones name each cell's head."""
    (message,) = render(running([Block(table, "", CITED)]), OPTIONS)
    assert message.content == shown


def test_many_passages_have_a_button_each_or_a_menu() -> None:
    """Up to ten have buttons; more are in menus of 25, which name them."""
    for count, rows in (
        (1, [1]),
        (6, [5, 1]),
        (10, [5, 5]),
        (11, [1]),
        (30, [1, 1]),
        (99, [1] * 3),
    ):
        cited = tuple(citation(number) for number in range(1, count + 1))
        (message,) = render(answered([Block("So.", "", cited)]), EVERYTHING)
        found = json.loads(message.components)
        assert [len(row["components"]) for row in found] == [*rows, 5, 1]
    menu = found[1]["components"][0]
    assert [option["value"] for option in menu["options"]] == [str(n) for n in range(26, 51)]
    assert menu["options"][0]["label"] == "[26] Leave > Days, page 3"
