"""Every question's events end in exactly one answer."""

from __future__ import annotations

import pytest

from footnote.bot.answerer import AnswerOptions
from footnote.bot.generators.scripted import Failure, Hang, ScriptedGenerator, Step
from footnote.bot.outcomes import answer_events
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from footnote.models.errors import ModelError
from footnote.retrieval.errors import StoreError
from footnote.retrieval.search import Search
from tests.bot.parts import Parts, parts

SENTENCE = "Every employee gets 28 days of annual leave in a calendar year."
QUESTION = Question("q7", "how many days of annual leave does every employee get?")


async def _events(made: Parts, *script: Step) -> list[Event]:
    generator = ScriptedGenerator()
    generator.enqueue(*script)
    answerer = made.answerer(generator, AnswerOptions(timeout_s=0.2))
    return [event async for event in answer_events(answerer, QUESTION)]


def _answer(events: list[Event]) -> Answer:
    (answer,) = [event for event in events if isinstance(event, Answer)]
    assert events[-1] is answer
    return answer


async def test_an_answer_passes_through() -> None:
    """Where nothing goes wrong, nothing is changed."""
    async with parts() as made:
        answer = _answer(await _events(made, f"{SENTENCE} [1]"))
    assert (answer.outcome, answer.note) == (Outcome.ANSWERED, "")
    assert answer.text == f"{SENTENCE} [1]"


async def test_a_generator_that_fails_keeps_what_was_shown() -> None:
    """The note names the question, under which the log has the reason."""
    async with parts() as made:
        events = await _events(made, f"{SENTENCE} [1]\n\nMore of it", Failure("out of memory"))
    answer = _answer(events)
    assert answer.outcome is Outcome.FAILED
    assert answer.blocks == tuple(event for event in events if isinstance(event, Block))
    assert answer.text == f"{SENTENCE} [1]"
    assert "question q7" in answer.note
    assert "out of memory" not in answer.note


async def test_the_reason_of_a_failure_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """With the question's id, so that it can be found."""
    async with parts() as made:
        await _events(made, Failure("out of memory"))
    assert "q7" in caplog.text
    assert "out of memory" in caplog.text


async def test_an_answer_that_takes_too_long_names_the_setting() -> None:
    """Nobody waits for ever."""
    async with parts() as made:
        answer = _answer(await _events(made, Hang()))
    assert answer.outcome is Outcome.FAILED
    assert "timeout_s" in answer.note


@pytest.mark.parametrize(
    "error", [StoreError("The index is gone: sync again."), ModelError("It was closed: ask again.")]
)
async def test_errors_of_the_lower_packages_are_told_as_they_are(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """They are sentences for a person already."""

    async def find(*arguments: object, **options: object) -> None:
        del arguments, options
        raise error

    monkeypatch.setattr(Search, "find", find)
    async with parts() as made:
        answer = _answer(await _events(made, "never asked"))
    assert (answer.outcome, answer.note) == (Outcome.FAILED, str(error))


async def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its traceback."""

    async def find(*arguments: object, **options: object) -> None:
        del arguments, options
        raise ZeroDivisionError

    monkeypatch.setattr(Search, "find", find)
    async with parts() as made:
        with pytest.raises(ZeroDivisionError):
            await _events(made, "never asked")


async def test_closing_the_events_cancels_the_work() -> None:
    """A generator that hangs is closed at once."""
    generator = ScriptedGenerator()
    generator.enqueue(f"{SENTENCE} [1]\n\nMore of it", Hang())
    async with parts() as made:
        events = answer_events(made.answerer(generator), QUESTION)
        async for event in events:
            if isinstance(event, Block):
                break
        await events.aclose()
    assert generator.closed == 1
