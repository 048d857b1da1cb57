"""Who an answer is made for: those who read along when it is made."""

from __future__ import annotations

import pytest

from footnote.bot.audience import Audience
from footnote.retrieval.readers import EVERYONE
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_who_joined_while_it_waited_counts(room: Room) -> None:
    """With somebody from outside in the channel by now, nothing is answered but what is theirs."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    await room.at(10)
    room.chat.joined = Audience(frozenset({"slack:C1"}), outsiders=True)
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    before, after = room.begun
    assert EVERYONE in before.readers.labels
    assert after.readers.labels == {"slack:C1"}


@scenario
async def test_nothing_is_answered_before_it_is_known_who_reads_along(room: Room) -> None:
    """An answer waits until the platform says so, and keeps no worker in the meantime."""
    replica = await room.start(workers=1)
    room.chat.away = True
    await replica.take(question("q1"))
    await room.at(3600)
    assert not room.begun
    room.chat.away = False
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert len(room.begun) == 1


@scenario
async def test_where_nobody_will_say_who_reads_along_nobody_may_see_anything(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer is made for readers without a label, and the log says why."""
    replica = await room.start()
    room.chat.closed = True
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered",)
    assert not room.begun[0].readers.labels
    assert "Nobody will say who reads along at question q1: the channel is" in caplog.text
