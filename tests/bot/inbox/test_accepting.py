"""What is taken in, and what is not."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.errors import UnavailableError
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_a_question_is_answered_once(room: Room) -> None:
    """A question gets one message with its answer, and that outcome on record."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["1 posted m1: About q1. (end)"]


@scenario
async def test_what_is_acknowledged_is_on_record(room: Room) -> None:
    """When taking a question returns, it is in the state: another replica finds it there."""
    replica = await room.start()
    await replica.take(question("q1"))
    replica.link.away = True
    assert await room.state.queue.waiting() == 1
    await room.start("b")
    assert await room.end("q1") == ("answered", "About q1. (end)")


@scenario
async def test_nothing_is_taken_while_the_state_is_away(room: Room) -> None:
    """A question is refused while the state cannot be written, and taken when it comes again."""
    replica = await room.start()
    replica.link.away = True
    with pytest.raises(UnavailableError, match="The state is away"):
        await replica.take(question("q1"))
    await room.at(60)
    assert await room.state.queue.idle()
    assert not room.begun
    replica.link.away = False
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")


@scenario
async def test_a_question_that_comes_again_is_one_question(room: Room) -> None:
    """It may come again while it waits, while it is answered and when it has its answer."""
    replica = await room.start()
    await asyncio.gather(replica.take(question("q1")), replica.take(question("q1")))
    await room.at(0.5)
    await replica.take(question("q1"))
    await room.end("q1")
    await replica.take(question("q1"))
    await room.at(30)
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert len(room.begun) == len(room.chat.messages) == 1


@scenario
async def test_who_is_not_addressed_answers_only_where_engaged(room: Room) -> None:
    """Without a mention it is a question only in a thread where one with a mention came before."""
    replica = await room.start(engaged_s=100.0)
    await replica.take(question("q1", place="t", mentioned=False))
    assert await room.state.queue.idle()
    await replica.take(question("q2", place="t"), question("q3", place="t", mentioned=False))
    await replica.take(question("q4", place="u", mentioned=False))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert await room.end("q3") == ("answered", "About q3. (end)")
    await room.at(200)
    await replica.take(question("q5", place="t", mentioned=False))
    assert await room.state.queue.idle()
    assert [asked.id for asked in room.begun] == ["q2", "q3"]


@scenario
async def test_nothing_is_taken_during_a_shutdown(room: Room) -> None:
    """From the moment that a shutdown was asked for, what people do is refused."""
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(0.5)
    stopped = replica.stop()
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError, match=r"^Footnote is shutting down: ask again in"):
        await replica.take(question("q2"))
    await stopped
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert await room.state.queue.kept("q2") is None
