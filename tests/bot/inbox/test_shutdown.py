"""What a shutdown does to questions that have no outcome yet."""

from __future__ import annotations

import asyncio

from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_an_answer_that_ends_in_time_is_waited_for(room: Room) -> None:
    """A shutdown waits for answers that are being made, as long as the grace time is."""
    room.answers["q1"] = [1.0, "One.", 15.0, "Two."]
    replica = await room.start(grace_s=20.0)
    await replica.take(question("q1"))
    await room.at(5)
    await replica.stop()
    assert asyncio.get_running_loop().time() == 16
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.transcript == ["1 posted m1: One.", "16 changed m1: One. Two. (end)"]


@scenario
async def test_an_answer_that_takes_longer_is_handed_over(room: Room) -> None:
    """After the grace time another replica goes on at once, in the same message."""
    room.answers["q1"] = [1.0, "One.", 60.0, "Two."]
    first = await room.start("a", grace_s=20.0)
    await first.take(question("q1"))
    await room.at(4)
    second = await room.start("b")
    await room.at(4.5)
    await first.stop()
    assert asyncio.get_running_loop().time() == 24.5
    await second.take(question("q2"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert [asked.id for asked in room.begun] == ["q1", "q1", "q2"]
    assert room.transcript == [
        "1 posted m1: One.",
        "25.5 changed m1: One.",
        "25.5 posted m2: About q2. (end)",
        "85.5 changed m1: One. Two. (end)",
    ]


@scenario
async def test_the_next_start_takes_up_what_is_left(room: Room) -> None:
    """What waited, and what was not finished, is answered after the next start, in its order."""
    room.answers["q1"] = [1.0, "One.", 30.0, "Two."]
    replica = await room.start(workers=1, grace_s=5.0)
    await replica.take(question("q1", place="t"), question("q2", place="t"), question("q3"))
    await room.at(2)
    await replica.stop()
    assert [asked.id for asked in room.begun] == ["q1"]
    await room.at(100)
    await room.start(workers=1)
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert [asked.id for asked in room.begun] == ["q1", "q1", "q2", "q3"]
    posted = [line for line in room.transcript if "posted" in line]
    assert posted == [
        "1 posted m1: One.",
        "132 posted m2: About q2. (end)",
        "133 posted m3: About q3. (end)",
    ]


@scenario
async def test_a_send_that_was_cut_off_is_not_made_twice(room: Room) -> None:
    """The successor waits until it must have landed, and then adopts it."""
    room.chat.latency_s = 8.0
    room.answers["q1"] = ["One.", 4.0, "Two."]
    replica = await room.start(grace_s=2.0)
    await replica.take(question("q1"))
    await room.at(3)
    await replica.stop()
    await room.start()
    room.chat.latency_s = 0.0
    asyncio.get_running_loop().call_at(8.0, room.chat.land, question("q1"), "One.", "q1#0")
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert list(room.chat.messages) == ["m1"]
    assert room.transcript[0] == "8 posted m1: One."


@scenario
async def test_a_shutdown_ends_though_the_state_is_away(room: Room) -> None:
    """Nobody waits for ever; the question is answered when its lease has run out."""
    room.answers["q1"] = [1.0, "One.", 600.0, "Two."]
    replica = await room.start(grace_s=20.0)
    await replica.take(question("q1"))
    await room.at(2)
    replica.link.away = True
    await replica.stop()
    assert asyncio.get_running_loop().time() < 30
    room.answers["q1"] = [1.0, "One.", "Two."]
    await room.start("b")
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert list(room.chat.messages) == ["m1"]


@scenario
async def test_a_shutdown_with_nothing_to_do_is_over_at_once(room: Room) -> None:
    """Only work is worth waiting for."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    before = asyncio.get_running_loop().time()
    await replica.stop()
    assert asyncio.get_running_loop().time() == before


@scenario
async def test_a_start_without_the_state_can_be_stopped(room: Room) -> None:
    """It comes up, waits for the state, and ends when it is asked to."""
    stuck = await room.start(away=True)
    await room.at(30)
    await stuck.stop()
    replica = await room.start(away=True)
    await room.at(60)
    replica.link.away = False
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
