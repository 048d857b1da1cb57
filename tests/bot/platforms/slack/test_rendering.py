"""What readers see of an answer in Slack, from its first block to its end."""

from __future__ import annotations

from typing import Any

import pytest

from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.slack.buttons import from_value
from footnote.bot.platforms.slack.messages import SlackMessage
from footnote.bot.platforms.slack.rendering import render
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
from tests.bot.platforms.slack.readers import mrkdwn

FIRST = Block("You have 25 days. [1]", "", CITED[:1])
SECOND = Block("They are paid. [2]", " ", CITED[1:2])
ALL_BUTTONS = RenderOptions(ask_person=True, share=True)


def buttons(message: SlackMessage) -> dict[str, str]:
    """The values of a message's buttons, by action."""
    found: dict[str, str] = {}

    def search(part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                search(each)
        elif isinstance(part, dict):
            if part.get("type") == "button":
                found[part["action_id"]] = part["value"]
            for each in part.values():
                search(each)

    search(message.blocks)
    return found


def test_a_running_answer_shows_its_blocks_and_can_be_cancelled() -> None:
    """The text so far, with links, and a button that cancels its question."""
    (message,) = render(running([FIRST, SECOND]), OPTIONS)
    assert message.markdown == f"You have 25 days. [[1]({WIKI})] They are paid. [2]"
    assert message.text == "You have 25 days. [1] They are paid. [2]"
    assert not message.final
    assert buttons(message).keys() == {Action.CANCEL}
    assert from_value(buttons(message)[Action.CANCEL]) == Pressed(QUESTION.id)
    (bare,) = render(running([FIRST, SECOND]), RenderOptions(cancel=False))
    assert bare.blocks == [{"type": "markdown", "text": message.markdown}]


def test_an_answer_names_its_sources_and_takes_feedback() -> None:
    """Sources are links where there is one, else they have a button; thumbs and wishes follow."""
    (message,) = render(answered([FIRST, SECOND], "These are quotes."), ALL_BUTTONS)
    markdown, sources, note, passages, feedback, actions = message.blocks
    assert markdown["type"] == "markdown"
    link = f"<{WIKI.replace('&', '&amp;')}|Leave &gt; Days, page 3>"
    assert list(mrkdwn(sources)) == [f"[1] {link}\n[2] Leave &gt; Days, page 3"]
    assert sources["elements"][0]["verbatim"] is True
    assert list(mrkdwn(note)) == ["These are quotes."]
    assert [button["text"]["text"] for button in passages["elements"]] == ["Show passage [2]"]
    assert from_value(passages["elements"][0]["value"]) == Pressed(QUESTION.id, number=2)
    (thumbs,) = feedback["elements"]
    assert (feedback["type"], thumbs["type"]) == ("context_actions", "feedback_buttons")
    for side, verdict in ("positive_button", "good"), ("negative_button", "bad"):
        assert from_value(thumbs[side]["value"]).verdict == verdict
    assert [button["action_id"] for button in actions["elements"]] == [
        Action.SUGGEST,
        Action.ASK_PERSON,
        Action.SHARE,
    ]
    assert message.final
    assert message.text.splitlines() == [
        "You have 25 days. [1] They are paid. [2]",
        "",
        "These are quotes.",
        "[1] Leave &gt; Days, page 3",
        "[2] Leave &gt; Days, page 3",
    ]


def test_only_what_is_configured_has_a_button() -> None:
    """Nobody can be asked where there is no such channel, nor anything suggested."""
    for options, wanted in [
        (RenderOptions(), {"suggest"}),
        (RenderOptions(suggest=False), set()),
        (RenderOptions(suggest=False, ask_person=True), {"ask_person"}),
    ]:
        (message,) = render(answered([FIRST]), options)
        assert buttons(message).keys() == wanted


def test_what_is_not_in_the_sources_shows_what_comes_nearest() -> None:
    """A sentence, then the nearest documents as links, or by their titles."""
    closest = (passage(1, WIKI, "Leave"), passage(2, None, "Pay"))
    answer = Answer(QUESTION, Outcome.NOT_IN_SOURCES, closest=closest)
    (message,) = render(View(QUESTION, answer=answer), ALL_BUTTONS)
    assert message.markdown == "I could not find this in the sources."
    (nearest,) = list(mrkdwn(message.blocks))
    assert nearest.splitlines() == [
        "The closest that they hold:",
        f"• <{WIKI.replace('&', '&amp;')}|Leave &gt; Days, page 3>",
        "• Pay &gt; Days, page 3",
    ]
    assert message.text.endswith("• Leave &gt; Days, page 3\n• Pay &gt; Days, page 3")
    assert buttons(message).keys() == {Action.SUGGEST, Action.ASK_PERSON, Action.SHARE}
    (alone,) = render(ended(Outcome.NOT_IN_SOURCES), OPTIONS)
    assert alone.text == alone.markdown == "I could not find this in the sources."


@pytest.mark.parametrize(
    ("before", "gap", "behind", "shown"),
    [
        ("One.", "", "Two.", "One.\u200bTwo."),
        ("請假。", "", "兩天。", "請假。\u200b兩天。"),
        ("One.", " ", "Two.", "One. Two."),
        ("- One", "\n", "  - Two", "- One\n  - Two"),
        ("One.", "\n\n\n\n", "Two.", "One.\n\nTwo."),
        ("One:", " ", "```\nx\n```", "One:\n```\nx\n```"),
        ("```\nx\n```", " ", "One.", "```\nx\n```\nOne."),
        ("```\nx", "\n", "One.", "```\nx\n```\nOne."),
        ("1. Do:\n   ```\n   a\n     b\n   ```", "\n", "2. So", "1. Do:\n```\na\n  b\n```\n2. So"),
        ("> ```\n> a\n> ```", "\n", "x", "```\na\n```\nx"),
        ("- ~~~\n  a\n  ~~~", "\n", "x", "-\n```\na\n```\nx"),
        ("````\n```\n````", "\n", "x", "````\n```\n````\nx"),
        ("```what is this?\na\n```", "\n", "x", "```\nwhat is this?\na\n```\nx"),
    ],
)  # fmt: skip
def test_blocks_stand_together_as_they_were_written(
    before: str, gap: str, behind: str, shown: str
) -> None:
    """White space stays, fences begin their own lines, and nothing closes up across a seam."""
    (message,) = render(answered([Block(before), Block(behind, gap)]), OPTIONS)
    assert message.markdown == shown


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("## Leave\n\nYou **must** ask.", "Leave\n\nYou *must* ask."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a · b\n1 · 2"),
        ("```py\nx < 1\n```", "```\nx &lt; 1\n```"),
        ("C# and a &lt; b", "C# and a &lt; b"),
        ("See https://a.example/x.", "See https\u200b://a\u200b.example/x."),
    ],
)
def test_the_text_is_made_to_be_heard(text: str, heard: str) -> None:
    """Headings, tables and emphasis lose the signs that Slack's markup does not know."""
    (message,) = render(running([Block(text)]), OPTIONS)
    assert message.text == heard


def test_many_passages_have_a_button_each() -> None:
    """Slack takes 25 buttons a block; more of them are in further blocks."""
    cited = tuple(citation(number) for number in range(1, 41))
    (message,) = render(answered([Block("So.", "", cited)]), OPTIONS)
    rows = [block for block in message.blocks if block["type"] == "actions"]
    assert [len(row["elements"]) for row in rows] == [25, 15, 1]
    assert len(buttons(message)) == 41
