"""What else people do than to ask."""

from __future__ import annotations

import pytest

from footnote.bot.errors import UnavailableError
from footnote.bot.feedback import opinions
from footnote.bot.platforms.base import Command, Feedback, UnheardError, Verdict
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_an_opinion_is_kept(room: Room) -> None:
    """What people say of an answer is in the journal when it is acknowledged; the answer stays."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await replica.take(Feedback("q1", "ben", Verdict.BAD), Feedback("q1", "ben", None, "Better."))
    (opinion,) = await opinions(room.state, "q1")
    assert (opinion.asker, opinion.verdict, opinion.correction) == ("ben", "bad", "Better.")
    assert await room.end("q1") == ("answered", "About q1. (end)")


@scenario
async def test_an_opinion_is_refused_while_the_state_is_away(room: Room) -> None:
    """What cannot be kept is not acknowledged."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    replica.link.away = True
    with pytest.raises(UnavailableError, match="away"):
        await replica.take(Feedback("q1", "ben", Verdict.GOOD))
    assert not await opinions(room.state)


@scenario
async def test_an_opinion_of_nothing_is_not_kept(room: Room) -> None:
    """There has to be an answer of which something is said, and people are told so."""
    replica = await room.start()
    with pytest.raises(UnheardError, match="no longer kept"):
        await replica.take(Feedback("q1", "ben", Verdict.GOOD))
    assert not await opinions(room.state)


@scenario
async def test_a_command_is_answered(room: Room) -> None:
    """What it has to say is shown."""
    replica = await room.start()
    await replica.take(Command("ping", "once", asker="ann"))
    assert room.transcript == ["0 /ping: pong once"]


@scenario
async def test_a_command_says_how_it_gets_on(room: Room) -> None:
    """Each text takes the place of the one before."""
    replica = await room.start()
    await replica.take(Command("work", asker="ann"))
    assert room.transcript == [
        "0 /work: none done",
        "0 /work again: half done",
        "0 /work again: all done",
    ]


@scenario
async def test_a_reply_that_cannot_be_replaced(room: Room) -> None:
    """What was first said and what is last said are shown, and nothing between."""
    replica = await room.start()
    await replica.take(Command("toil", asker="ann"))
    assert room.transcript == ["0 /toil: none done", "0 /toil: all done"]


@scenario
async def test_a_command_that_cannot_be_done_is_answered_too(room: Room) -> None:
    """Its sentence is shown to who gave it."""
    replica = await room.start()
    await replica.take(Command("pong", asker="ann"))
    assert room.transcript == ["0 /pong: There is no /pong: try /ping."]


@scenario
async def test_a_command_that_fails_by_a_defect(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Who gave it is told so, and the log has the defect; it is not done again."""
    replica = await room.start()
    await replica.take(Command("crash", asker="ann"))
    assert room.transcript == [
        "0 /crash: A defect in Footnote ended this command: the log says more."
    ]
    assert "a defect" in caplog.text


@scenario
async def test_a_reply_that_cannot_be_shown(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """The command is done and not done again; the log says that nobody saw its reply."""
    replica = await room.start()
    room.chat.away = True
    await replica.take(Command("ping", asker="ann"))
    assert "The reply to /ping could not be shown: the connection broke" in caplog.text
    assert not room.transcript
