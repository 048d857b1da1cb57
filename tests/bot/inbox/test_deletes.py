"""What becomes of an answer whose question is deleted."""

from __future__ import annotations

from footnote.bot.platforms.base import Cancelled, Deleted, Happening
from tests.bot.inbox.chat import LOST, Trouble
from tests.bot.inbox.kit import Room, edited, question, scenario


@scenario
async def test_deleted_while_it_waits(room: Room) -> None:
    """It ends at once without a message, and is never begun."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    await room.at(0.5)
    await replica.take(Deleted("q2"))
    await room.at(1)
    assert await _outcome(room, "q2") == "withdrawn"
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("withdrawn",)
    assert room.transcript == ["20 posted m1: Done. (end)"]


@scenario
async def test_deleted_while_it_is_answered(room: Room) -> None:
    """What was shown so far is removed, and nothing comes after it."""
    room.answers["q1"] = ["One.", "Two.", "Three.", 5.0, "Four."]
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(3)
    await replica.take(Deleted("q1"))
    await room.at(100)
    assert await room.end("q1") == ("withdrawn",)
    assert room.transcript == [
        "0 posted m1: One. Two.",
        "0 posted m2: Three.",
        "3 removed m2",
        "3 removed m1",
    ]


@scenario
async def test_deleted_by_way_of_another_replica(room: Room) -> None:
    """The replica that answers learns of it when it renews its lease."""
    room.answers["q1"] = ["One.", 600.0, "Two."]
    first = await room.start("a", renew_s=3.0)
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(4)
    await second.take(Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    assert room.transcript == ["0 posted m1: One.", "6 removed m1"]


@scenario
async def test_deleted_when_its_end_is_on_its_way(room: Room) -> None:
    """A final message that was sent already arrives, and is removed."""
    room.chat.latency_s = 4.0
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(3)
    await replica.take(Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    assert room.transcript == ["5 posted m1: About q1. (end)", "9 removed m1"]


@scenario
async def test_deleted_when_it_is_answered(room: Room) -> None:
    """Its messages go, and nothing is kept of what was asked and said, nor of its turn."""
    replica = await room.start()
    await replica.take(question("q1", place="t"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await replica.take(Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    kept = await room.state.queue.kept("q1")
    assert kept is not None
    assert not kept.body
    await replica.take(question("q2", place="t"))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert not room.begun[-1].conversation.turns


@scenario
async def test_nothing_comes_after_it(room: Room) -> None:
    """What is done to a question that was deleted, or comes again, changes nothing any more."""
    replica = await room.start()
    await replica.take(question("q1"), Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    late: list[Happening] = [question("q1"), edited("q1", "better"), Cancelled("q1"), Deleted("q1")]
    for number, happening in enumerate(late, start=1):
        await replica.take(happening)
        await room.at(100 * number)
        assert await room.end("q1") == ("withdrawn",)
    assert not room.chat.tries
    assert "better" not in [asked.text for asked in room.begun]


@scenario
async def test_a_question_that_comes_after_its_deletion_is_not_answered(room: Room) -> None:
    """Where events come in another order, the deletion counts."""
    replica = await room.start()
    await replica.take(Deleted("q1"), question("q1"))
    await room.at(60)
    assert await room.state.queue.idle()
    assert not room.begun
    assert not room.chat.messages


@scenario
async def test_a_message_that_may_have_landed_is_removed_too(room: Room) -> None:
    """Where a send's acknowledgement was lost, the message is looked for once it must be there."""
    room.chat.troubles.append(Trouble(LOST, lands_s=9.0))
    room.answers["q1"] = ["One.", 60.0]
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(1)
    await replica.take(Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    assert room.transcript == ["9 posted m1: One.", "10 removed m1"]


@scenario
async def test_the_next_of_the_thread_goes_on(room: Room) -> None:
    """A question that was deleted keeps nobody waiting."""
    room.answers["q1"] = [600.0]
    replica = await room.start()
    await replica.take(question("q1", place="t"), question("q2", place="t"))
    await room.at(3)
    await replica.take(Deleted("q1"))
    assert await room.end("q1") == ("withdrawn",)
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert room.transcript[-1] == "4 posted m1: About q2. (end)"


async def _outcome(room: Room, question_id: str) -> str:
    kept = await room.state.queue.kept(question_id)
    return kept.outcome.value if kept else ""
