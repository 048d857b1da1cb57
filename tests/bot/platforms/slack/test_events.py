"""What Slack's payloads mean: the pure functions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import strategies as st

from footnote.bot.audience import Audience
from footnote.bot.platforms.base import Deleted, Edited
from footnote.bot.platforms.slack.events import (
    Written,
    change_of,
    deleted,
    edited,
    installed_in,
    plain,
    question_of,
    written,
)
from footnote.bot.platforms.slack.mrkdwn import escaped
from footnote.bot.questions import Question
from tests.properties import holds_for, texts

BOT, TEAM = "U0BOT", "T1"
MENTION = f"<@{BOT}>"
MESSAGE: dict[str, Any] = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "text": f"{MENTION} leave?",
    "ts": "1700000000.000100",
}
THEN, NOW = "1700000000.000200", "1700000001.000000"

typed = texts(60)
stamps = st.tuples(st.integers(10**9, 2 * 10**9), st.integers(0, 10**6 - 1))


def said(event: dict[str, Any], **more: Any) -> Written:
    """The message of an event with these fields."""
    message = written({**event, **more}, TEAM)
    assert message
    return message


def asked(message: Written, *, follows: bool = True) -> Question | None:
    """The question that a message is."""
    return question_of(message, BOT, Audience(), follows=follows)


def change(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The event of a change of MESSAGE; these fields differ."""
    inner = {key: MESSAGE[key] for key in ("type", "user", "text", "ts")}
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "previous_message": {**inner, **before},
        "message": {**inner, **now},
    }


def edit(before: str, now: str) -> Edited | Deleted | None:
    """What it does when a person changes a text to another one."""
    stamp = {"user": "U1", "ts": NOW}
    changed = edited(change({"text": before}, {"text": now, "edited": stamp}), TEAM)
    assert changed
    message, was = changed
    return change_of(message, asked(message), asked(was) if was else None)


@holds_for(typed)
def test_what_was_typed_is_what_is_meant(text: str) -> None:
    """Whatever signs somebody types, they come through, but for runs of blanks."""
    assert plain(escaped(text), BOT) == re.sub(r"[ \t]+", " ", text).strip()


@holds_for(typed, typed)
def test_the_bots_mention_is_not_meant(before: str, behind: str) -> None:
    """Wherever it stands, it is as if it were not there."""
    text = f"{escaped(before)} {MENTION} {escaped(behind)}"
    assert plain(text, BOT) == plain(escaped(f"{before} {behind}"), BOT)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"<@{BOT}|footnote> leave?", "leave?"),
        ("ask <@U7|bob> or <@U8>", "ask bob or"),
        ("in <#C7|lounge> or <#C8|> or <#C9>", "in lounge or or"),
        ("<!here> <!channel|@channel> <!subteam^S1|@hr> <!subteam^S2> leave", "@channel @hr leave"),
        ("<https://a.example/?x=1&amp;y=2>", "https://a.example/?x=1&y=2"),
        ("<https://a.example|the page> <mailto:a@b.example|a@b.example>", "the page a@b.example"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("1 &lt; 2 &amp;amp; 3 &gt; 2 &copy;", "1 < 2 &amp; 3 > 2 &copy;"),
        ("the entity &amp;lt; and &amp;amp;gt;", "the entity &lt; and &amp;gt;"),
        ("two  blanks\t\tand\nlines", "two blanks and\nlines"),
    ],
)
def test_signs_of_slacks_own(text: str, meant: str) -> None:
    """Links and labelled mentions are their words; what has none goes."""
    assert plain(text, BOT) == meant


@pytest.mark.parametrize("text", ["", " ", ":wave:", ":+1::skin-tone-2: :ok_hand:", "?!", "…"])
def test_nothing_said(text: str) -> None:
    """Without a word, nothing is asked."""
    assert asked(said(MESSAGE, text=f"{MENTION} {text}")) is None


@pytest.mark.parametrize("text", ["at 10:30:45", "休暇は?", "std::sort", ":wave: hi", "42"])
def test_something_said(text: str) -> None:
    """Words of any script are words, also between colons; nothing of them is lost."""
    question = asked(said(MESSAGE, text=f"{MENTION} {text}"))
    assert question
    assert question.text == text


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"user": None},
        {"user": BOT},
    ],
)
def test_what_no_person_wrote(more: dict[str, Any]) -> None:
    """Is no question."""
    message = written({**MESSAGE, **more}, TEAM)
    assert message is None or asked(message) is None


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast"])
def test_what_a_person_wrote(subtype: str | None) -> None:
    """Is a question also with a file, and where a reply is shown in the channel too."""
    assert asked(said(MESSAGE, subtype=subtype))


