"""What an asker sees when the answer cannot be made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.gate import Gate, GateView
from footnote.bot.generators.base import Generator, Prompt
from footnote.bot.inbox.worker import Answering
from footnote.bot.outcomes import answer_events
from footnote.bot.verifying.support import Verdict, Verifier
from footnote.retrieval.errors import StoreError
from footnote.retrieval.search import Search, SearchResult
from tests.bot.inbox.dead import accepted, begun
from tests.bot.inbox.kit import Room, question, scenario
from tests.simulator.answers import FOUND, SUPPORTED

DEFECT = "A defect in Footnote ended this answer (q1): the log says more. (end)"


@scenario
async def test_a_defect_before_the_first_block(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The asker gets a sentence with a reference, which the log has with the defect."""
    room.answers["q1"] = [1.0, ZeroDivisionError("scripted")]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("failed", DEFECT)
    assert "(q1)" in caplog.text
    assert "ZeroDivisionError: scripted" in caplog.text
    assert len(room.begun) == 1


@scenario
async def test_a_defect_after_the_first_block(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """What was shown stays, and the sentence comes behind it; a long id has a short reference."""
    asked = question("chat:C0123456789:1700000000.000100", "q1")
    room.answers["q1"] = [1.0, "One.", 2.0, TimeoutError()]
    replica = await room.start()
    await replica.take(asked)
    defect = DEFECT.replace("q1", asked.reference)
    assert await room.end(asked.id) == ("failed", f"One. {defect}")
    assert room.transcript == ["1 posted m1: One.", f"3 changed m1: One. {defect}"]
    assert asked.reference in caplog.text
    assert asked.id in caplog.text


@scenario
async def test_a_failure_is_the_failure_of_one_question(room: Room) -> None:
    """The next question of the same thread is answered."""
    room.answers["q1"] = [ZeroDivisionError()]
    replica = await room.start()
    await replica.take(question("q1", place="t"), question("q2", place="t"))
    assert await room.end("q1") == ("failed", DEFECT)
    assert await room.end("q2") == ("answered", "About q2. (end)")


@scenario
async def test_the_index_cannot_be_read(room: Room) -> None:
    """The asker is told what the index says."""
    room.answering = _answering(_Lost(), _Silent())
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("failed", "The index is away: start it. (end)")
    assert room.transcript == [
        "0 told q1: Searching the sources…",
        "1 posted m1: The index is away: start it. (end)",
    ]


@scenario
async def test_an_answer_takes_too_long(room: Room) -> None:
    """At the deadline it ends with the blocks that are there, and says so."""
    room.answering = _answering(_Lost(found=True), _Silent())
    replica = await room.start()
    await replica.take(question("q1"))
    outcome, message = await room.end("q1")
    assert outcome == "failed"
    assert message.startswith("Anything [1]. The answer took too long and was stopped (")
    assert message.endswith("q1): raise timeout_s below [answer], or ask for less at once. (end)")
    told, posted, changed = room.transcript
    assert told == "0 told q1: Searching the sources…"
    assert posted == "1 posted m1: Anything [1]."
    assert changed.startswith("41 changed m1: ")


@scenario
async def test_a_question_that_kills_its_workers_fails(room: Room) -> None:
    """One that was begun three times and never ended is not begun a fourth time."""
    await accepted(room, question("q1"))
    for _ in range(3):
        await begun(room)
        await asyncio.sleep(31)
    await room.start()
    outcome, message = await room.end("q1")
    assert outcome == "failed"
    assert message.startswith("The answer was interrupted too often (q1): ask again, and look ")
    assert not room.begun


@scenario
async def test_a_question_that_workers_let_go_of_does_not_fail(room: Room) -> None:
    """However often a shutdown ends its answer, it is not to blame for that."""
    room.answers["q1"] = [1.0, "One.", 60.0, "Two."]
    replica = await room.start(grace_s=0.0)
    await replica.take(question("q1"))
    for _ in range(5):
        await asyncio.sleep(5)
        await replica.stop()
        replica = await room.start(grace_s=0.0)
    assert await room.end("q1") == ("answered", "One. Two. (end)")


@scenario
async def test_a_question_that_lost_two_workers_is_answered(room: Room) -> None:
    """Two accidents may be others' fault."""
    await accepted(room, question("q1"))
    for _ in range(2):
        await begun(room)
        await asyncio.sleep(31)
    await room.start()
    assert await room.end("q1") == ("answered", "About q1. (end)")


class _Lost:
    """A search that cannot read the index, unless `found`."""

    def __init__(self, *, found: bool = False) -> None:
        self._found = found

    async def find(self, *arguments: object, **options: object) -> SearchResult:
        del arguments, options
        await asyncio.sleep(1.0)
        if not self._found:
            raise StoreError("The index is away: start it.")
        return FOUND


class _Open:
    """A gate that lets everything through, and a verifier that finds support for everything."""

    async def look(self, *arguments: object) -> GateView:
        del arguments
        return GateView({}, 1.0, passed=True)

    async def check(self, *arguments: object) -> Verdict:
        del arguments
        return SUPPORTED


class _Silent:
    """A generator that falls silent after the first block."""

    name = "silent"
    note = ""
    verbatim = False
    context_tokens = 4096
    prefill_rate = None
    decode_rate = None
    adapter = None

    async def generate(self, prompt: Prompt) -> AsyncIterator[str]:
        del prompt
        yield "Anything [1].\n\n"
        await asyncio.Event().wait()

    def read_already(self, prompt: Prompt) -> int:
        del prompt
        return 0

    async def count_tokens(self, messages: object) -> int:
        del messages
        return 1


def _answering(search: _Lost, generator: _Silent) -> Answering:
    answerer = Answerer(
        cast("Search", search),
        cast("Gate", _Open()),
        cast("Generator", generator),
        cast("Verifier", _Open()),
        AnswerOptions(timeout_s=40.0),
    )
    return lambda asked: answer_events(answerer, asked)
