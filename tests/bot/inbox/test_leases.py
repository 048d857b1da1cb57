"""What happens to an answer while nobody knows whose it is."""

from __future__ import annotations

import pytest

from footnote.bot.state.entries import Sent
from tests.bot.inbox.dead import accepted, begun
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_nothing_is_sent_while_the_lease_may_be_anothers(room: Room) -> None:
    """Soon after the state went away nothing is sent; the answer is made on and shown later."""
    room.answers["q1"] = [2.0, "One.", 2.0, "Two.", 4.0, "Three.", 2.0, "Four.", 30.0]
    room.chat.blocks = 4
    replica = await room.start(renew_s=3.0, send_s=6.0)
    await replica.take(question("q1"))
    await room.at(2.5)
    replica.link.away = True
    await room.at(19.5)
    replica.link.away = False
    assert await room.end("q1") == ("answered", "One. Two. Three. Four. (end)")
    assert len(room.begun) == 1
    assert room.transcript == [
        "2 posted m1: One.",
        "4 changed m1: One. Two.",
        "20 changed m1: One. Two. Three.",
        "21 changed m1: One. Two. Three. Four.",
        "40 changed m1: One. Two. Three. Four. (end)",
    ]


@scenario
async def test_an_answer_that_ends_while_the_state_is_away(room: Room) -> None:
    """It waits for the state, and is then shown and put on record as usual."""
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(0.5)
    replica.link.away = True
    await room.at(25)
    assert not room.chat.tries
    replica.link.away = False
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert len(room.begun) == 1


@scenario
async def test_a_lease_that_ran_out_is_still_good_while_nobody_else_took_it(room: Room) -> None:
    """With one replica, an answer outlives any absence of the state."""
    room.answers["q1"] = [1.0, "One.", 200.0, "Two."]
    replica = await room.start(lease_s=30.0)
    await replica.take(question("q1"))
    await room.at(2)
    replica.link.away = True
    await room.at(150)
    replica.link.away = False
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert len(room.begun) == 1


@scenario
async def test_who_was_taken_over_from_stops(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """The other replica finishes the same message, and the first does nothing more to it."""
    room.answers["q1"] = [1.0, "One.", 70.0, "Two.", 1.0, "Three.", 1.0, "Four."]
    first = await room.start("a", lease_s=30.0)
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(2)
    first.link.away = True
    await room.at(50)
    first.link.away = False
    caplog.set_level("INFO")
    assert await room.end("q1") == ("answered", "One. Two.", "Three. Four. (end)")
    assert "Question q1 was taken over by another worker." in caplog.text
    assert len(room.begun) == 2
    assert room.transcript == [
        "1 posted m1: One.",
        "46 changed m1: One.",
        "101 changed m1: One. Two.",
        "102 posted m2: Three.",
        "103 changed m2: Three. Four. (end)",
    ]
    await second.take(question("q2"))
    assert await room.end("q2") == ("answered", "About q2. (end)")


@scenario
async def test_a_dead_workers_message_is_finished(room: Room) -> None:
    """Its successor waits until nothing of it can still arrive, and goes on in its message."""
    asked = question("q1")
    await accepted(room, asked)
    lease = await begun(room)
    message = room.chat.land(asked, "One.", "q1#0")
    await room.state.queue.record(lease, [Sent("q1#0", message)])
    await room.start(send_s=6.0)
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["0 posted m1: One.", "46 changed m1: About q1. (end)"]


@scenario
async def test_a_message_that_a_dead_worker_sent_unseen_is_finished(room: Room) -> None:
    """One of which only its key was put on record is looked for, and found."""
    asked = question("q1")
    await accepted(room, asked)
    lease = await begun(room)
    await room.state.queue.record(lease, [Sent("q1#0")])
    room.chat.land(asked, "One.", "q1#0")
    await room.start()
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert list(room.chat.messages) == ["m1"]


@scenario
async def test_what_a_dead_worker_did_not_send_is_sent(room: Room) -> None:
    """One that died between the record and the send left no message: there is one in the end."""
    await accepted(room, question("q1"))
    lease = await begun(room)
    await room.state.queue.record(lease, [Sent("q1#0")])
    await room.start()
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["46 posted m1: About q1. (end)"]


@scenario
async def test_a_replica_that_starts_again_takes_back_what_it_held(room: Room) -> None:
    """Its own lease of the run before need not run out."""
    await accepted(room, question("q1"))
    await begun(room, "a")
    await room.start("a")
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["1 posted m1: About q1. (end)"]