def test_a_reply_that_is_counted() -> None:
    """Comes without the subtype that is documented, and is nobody's message."""
    event = {
        "type": "message",
        "channel": "C1",
        "ts": NOW,
        "message": {**MESSAGE, "reply_count": 1},
    }
    assert written(event, TEAM) is None
    assert deleted(event, TEAM) is None


def test_where_a_message_is() -> None:
    """Outside of a thread it begins its own; the first of a thread is not in it."""
    alone, root = said(MESSAGE), said(MESSAGE, thread_ts=MESSAGE["ts"])
    reply = said(MESSAGE, thread_ts="1600000000.000000")
    assert (
        (alone.thread, alone.in_thread) == (root.thread, root.in_thread) == (MESSAGE["ts"], False)
    )
    assert (reply.thread, reply.in_thread) == ("1600000000.000000", True)
    assert alone.id == root.id == reply.id == "slack:T1:C1:1700000000.000100"


@pytest.mark.parametrize(
    ("direct", "mention", "in_thread", "follows", "is_question", "mentioned"),
    [
        (True, False, False, False, True, True),
        (True, False, True, False, True, True),
        (False, True, False, False, True, True),
        (False, True, True, False, True, True),
        (False, False, False, True, False, False),
        (False, False, True, False, False, False),
        (False, False, True, True, True, False),
    ],
)
def test_what_is_a_question(  # noqa: PLR0913  a table's columns
    *,
    direct: bool,
    mention: bool,
    in_thread: bool,
    follows: bool,
    is_question: bool,
    mentioned: bool,
) -> None:
    """In private anything; elsewhere what mentions the bot, and what may be a follow-up."""
    message = said(
        MESSAGE,
        channel_type="im" if direct else "channel",
        text=f"{MENTION if mention else ''} leave?",
        thread_ts="1600000000.000000" if in_thread else None,
    )
    question = asked(message, follows=follows)
    assert (question is not None) is is_question
    assert question is None or question.mentioned is mentioned


@holds_for(stamps, stamps)
def test_a_later_edit_has_a_higher_revision(one: tuple[int, int], other: tuple[int, int]) -> None:
    """In the order of Slack's times, and any edit is above the message as it was first."""
    first, second = (
        said(MESSAGE, edited={"user": "U1", "ts": f"{seconds}.{micros:06}"}).revision
        for seconds, micros in (one, other)
    )
    assert (first < second) is (one < other)
    assert min(first, second) > said(MESSAGE).revision


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (f"{MENTION} leave?", f"{MENTION} travel?", Edited),
        ("leave?", f"{MENTION} leave?", Edited),
        (f"{MENTION} leave?", "leave?", Deleted),
        (f"{MENTION} leave?", f"{MENTION} :wave:", Deleted),
        ("leave?", "travel?", type(None)),
    ],
)
def test_what_an_edit_does(before: str, now: str, kind: type) -> None:
    """It asks anew, withdraws, or is none of the bot's business."""
    assert type(edit(before, now)) is kind


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {"attachments": [{}]}),
        ({"edited": {"ts": THEN}}, {"edited": {"ts": THEN}, "attachments": [{}]}),
        ({}, {"reply_count": 1}),
        ({"text": "x", "bot_id": "B1"}, {"text": "y", "bot_id": "B1", "edited": {"ts": NOW}}),
        ({"text": "x"}, {"text": "y"}),
    ],
)
def test_changes_that_nobody_made(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Links that unfold, replies that are counted, and what bots do to their own messages."""
    assert edited(change(before, now), TEAM) is None


def test_what_was_deleted() -> None:
    """A message, also one of which a tombstone is left; anything else is not."""
    name = "slack:T1:C1:1700000000.000100"
    gone = {**MESSAGE, "subtype": "message_deleted", "deleted_ts": MESSAGE["ts"], "ts": NOW}
    assert deleted(gone, TEAM) == Deleted(name)
    assert deleted(change({}, {"subtype": "tombstone", "user": "USLACKBOT"}), TEAM) == Deleted(name)
    assert deleted(change({}, {}), TEAM) is None
    assert deleted(MESSAGE, TEAM) is None


def test_the_workspace_of_an_event() -> None:
    """Is the one that installed the app, not the one where it happened, where these differ."""
    authorized = [{"team_id": "T1", "user_id": BOT}]
    assert installed_in({"team_id": "T2", "authorizations": authorized}) == "T1"
    assert installed_in({"team_id": "T2"}) == "T2"
