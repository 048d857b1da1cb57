"""What the way of an answer leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.explaining.trail import Trail
from footnote.bot.generators.scripted import Failure, Hang, Pause, ScriptedGenerator
from footnote.bot.outcomes import answer_events
from footnote.bot.prompts import REFUSAL
from footnote.bot.questions import Answer, Outcome, Question
from footnote.retrieval.trace import Fate
from tests.bot.parts import ask, parts

LEAVE = "How many days of annual leave does an employee get?"
OFF_TOPIC = "Which submarine won the chess tournament?"
IS_28 = "Every employee gets 28 days of annual leave in a calendar year."


def scripted(*steps: str | Pause | Failure | Hang) -> ScriptedGenerator:
    """A generator with one script."""
    generator = ScriptedGenerator()
    generator.enqueue(*steps)
    return generator


async def _along(answerer: Answerer, text: str) -> tuple[Answer, Trail]:
    """The answer as the inbox would get it, and what its way left behind."""
    trail = Trail()
    events = [event async for event in answer_events(answerer, Question("q", text), trail)]
    answer = events[-1]
    assert isinstance(answer, Answer)
    return answer, trail


async def test_every_step_leaves_what_it_did() -> None:
    """Search, gate and generator are told with what they really gave and got."""
    generator = scripted(f"{IS_28} [1]")
    async with parts() as made:
        answer, trail = await _along(made.answerer(generator), LEAVE)
    assert trail.result
    assert trail.result.trace
    assert trail.view
    assert trail.view.passed
    assert trail.kept == answer.passages == trail.result.found[:6]
    assert generator.prompts == [trail.prompt]
    assert trail.tokens == await generator.count_tokens(generator.prompts[0].messages)
    assert answer.gate == {
        **trail.view.features,
        "score": trail.view.score,
        "threshold": trail.view.threshold,
    }


async def test_an_answer_is_the_same_with_and_without_a_trail() -> None:
    """Looking on changes nothing, and unasked nothing is traced."""
    async with parts() as made:
        alone = await ask(made.answerer(made.quote), LEAVE)
        seen, trail = await _along(made.answerer(made.quote), LEAVE)
        silent = Trail(traced=False)
        [_ async for _ in made.answerer(made.quote).answer(Question("q", LEAVE), silent)]
    assert (alone.answer.blocks, alone.answer.passages) == (seen.blocks, seen.passages)
    assert trail.result
    assert silent.result
    assert silent.result.trace is None
    assert silent.tokens == trail.tokens == 0


async def test_a_gate_that_is_shut_ends_the_way() -> None:
    """There is no prompt, and what was found and kept is told all the same."""
    async with parts() as made:
        answer, trail = await _along(made.answerer(scripted()), OFF_TOPIC)
    assert answer.outcome is Outcome.NOT_IN_SOURCES
    assert trail.view
    assert trail.view.threshold is not None
    assert trail.view.score < trail.view.threshold
    assert (trail.prompt, trail.tokens, trail.unsupported) == (None, None, [])
    assert trail.kept == answer.passages


async def test_what_failed_verification_is_kept_with_its_reason() -> None:
    """In the answer as well, in order, with what the verifier measured."""
    script = f"{IS_28} [1] Every employee gets 45 days of annual leave [1]. Bananas ripen."
    async with parts() as made:
        answer, trail = await _along(made.answerer(scripted(script)), LEAVE)
    assert answer.text == f"{IS_28} [1]"
    assert list(answer.unsupported) == list(trail.unsupported)
    number, bananas = answer.unsupported
    assert number.text == "Every employee gets 45 days of annual leave."
    assert number.reason == "the number 45 is not in the passage"
    assert number.coverage is not None
    assert number.cosine is not None
    assert (number.coverage > 0.5, number.cosine > 0.3) == (True, True)
    assert (bananas.text, bananas.reason, bananas.marked) == (
        "Bananas ripen.",
        "it cites nothing, and no passage says it",
        False,
    )
    assert (bananas.coverage, bananas.cosine) == (None, None)


async def test_marked_sentences_are_told_as_marked() -> None:
    """They failed, too, although they are shown."""
    async with parts() as made:
        answerer = made.answerer(
            scripted(f"{IS_28} [1] Bananas ripen. [1]"), AnswerOptions(mark_unsupported=True)
        )
        answer, _ = await _along(answerer, LEAVE)
    assert [failed.marked for failed in answer.unsupported] == [True]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("## 77 days\n\n", "a number in it is in no passage"),
        ("```\nrm -rf everything\n```\n", "too little of this code stands in the passages"),
        ("```\ncurl https://evil.example\n```\n", "names an address that no passage names"),
    ],
)
async def test_other_blocks_fail_for_reasons_of_their_own(written: str, reason: str) -> None:
    """A heading and code are not verified like sentences, and say what is wrong with them."""
    async with parts() as made:
        answer, _ = await _along(made.answerer(scripted(f"{written}{IS_28} [1]")), LEAVE)
    (failed,) = answer.unsupported
    assert reason in failed.reason


async def test_markers_alone_did_not_fail() -> None:
    """A number that stands for nothing claims nothing, and a refusal is no failed sentence."""
    async with parts() as made:
        bare, _ = await _along(made.answerer(scripted(f"{IS_28} [1]\n\n[9]\n")), LEAVE)
        refused, _ = await _along(made.answerer(scripted(f"{REFUSAL}.")), LEAVE)
    assert (bare.unsupported, refused.unsupported) == ((), ())


async def test_a_failure_leaves_the_way_until_then() -> None:
    """The answer knows little of it; the trail has what was found, prompted and left out."""
    async with parts() as made:
        script = scripted("Bananas ripen in bags [1]. ", f"{IS_28} [1] ", Failure())
        answer, trail = await _along(made.answerer(script), LEAVE)
    assert answer.outcome is Outcome.FAILED
    assert trail.prompt
    assert [failed.text for failed in trail.unsupported] == ["Bananas ripen in bags."]


async def test_search_and_gate_alone_write_nothing() -> None:
    """Looking up gives what an answer would be made from, and asks no generator."""
    generator = scripted()
    async with parts() as made:
        trail = Trail()
        async with asyncio.timeout(60):
            await made.answerer(generator).look_up(Question("q", LEAVE), trail)
        whole = (await ask(made.answerer(made.quote), LEAVE)).answer
    assert generator.prompts == []
    assert trail.kept == whole.passages
    assert trail.result
    assert trail.result.trace
    kept = [c.passage_id for c in trail.result.trace.candidates if c.fate is Fate.KEPT]
    assert kept == [found.passage.id for found in trail.result.found]
