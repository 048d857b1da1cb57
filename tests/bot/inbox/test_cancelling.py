"""What happens when somebody does not want to wait any longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote.bot.platforms.base import Cancelled, NotTheirsError
from tests.bot.inbox.kit import Room, Step, edited, question, scenario

SLOWLY: Sequence[Step] = [2.0, "One.", 2.0, "Two.", 2.0, "Three.", 2.0]


@scenario
async def test_cancelled_before_it_is_begun(room: Room) -> None:
    """A question that waits ends at once, though every worker is busy, and is never begun."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    await room.at(5)
    await replica.take(Cancelled("q2"))
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("cancelled", "Cancelled. (end)")
    assert room.transcript == [
        "1 told q2: Yours is the next question…",
        "5 posted m1: Cancelled. (end)",
        "20 posted m2: Done. (end)",
    ]
    assert [asked.id for asked in room.begun] == ["q1"]


@scenario
async def test_cancelled_before_the_question_before_it(room: Room) -> None:
    """Who cancels does not wait for those who asked earlier in the same thread."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start()
    await replica.take(question("q1", place="t"), question("q2", place="t"))
    await room.at(5)
    await replica.take(Cancelled("q2"))
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("cancelled", "Cancelled. (end)")
    assert "5 posted m1: Cancelled. (end)" in room.transcript


@scenario
async def test_cancelled_while_it_is_answered(room: Room) -> None:
    """On the same replica it ends at once, and the blocks that were shown stay."""
    room.answers["q1"] = SLOWLY
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(5)
    await replica.take(Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "One. Two. Cancelled. (end)")
    assert room.transcript == [
        "2 posted m1: One.",
        "4 changed m1: One. Two.",
        "5 changed m1: One. Two. Cancelled. (end)",
    ]


@scenario
async def test_cancelled_while_a_block_is_sent(room: Room) -> None:
    """What is on its way arrives, and the end comes right behind it."""
    room.chat.latency_s = 0.5
    room.answers["q1"] = SLOWLY
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(4.25)
    await replica.take(Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "One. Two. Cancelled. (end)")
    assert room.transcript == [
        "2.5 posted m1: One.",
        "4.5 changed m1: One. Two.",
        "5 changed m1: One. Two. Cancelled. (end)",
    ]


@scenario
async def test_cancelled_by_way_of_another_replica(room: Room) -> None:
    """The replica that answers learns of it before it shows another block."""
    room.answers["q1"] = SLOWLY
    first = await room.start("a", renew_s=3.0)
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(3.5)
    await second.take(Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "One. Two. Cancelled. (end)")
    assert room.transcript == ["2 posted m1: One.", "4 changed m1: One. Two. Cancelled. (end)"]


@scenario
async def test_cancelled_by_way_of_another_replica_between_two_blocks(room: Room) -> None:
    """Where no block comes, it takes no longer than from one renewal to the next."""
    room.answers["q1"] = [2.0, "One.", 600.0, "Two."]
    first = await room.start("a", renew_s=3.0)
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(9.5)
    await second.take(Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "One. Cancelled. (end)")
    assert room.transcript == ["2 posted m1: One.", "12 changed m1: One. Cancelled. (end)"]


@scenario
async def test_cancelled_after_the_end(room: Room) -> None:
    """An answer that is there stays as it is."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await replica.take(Cancelled("q1"))
    await room.at(60)
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert len(room.chat.tries) == 1


@scenario
async def test_cancelled_twice(room: Room) -> None:
    """Who cancels again changes nothing."""
    room.answers["q1"] = SLOWLY
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(3)
    await replica.take(Cancelled("q1"), Cancelled("q1"))
    await room.at(60)
    await replica.take(Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "One. Cancelled. (end)")


@scenario
async def test_edited_and_cancelled_at_once(room: Room) -> None:
    """What was shown of the answer to the old question is no part of the end of the new one."""
    room.answers["q1"] = [2.0, "One.", 600.0]
    first = await room.start("a")
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(4)
    await second.take(edited("q1", "q1, better"), Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "Cancelled. (end)")


@scenario
async def test_what_nobody_asked_cannot_be_cancelled(room: Room) -> None:
    """An unknown question is nothing to cancel, and may still be asked."""
    replica = await room.start()
    await replica.take(Cancelled("q1"), question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")


@scenario
async def test_cancelled_by_somebody_else(room: Room) -> None:
    """Who has not asked cancels nothing; who names nobody may, and so may the one who asked."""
    room.answers["q1"] = SLOWLY
    room.answers["q2"] = SLOWLY
    replica = await room.start()
    await replica.take(replace(question("q1"), asker="alice"))
    await replica.take(replace(question("q2"), asker="alice"))
    await room.at(1)
    for question_id in ("q1", "q2"):
        with pytest.raises(NotTheirsError):
            await replica.take(Cancelled(question_id, "bob"))
    await replica.take(Cancelled("q1", "alice"), Cancelled("q2"))
    assert (await room.end("q1"))[0] == "cancelled"
    assert (await room.end("q2"))[0] == "cancelled"
    await replica.take(Cancelled("q1", "bob"))
