"""What becomes of the reply of a person who was asked."""

from __future__ import annotations

from typing import Any

import pytest

from footnote.bot.feedback import forget, opinions
from footnote.bot.inbox.said import BY
from footnote.bot.platforms.base import Deleted, Replied, UnheardError
from footnote.bot.records import answer_from_json
from tests.bot.inbox.chat import LOST, Trouble
from tests.bot.inbox.kit import Replica, Room, question, scenario

BY_CAROL = BY.format("Carol")


def replied(text: str, revision: int = 0) -> Replied:
    """What Carol says of q1."""
    return Replied("r1", "q1", "carol", "Carol", text, revision)


async def answered(room: Room, **options: Any) -> Replica:
    """A replica by which q1 was answered."""
    replica = await room.start(**options)
    await replica.take(question("q1", place="t"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    return replica


async def kept(room: Room) -> list[str]:
    """What is kept as corrections."""
    return [opinion.correction for opinion in await opinions(room.state)]


@scenario
async def test_it_is_brought_once(room: Room) -> None:
    """However often it comes; nothing is searched for it, and the next question follows up on it.

    An edit replaces it, and one that comes late changes nothing.
    """
    replica = await answered(room)
    await replica.take(replied("30 days."), replied("30 days."))
    assert await room.end("r1") == ("answered", f"30 days. {BY_CAROL} (end)")
    await replica.take(replied("31 days.", 2), replied("30 days.", 1), replied("30 days."))
    assert await room.end("r1") == ("answered", f"31 days. {BY_CAROL} (end)")
    assert await kept(room) == ["31 days."]
    await replica.take(question("q2", place="t"))
    await room.end("q2")
    assert [asked.text for asked in room.begun] == ["q1", "q2"]
    turns = room.begun[-1].conversation.turns
    assert [turn.answer for turn in turns] == ["About q1.", "31 days."]
    reply = await room.state.queue.kept("r1")
    assert reply is not None
    assert not answer_from_json(reply.body).question.conversation.turns


@scenario
async def test_it_is_deleted(room: Room) -> None:
    """It goes and is kept no longer, also where it comes again after that."""
    replica = await answered(room)
    await replica.take(replied("30 days."))
    await room.end("r1")
    await replica.take(Deleted("r1"), replied("30 days."))
    assert await room.end("r1") == ("withdrawn",)
    assert await kept(room) == []


@scenario
async def test_its_question_is_deleted(room: Room) -> None:
    """It goes with the answer."""
    replica = await answered(room)
    await replica.take(replied("30 days."))
    await room.end("r1")
    await replica.take(Deleted("q1"))
    assert await room.end("r1") == ("withdrawn",)
    assert not room.chat.messages


@scenario
async def test_its_question_is_forgotten(room: Room) -> None:
    """What comes after that is not kept, and its author is told."""
    replica = await answered(room)
    await replica.take(replied("30 days."))
    await room.end("r1")
    await forget(room.state, "q1")
    await forget(room.state, "r1")
    assert await kept(room) == []
    with pytest.raises(UnheardError):
        await replica.take(replied("31 days.", 1))
    assert await kept(room) == []


@scenario
async def test_it_comes_while_the_queue_is_full(room: Room) -> None:
    """It is brought all the same: it takes nobody's time."""
    room.answers["busy"] = [600.0, "Done."]
    replica = await answered(room, workers=1, queue_limit=1)
    for number in range(2):
        await replica.take(question(f"b{number}", "busy"))
        await room.at(10 + number)
    assert await room.state.queue.waiting() == 1
    await replica.take(replied("30 days."))
    assert await room.end("r1") == ("answered", f"30 days. {BY_CAROL} (end)")


@scenario
async def test_another_replica_brings_it(room: Room) -> None:
    """Where the one that took it shuts down before anybody knows whether it was sent."""
    first = await answered(room, grace_s=0.0)
    room.chat.troubles.append(Trouble(LOST, lands_s=5.0))
    await first.take(replied("30 days."))
    await room.at(3)
    await first.stop()
    await room.start("b")
    assert await room.end("r1") == ("answered", f"30 days. {BY_CAROL} (end)")
    assert len(room.chat.messages) == 2
