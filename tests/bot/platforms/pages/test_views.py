"""What readers see of an answer whose messages are pages, from its first block to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from footnote.bot.questions import Answer, Block, Outcome, Question, View
from tests.bot.platforms.answers import (
    BLOCKS,
    CITED,
    OPTIONS,
    QUESTION,
    answered,
    ended,
    running,
)
from tests.bot.platforms.pages.media import Medium, in_each_medium
from tests.properties import holds_for

FIRST = Block("You have 25 days. [1]", "", CITED[:1])


@in_each_medium
def test_nothing_is_shown_before_there_is_a_block(medium: Medium) -> None:
    """While nothing is there but a status, there is no message."""
    assert medium.render(View(QUESTION, status="Searching"), OPTIONS) == ()


@in_each_medium
@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.FAILED, Outcome.NOT_IN_SOURCES])
def test_what_was_shown_stays_however_it_ends(medium: Medium, outcome: Outcome) -> None:
    """The blocks stay, and below them is said how it ended."""
    (before,) = medium.render(running([FIRST]), OPTIONS)
    (message,) = medium.render(ended(outcome, [FIRST], "It broke (T1:C2:3.4)."), OPTIONS)
    assert medium.text(message) == medium.text(before)
    assert "It broke (T1:C2:3" in str(medium.below(message))
    assert message.final


@in_each_medium
@pytest.mark.parametrize(
    ("outcome", "note", "shown"),
    [
        (Outcome.BUSY, "3 questions are waiting already.", "3 questions are waiting already."),
        (Outcome.BUSY, "", "Too many questions are waiting: please ask again later."),
        (Outcome.CANCELLED, "", "Cancelled."),
        (Outcome.FAILED, "The model is gone.", "The model is gone. (q1)"),
        (Outcome.FAILED, "The model is gone (q1).", "The model is gone (q1)."),
        (Outcome.FAILED, "", "This question could not be answered: the log says why. (q1)"),
    ],
)
def test_each_outcome_without_blocks_says_what_happened(
    medium: Medium, outcome: Outcome, note: str, shown: str
) -> None:
    """One message, with the note, and with the reference of a failure."""
    question = Question("q1", "?")
    view = View(question, answer=Answer(question, outcome, note=note))
    (message,) = medium.render(view, OPTIONS)
    assert medium.text(message) == shown
    assert not medium.below(message)
    assert message.final


@in_each_medium
def test_a_question_that_was_withdrawn_shows_nothing(medium: Medium) -> None:
    """No message, whatever was shown."""
    assert medium.render(ended(Outcome.WITHDRAWN, [FIRST]), OPTIONS) == ()


@in_each_medium
@pytest.mark.parametrize("note", ["", "\x00", "\u202e \n"])
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.WITHDRAWN}))
def test_every_other_outcome_has_a_message_even_if_it_says_nothing(
    medium: Medium, outcome: Outcome, note: str
) -> None:
    """An answer of white space is a message still, which no platform finds empty."""
    for blocks in ([], [Block(" \n"), Block("\x00")], [Block("&nbsp;")]):
        (message,) = medium.render(ended(outcome, blocks, note), OPTIONS)
        assert medium.text(message).strip()
        assert medium.beyond_limits(message) == []


@in_each_medium
@holds_for(BLOCKS, examples=12)
def test_a_later_view_begins_like_the_earlier_ones(medium: Medium, blocks: list[Block]) -> None:
    """Blocks are only appended; all messages but the last stay as they were, with nothing below."""
    words = " word" * (medium.room // 8)
    long = [replace(block, text=block.text + words) for block in blocks[:3]] + blocks[3:]
    views = [running(long[:count]) for count in range(len(long) + 1)] + [answered(long)]
    before: Sequence[Any] = ()
    for view in views:
        after = medium.render(view, OPTIONS)
        assert after[: len(before) - 1] == before[: max(0, len(before) - 1)]
        for earlier, later in zip(before, after, strict=False):
            assert medium.text(later).startswith(medium.text(earlier))
        assert all(message.final and not medium.below(message) for message in after[:-1])
        before = after
