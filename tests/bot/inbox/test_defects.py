"""What a defect in a platform's code, or in what is behind the seams, does to questions."""

from __future__ import annotations

import pytest

from footnote.bot.conversations import conversation_key
from footnote.bot.state.entries import Filing
from tests.bot.inbox.chat import Trouble
from tests.bot.inbox.kit import Room, question, scenario

DEFECT = ZeroDivisionError("a defect")


@scenario
async def test_a_block_that_cannot_be_shown_by_a_defect(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is made on and shown; the log has the defect."""
    room.chat.troubles.append(Trouble(DEFECT))
    room.answers["q1"] = ["One.", 5.0, "Two.", 5.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert "a defect" in caplog.text
    assert len(room.begun) == 1


@scenario
async def test_an_end_that_cannot_be_shown_by_a_defect(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Another worker shows what was decided; the log has the defect."""
    room.chat.troubles.append(Trouble(DEFECT))
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert "a defect" in caplog.text
    assert len(room.begun) == 1


@scenario
async def test_a_status_that_cannot_be_told_by_a_defect(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Those who wait are told the next time."""
    room.chat.untold["q2"] = DEFECT
    room.answers["q1"] = [100.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    await room.at(30)
    room.chat.untold.clear()
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert "61 told q2: Yours is the next question…" in room.transcript
    assert "a defect" in caplog.text


@scenario
async def test_a_state_that_fails_by_a_defect(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """Questions are taken up again when the state works again."""
    replica = await room.start()
    replica.link.defect = DEFECT
    await room.at(10)
    replica.link.defect = None
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert "a defect" in caplog.text


@scenario
async def test_a_question_that_nobody_can_read(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends, and is not taken again for ever; the others of its thread go on."""
    unreadable = Filing("q1", conversation_key(question("q2", place="t")), "{}")
    await room.state.queue.accept(unreadable, limit=9, engaged_s=1.0)
    replica = await room.start()
    await replica.take(question("q2", place="t"))
    assert await room.end("q1") == ("failed",)
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert "Question q1 cannot be read" in caplog.text
