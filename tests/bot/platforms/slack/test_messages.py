"""How a message becomes what Slack's methods take."""

from __future__ import annotations

from footnote.bot.platforms.slack.messages import (
    SlackMessage,
    below,
    post_arguments,
    stop_arguments,
    stream_piece,
    update_arguments,
)
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.questions import Block
from tests.bot.platforms.answers import BLOCKS, OPTIONS, answered, running
from tests.properties import holds_for

DIVIDER = {"type": "divider"}


def test_a_post_finds_no_names_and_unfolds_no_links() -> None:
    """Posting and updating carry text and blocks, and keep Slack from reading into them."""
    message = SlackMessage("**x**", "x", below([DIVIDER]))
    update = {
        "text": "x",
        "blocks": [{"type": "markdown", "text": "**x**"}, DIVIDER],
        "parse": "none",
        "link_names": False,
    }
    assert update_arguments(message) == update
    assert post_arguments(message) == {**update, "unfurl_links": False, "unfurl_media": False}


def test_a_stream_ends_with_what_stands_below() -> None:
    """What was streamed is not sent again; without buttons there is nothing to send."""
    assert stop_arguments(SlackMessage("x", "x", below([DIVIDER]))) == {"blocks": [DIVIDER]}
    assert stop_arguments(SlackMessage("x", "x")) == {}


def test_messages_that_look_the_same_are_equal() -> None:
    """The inbox compares them by value, and leaves out what changes nothing."""
    first, second = (render(answered([Block("x")]), OPTIONS) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)


def test_a_stream_is_appended_to_where_that_can_be_done() -> None:
    """What is missing is appended; another beginning, or a stream that ended, cannot be."""
    a, ab, other = (SlackMessage(text, text) for text in ("a", "ab", "b"))
    assert stream_piece(None, ab) == "ab"
    assert stream_piece(a, ab) == "b"
    assert stream_piece(ab, ab) == ""
    assert stream_piece(ab, a) is None
    assert stream_piece(a, other) is None
    ended = SlackMessage("a", "a", final=True)
    assert stream_piece(ended, ab) is None
    assert stream_piece(ended, a) == ""


@holds_for(BLOCKS, examples=40)
def test_pieces_add_up_to_the_answer(blocks: list[Block]) -> None:
    """Who streams one view after the other has streamed the answer, word for word."""
    blocks = [Block("Well. "), *blocks]
    streamed = ""
    before = None
    for view in [*(running(blocks[:count]) for count in range(1, 9)), answered(blocks)]:
        (shown,) = render(view, OPTIONS)
        piece = stream_piece(before, shown)
        assert piece is not None
        streamed += piece
        before = shown
    assert before is not None
    assert streamed == before.markdown
