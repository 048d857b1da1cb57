"""What those are told whose question waits."""

from __future__ import annotations

from tests.bot.inbox.chat import LOST
from tests.bot.inbox.kit import Room, edited, question, scenario


@scenario
async def test_nobody_is_told_to_wait_whom_a_worker_waits_for(room: Room) -> None:
    """Where a worker is free, the asker sees the answer and no place in a queue."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["1 posted m1: About q1. (end)"]


@scenario
async def test_those_who_wait_are_told_their_place_and_when_it_changes(room: Room) -> None:
    """The place in the queue is told soon, and told again as it gets better; no more after that."""
    names = ["q1", "q2", "q3", "q4"]
    room.answers = {name: [8.0, "Done."] for name in names}
    replica = await room.start(workers=1)
    await replica.take(*map(question, names))
    for name in names:
        assert await room.end(name) == ("answered", "Done. (end)")
    told = [line for line in room.transcript if "told" in line]
    assert told == [
        "1 told q2: Yours is the next question…",
        "1 told q3: 1 question before yours…",
        "1 told q4: 2 questions before yours…",
        "11 told q3: Yours is the next question…",
        "11 told q4: 1 question before yours…",
        "21 told q4: Yours is the next question…",
    ]


@scenario
async def test_a_place_is_told_again_before_it_expires(room: Room) -> None:
    """A place that stays the same is told again each minute, for it would vanish otherwise."""
    room.answers["q1"] = [150.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert [line for line in room.transcript if "told" in line] == [
        "1 told q2: Yours is the next question…",
        "61 told q2: Yours is the next question…",
        "121 told q2: Yours is the next question…",
    ]


@scenario
async def test_nobody_is_told_to_wait_whose_answer_has_begun(room: Room) -> None:
    """However slow telling is, a place that was true a while ago is not told any more."""
    room.chat.latency_s = 2.0
    room.answers["q1"] = [2.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"), question("q3"))
    await room.at(1.5)
    await replica.take(edited("q2", "q2, better"))
    assert await room.end("q2") == ("answered", "About q2, better. (end)")
    told = [line for line in room.transcript if "told q2" in line or "told q3" in line]
    assert told == [
        "3 told q2: Yours is the next question…",
        "5 told q3: 1 question before yours…",
    ]


@scenario
async def test_waiting_goes_on_when_it_cannot_be_told(room: Room) -> None:
    """A status that cannot be told keeps nobody from the answer, nor others from their status."""
    room.answers["q1"] = [30.0, "Done."]
    replica = await room.start(workers=1)
    room.chat.untold["q2"] = LOST
    await replica.take(question("q1"), question("q2"), question("q3"))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert room.transcript == [
        "1 told q3: 1 question before yours…",
        "30 posted m1: Done. (end)",
        "31 told q3: Yours is the next question…",
        "31 posted m2: About q2. (end)",
        "32 posted m3: About q3. (end)",
    ]
