"""Explanations: they tell what was really done, and only what is known."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from rich.console import Console

from footnote.bot.answerer import AnswerOptions
from footnote.bot.explaining.explanation import (
    NO_THRESHOLD,
    SPARE,
    Explanation,
    GateStep,
    explained,
    recalled,
)
from footnote.bot.explaining.runs import names_a_question
from footnote.bot.explaining.trail import Trail
from footnote.bot.explaining.view import shown
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.outcomes import answer_events
from footnote.bot.prompts import REFUSAL
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Unsupported
from footnote.bot.turns import Conversation, Turn
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC, Readers
from footnote.retrieval.search import Found, Query, SearchResult
from footnote.retrieval.trace import Candidate, Fate, SearchTrace
from tests.bot.parts import Parts, ask, parts, passage_of
from tests.library import HANDBOOK, Page
from tests.properties import holds_for

LEAVE = "How many days of annual leave does an employee get?"
OFF_TOPIC = "Which submarine won the chess tournament?"
IS_28 = "Every employee gets 28 days of annual leave in a calendar year."
QUESTIONS = (
    LEAVE,
    "What may a hotel cost a night?",
    "Who orders a new laptop?",
    "places for bicycles",
    OFF_TOPIC,
    "laptop hotel leave receipts",
)
LABELS = ("everyone", "group:hr", "slack:C1")
MORE = tuple(
    Page(f"room{n}", f"# Room {n}\n\nA hotel laptop of room {n} costs {n} days of leave.\n")
    for n in range(4)
)


async def _explained(
    made: Parts,
    question: Question,
    options: AnswerOptions | None = None,
    generator: ScriptedGenerator | None = None,
) -> tuple[Explanation, Answer]:
    trail = Trail()
    answerer = made.answerer(generator or made.quote, options)
    answers = [
        event
        async for event in answer_events(answerer, question, trail)
        if isinstance(event, Answer)
    ]
    assert trail.result
    assert trail.result.trace
    ids = [candidate.passage_id for candidate in trail.result.trace.candidates]
    passages = await made.library.store.passages(ids, question.readers)
    return explained(question, trail, passages, answers[0], context_tokens=500), answers[0]


def _printed(explanation: Explanation, width: int = 80, candidates: int = 12) -> str:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as captured:
        for part in shown(explanation, datetime.now(UTC), candidates):
            console.print(part)
    return captured.get()


def _scripted(text: str) -> ScriptedGenerator:
    generator = ScriptedGenerator()
    generator.enqueue(text)
    return generator


@holds_for(
    st.sampled_from(QUESTIONS),
    st.lists(st.sampled_from(QUESTIONS), max_size=2),
    st.integers(1, 10),
    st.frozensets(st.sampled_from(LABELS), max_size=2),
    examples=25,
)
def test_the_kept_are_those_that_the_answer_used(
    text: str, before: list[str], passages: int, labels: frozenset[str]
) -> None:
    """For any question, conversation, readers and number of passages, and no others."""

    async def holds() -> None:
        audiences = {"handbook": frozenset({"everyone"}), "people": frozenset({"group:hr"})}
        secret = replace(MORE[0], name="secret", source="people")
        turns = Conversation(tuple(Turn(asked, "So it is.") for asked in before))
        question = Question("q", text, readers=Readers(labels), conversation=turns)
        async with parts((*HANDBOOK, *MORE, secret), audiences=audiences) as made:
            told, answer = await _explained(made, question, AnswerOptions(passages=passages))
        kept = [row for row in told.rows if row.kept]
        used = {found.passage.id: found.score for found in answer.passages}
        assert {row.passage_id: row.final for row in kept} == used
        if told.prompt:
            assert told.prompt.passages == tuple(used)
            assert {row.number: row.passage_id for row in kept} == dict(enumerate(used, start=1))
        else:
            assert {row.number for row in told.rows} <= {None}
        cited = {citation.passage.id for citation in answer.citations}
        assert cited <= {row.passage_id for row in kept}
        assert all(row.passage for row in told.rows)
        assert [row.rank for row in told.rows] == list(range(1, len(told.rows) + 1))
        assert bool(told.prompt) == bool(told.gate and told.gate.passed)
        later = {row.passage_id: row for row in recalled(answer, 1.0).rows}
        assert later == {
            row.passage_id: replace(row, fused=None, rank=later[row.passage_id].rank)
            for row in kept
        }
        assert max(map(len, _printed(told).splitlines())) <= 80

    asyncio.run(holds())


async def test_what_was_found_but_not_used_is_told() -> None:
    """It stands behind those that an answer is made from; what was not found was outranked."""
    async with parts((*HANDBOOK, *MORE)) as made:
        told, _ = await _explained(made, Question("q", LEAVE), AnswerOptions(passages=2))
    fates = [row.fate for row in told.rows]
    assert (fates.count(Fate.KEPT), fates.count(SPARE)) == (2, 6)
    assert SPARE not in {row.fate for row in told.rows if row.kept}
    assert "found, not used" in _printed(told)


async def test_the_rule_of_the_gate_adds_up() -> None:
    """Features times weights and the bias are the score that is compared."""
    async with parts() as made:
        told, _ = await _explained(made, Question("q", LEAVE))
    gate = told.gate
    assert gate
    total = gate.bias + sum(w * gate.features[name] for name, w in gate.weights.items())
    assert gate.score == pytest.approx(total)
    assert gate.threshold == -0.5
    printed = _printed(told)
    assert f"score {gate.score:.2f} ≥ threshold -0.50" in printed
    assert f"{gate.weights['bm25'] * gate.features['bm25']:+.2f}" in printed


async def test_a_prompt_is_told_with_its_tokens_and_turns() -> None:
    """What the generator says it takes, of what it has."""
    question = Question(
        "q", LEAVE, conversation=Conversation((Turn("What of annual leave?", "It is given."),))
    )
    generator = _scripted(f"{IS_28} [1]")
    async with parts() as made:
        told, _ = await _explained(made, question, generator=generator)
    assert told.prompt
    assert told.prompt.tokens == await generator.count_tokens(generator.prompts[0].messages)
    assert f"1 earlier turn, {told.prompt.tokens:,} of 500 tokens" in _printed(told)
    assert told.query == question.conversation.query(LEAVE).weighted


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (f"{REFUSAL}.", "The gate was passed, but scripted found no answer in the passages."),
        ("Bananas ripen [1].", "Nothing that scripted wrote is supported by the passages."),
    ],
)
async def test_an_answer_that_is_none_says_whose_doing_it_is(written: str, why: str) -> None:
    """The gate is not blamed for what the generator or the verifier did; nor is it when kept."""
    async with parts() as made:
        told, answer = await _explained(made, Question("q", LEAVE), generator=_scripted(written))
    assert answer.outcome is Outcome.NOT_IN_SOURCES
    assert told.why == recalled(answer, 1.0).why == why


async def test_nothing_found_is_told() -> None:
    """An empty index gives no rows, a score of minus infinity, and a sentence."""
    async with parts(()) as made:
        told, answer = await _explained(made, Question("q", LEAVE))
    assert told.gate
    assert told.gate.score == -math.inf
    assert told.rows == ()
    assert told.why == recalled(answer, 1.0).why == "Nothing was found that these readers may see."
    assert "score -inf < threshold -0.50" in _printed(told)


async def test_an_older_record_says_what_it_lacks() -> None:
    """Without a threshold nobody can tell whether the gate was passed, and it is not guessed."""
    async with parts() as made:
        answer = (await ask(made.answerer(made.quote), OFF_TOPIC)).answer
    old = {name: value for name, value in answer.gate.items() if name != "threshold"}
    told = recalled(replace(answer, gate=old), 1.0)
    assert told.gate
    assert told.gate.passed is None
    assert NO_THRESHOLD in told.not_kept
    assert "threshold" not in told.gate.features
    assert told.why == "Whether the gate or the generator found no answer is not kept."
    assert "the threshold is not known" in _printed(told)
    assert NO_THRESHOLD not in recalled(answer, 1.0).not_kept


def _result(*candidates: Candidate) -> Trail:
    passages = {c.passage_id: passage_of("Words.", c.passage_id) for c in candidates}
    found = tuple(
        Found(replace(passages[c.passage_id], id=c.passage_id), c.final, c.lexical, c.cosine)
        for c in candidates
        if c.fate is Fate.KEPT
    )
    trace = SearchTrace(("What?",), ("what",), 3, 3, 0.5, candidates)
    result = SearchResult(Query("What?"), None, found, 0.5, None, trace)  # type: ignore[arg-type]  # the vector plays no part
    return Trail(result=result, kept=found)


def test_every_fate_has_words() -> None:
    """A candidate that was cut for another one names it by its rank."""
    candidates = [
        Candidate(fate.value, "docs:a", 1.0, 0.5, 0.5, 1.0 - place / 10, fate, "kept")
        for place, fate in enumerate(Fate)
    ]
    printed = _printed(explained(Question("q", "What?"), _result(*candidates), ()), 120)
    for words in ("kept", "outranked", "says the same as 1", "is part of 1", "too much like 1"):
        assert words in printed
    assert "gone by now" in printed


def test_a_passage_made_of_several_is_a_row() -> None:
    """What was found and was no candidate is kept all the same, by its score."""
    trail = _result(Candidate("a", "docs:a", 1.0, 0.5, 0.5, 0.5, Fate.KEPT))
    assert trail.result
    merged = Found(replace(passage_of("Both.", "m"), id="m"), 0.9, 2.0, 0.6)
    result = replace(trail.result, found=(merged, *trail.result.found))
    told = explained(Question("q", "What?"), Trail(result=result, kept=result.found), ())
    assert [(row.rank, row.passage_id, row.kept) for row in told.rows] == [
        (1, "m", True),
        (2, "a", True),
    ]


def _many() -> Iterator[Candidate]:
    for place in range(30):
        fate = Fate.KEPT if place in {0, 25} else Fate.OUTRANKED
        yield Candidate(f"p{place}", f"docs:{place}", 1.0, 0.5, 0.5, 1.0 - place / 100, fate)


def test_as_many_candidates_are_shown_as_asked_for() -> None:
    """The kept ones are shown in any case, and the others are counted."""
    told = explained(Question("q", "What?"), _result(*_many()), ())
    few = _printed(told, candidates=3)
    assert [row for row in ("docs:2", "docs:3") if row in few] == ["docs:2"]
    assert "P25" in few
    assert "and 26 more below 0.970" in few
    assert "more below" not in _printed(told, candidates=30)


def test_passages_of_cut_candidates_are_named() -> None:
    """By their title where they are still there, else by their document."""
    there: Passage = replace(passage_of("Words.", "p7"), id="p7")
    told = explained(Question("q", "What?"), _result(*_many()), (there,))
    assert {row.passage_id for row in told.rows if row.passage} == {"p0", "p7", "p25"}


def test_an_id_is_told_from_a_question() -> None:
    """One word of ASCII without a question mark is an id."""
    for name in ("3f9a0c12bd44", "slack:T1:C9:1711111111.000100", "1234567890123456789"):
        assert names_a_question(name)
    for question in ("vacation?", "who is it", "who\nis", "有給休暇"):
        assert not names_a_question(question)


def test_a_gate_without_a_threshold_is_neither_passed_nor_not() -> None:
    """A score at the threshold passes, as it does in the gate."""
    assert GateStep({}, 1.0, None).passed is None
    assert GateStep({}, 1.0, 1.0).passed is True
    assert GateStep({}, 0.9, 1.0).passed is False


def test_nothing_that_is_shown_gives_a_terminal_orders() -> None:
    """Neither the question, a title, what was written, a reason nor the answer."""
    bad = "\x1b[31mred\x07"
    page = replace(passage_of(bad, "p0"), id="p0", title=bad)
    question = Question("q", bad, platform=bad, readers=Readers(frozenset({bad})))
    answer = Answer(question, Outcome.ANSWERED, (Block(bad),), note=bad)
    trail = _result(*_many())
    trail.unsupported = [Unsupported(bad, bad)]
    told = replace(explained(question, trail, (page,), answer), finished_at=1.0)
    printed = _printed(replace(told, query=bad, again=replace(told, answer=None)))
    assert "red" in printed
    assert not {"\x1b", "\x07"} & set(printed)


def test_readers_without_labels_are_told() -> None:
    """Not with an empty line."""
    told = Explanation(Question("q", "What?", readers=Readers(frozenset())), "What?")
    assert "readers: nobody" in _printed(told)
    assert "readers: everyone" in _printed(Explanation(Question("q", "?", readers=PUBLIC), "?"))


async def test_the_adapter_is_the_one_that_wrote() -> None:
    """Not the one that takes over meanwhile; it is told, and kept in the answer."""
    async with parts() as made:
        generator = _scripted(f"{IS_28} [1]")
        for adapter in ("friendly", "terse"):
            generator.add_adapter(adapter)
        await generator.use_adapter("friendly")
        trail = Trail()
        events = answer_events(made.answerer(generator), Question("q", LEAVE), trail)
        blocks = [event async for event in _swapping(events, generator)]
        answer = blocks[-1]
        assert isinstance(answer, Answer)
        assert answer.outcome is Outcome.ANSWERED
        assert answer.adapter == "friendly"
        assert generator.adapter == "terse"
        told = explained(Question("q", LEAVE), trail, [], answer, context_tokens=500)
        assert "written with the adapter friendly" in _printed(told)


async def test_nothing_that_was_not_written_has_an_adapter() -> None:
    """What the gate refuses is nobody's work."""
    async with parts() as made:
        generator = ScriptedGenerator()
        generator.add_adapter("friendly")
        await generator.use_adapter("friendly")
        told, answer = await _explained(
            made, Question("q", "which volcano erupted in Iceland?"), generator=generator
        )
        assert answer.outcome is Outcome.NOT_IN_SOURCES
        assert answer.adapter is None
        assert "adapter" not in _printed(told)


async def _swapping(
    events: AsyncIterator[Event], generator: ScriptedGenerator
) -> AsyncIterator[Event]:
    """The events; another adapter takes over at the first block."""
    async for event in events:
        if isinstance(event, Block):
            await generator.use_adapter("terse")
        yield event
