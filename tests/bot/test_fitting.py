"""How much a prompt holds: what is read in time, and what the context has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.bot.answerer import AnswerOptions
from footnote.bot.fitting import (
    Pace,
    QuestionTooLongError,
    fitted,
    sampling_for,
    tokens_in_time,
)
from footnote.bot.generators.base import Message, Prompt, Sampling
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.outcomes import answer_events
from footnote.bot.prompts import Draft, build_prompt
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.recalling import Recalled
from footnote.models.engine.engine import open_engine
from footnote.retrieval.passages import Passage
from tests.bot.parts import ask, parts, passage_of
from tests.models.engine.serving import options_for
from tests.models.gguf_files import Shape

SENTENCE = "Staff get many more days of leave. "
LEAVE = "How many days of annual leave does an employee get?"


class Measured(ScriptedGenerator):
    """Counts words, and is as fast as a test says."""

    def __init__(
        self, reads: float | None = None, writes: float | None = None, context: int = 100_000
    ) -> None:
        super().__init__()
        self.prefill_rate, self.decode_rate, self.context_tokens = reads, writes, context
        self.counted = 0
        self.knows: Prompt | None = None

    def read_already(self, prompt: Prompt) -> int:
        """All of the prompt that a test says it knows."""
        known = self.knows.messages if self.knows else ()
        if prompt.messages[: len(known)] != known:
            return 0
        return sum(len(message.text.split()) for message in known)

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """One token a word."""
        self.counted += 1
        return await super().count_tokens(messages)


def page(number: int, sentences: int = 20) -> Passage:
    """A passage of seven words a sentence."""
    return passage_of((SENTENCE * sentences).strip(), f"page{number}")


def draft(passages: int = 5, turns: int = 0, question: str = "How many?") -> Draft:
    """A question with passages of 140 words and turns of 22."""
    before = tuple(Recalled(f"What of {n}?", "It is so. " * 6) for n in range(turns))
    return Draft(
        question,
        question,
        tuple(map(page, range(passages))),
        before,
        sampling=Sampling(max_tokens=100),
    )


async def words(made: Draft) -> int:
    """What the generators above count."""
    return await ScriptedGenerator().count_tokens(build_prompt(made).messages)


async def test_what_fits_stays_and_is_counted_once() -> None:
    """A generator that does not say how fast it is gets all that its context has room for."""
    generator, whole = Measured(), draft(turns=3)
    made = await fitted(whole, generator, Pace())
    assert (made.draft, made.prompt) == (whole, build_prompt(whole))
    assert made.tokens == await words(whole)
    assert generator.counted == 1


@pytest.mark.parametrize(
    ("reads", "writes", "tokens"),
    [(None, None, math.inf), (None, 3.0, math.inf), (100.0, None, 600), (100.0, 10.0, 300)],
)
def test_time_is_left_for_writing(reads: float | None, writes: float | None, tokens: float) -> None:
    """Of six seconds, those in which a sentence of thirty tokens is written are not for reading."""
    assert tokens_in_time(Measured(reads, writes), Pace()) == tokens
    assert tokens_in_time(Measured(100.0, 1.0), Pace()) == 0


async def test_the_first_block_comes_in_time() -> None:
    """As many of the best passages are read as can be at the measured rate, and no fewer."""
    whole = draft(6)
    for seconds in (2.0, 4.0, 6.0):
        pace = Pace(seconds, min_passage_tokens=100)
        made = await fitted(whole, Measured(100.0), pace)
        count = len(made.draft.passages)
        assert made.draft.passages[: count - 1] == whole.passages[: count - 1]
        assert made.tokens <= 100 * seconds < made.tokens + 2 * len(SENTENCE.split())


async def test_enough_passages_are_read_however_long_it_takes() -> None:
    """Where a machine is slow, passages of `min_passage_tokens` are read all the same."""
    whole = draft(6)
    bare = await words(replace(whole, passages=()))
    made = await fitted(whole, Measured(1.0), Pace(min_passage_tokens=300))
    assert 0 <= bare + 300 - made.tokens < 2 * len(SENTENCE.split())
    one = await fitted(whole, Measured(1.0), Pace(min_passage_tokens=0))
    assert one.draft.passages == whole.passages[:1]


async def test_the_context_is_never_overrun() -> None:
    """Prompt and answer fit together, whatever the least is."""
    whole = draft(6, turns=4)
    for reads in (None, 1.0, 1e9):
        made = await fitted(whole, Measured(reads, context=600), Pace(min_passage_tokens=5000))
        assert 500 - 2 * len(SENTENCE.split()) < made.tokens <= 500


async def test_the_last_passage_is_cut_behind_a_sentence() -> None:
    """Its beginning stands in the prompt, as a passage that says where it ends."""
    whole = draft(3)
    made = await fitted(whole, Measured(context=500), Pace())
    *before, last = made.draft.passages
    cut = whole.passages[len(before)]
    assert tuple(before) == whole.passages[: len(before)]
    assert cut.text.startswith(last.text)
    assert last.text.endswith("leave.")
    assert (last.id, last.start, last.end) == (cut.id, cut.start, cut.start + len(last.text))
    assert len(last.text) < len(cut.text)


async def test_old_turns_go_before_passages_that_are_needed() -> None:
    """The older half of the turns goes until there is time for the least passages."""
    whole = draft(5, turns=6)
    passages = await words(replace(whole, turns=()))
    made = await fitted(whole, Measured(float(passages + 22 * 5), context=10_000), Pace(1.0, 800))
    assert made.draft.turns == whole.turns[3:]
    assert made.draft.passages == whole.passages
    none = await fitted(whole, Measured(1.0), Pace(1.0, 100))
    assert none.draft.turns == ()
    assert [passage.id for passage in none.draft.passages] == [whole.passages[0].id]


async def test_what_was_read_already_takes_no_time() -> None:
    """A slow machine goes on with a thread as long as only what is new has to be read."""
    before = draft(3, turns=4)
    generator = Measured(1.0)
    turns = (*before.turns, Recalled(before.question, "So it is.", before.passages))
    after = Draft("And now?", "?", tuple(map(page, range(2, 8))), turns, sampling=before.sampling)
    cold = await fitted(after, generator, Pace(min_passage_tokens=300))
    assert cold.draft.turns == ()
    generator.knows = build_prompt(before)
    warm = await fitted(after, generator, Pace(min_passage_tokens=300))
    assert warm.draft.turns == turns
    assert warm.prompt.messages[: len(generator.knows.messages)] == generator.knows.messages
    assert warm.unread <= 300 + await words(replace(after, turns=(), passages=()))
    assert warm.unread < warm.tokens
    assert [item.number for item in warm.prompt.passages][:2] == [3, 4]


@given(
    st.integers(0, 8),
    st.integers(0, 6),
    st.integers(150, 2000),
    st.none() | st.floats(1, 500),
    st.integers(0, 1000),
)
async def test_whatever_comes_fits(
    passages: int, turns: int, context: int, reads: float | None, least: int
) -> None:
    """Best first, newest turns last, in the context, and above the target only for the least."""
    whole, generator = draft(passages, turns), Measured(reads, context=context)
    pace = Pace(min_passage_tokens=least)
    bare = await words(replace(whole, passages=(), turns=()))
    try:
        made = await fitted(whole, generator, pace)
    except QuestionTooLongError:
        first = replace(whole, turns=(), passages=(page(0, 1),) if passages else ())
        assert await words(first) > context - 100
        return
    assert made.tokens == await words(made.draft) <= context - 100
    in_time, first_only = tokens_in_time(generator, pace), made.draft.passages[1:] == ()
    assert made.tokens <= max(in_time, bare + least) or first_only
    assert made.draft.turns == whole.turns[turns - len(made.draft.turns) :]
    ids = [passage.id for passage in made.draft.passages]
    assert ids == [passage.id for passage in whole.passages[: len(ids)]]


def test_an_answer_takes_a_quarter_of_the_context_at_most() -> None:
    """In a small context there is room for the question and its passages, too."""
    assert [sampling_for(tokens).max_tokens for tokens in (512, 4096)] == [128, 700]


async def test_a_question_that_cannot_fit_says_so() -> None:
    """One sentence comes at once, and the generator is not asked."""
    generator = Measured(context=1000)
    async with parts() as made:
        answerer = made.answerer(generator)
        events = answer_events(answerer, Question("q", f"{LEAVE} {'please ' * 900}"))
        answer = [event async for event in events][-1]
    assert isinstance(answer, Answer)
    assert answer.outcome is Outcome.FAILED
    assert answer.note == (
        "With this question scripted has no room for a passage: ask a shorter one, or have "
        "context_tokens raised in the settings."
    )
    assert generator.prompts == []


async def test_an_answer_is_made_from_what_was_read() -> None:
    """Passages that were dropped, and what was cut off, are no part of the answer's record."""
    generator = Measured(1.0)
    generator.enqueue("Every employee gets 28 days of annual leave in a calendar year. [1]")
    async with parts() as made:
        options = AnswerOptions(pace=Pace(min_passage_tokens=0))
        asked = await ask(made.answerer(generator, options), LEAVE)
    (prompt,) = generator.prompts
    assert [item.passage for item in prompt.passages] == list(asked.answer.read)
    assert len(asked.answer.passages) == 1


async def test_a_real_models_tokens_are_counted(tmp_path: Path) -> None:
    """A prompt that fits by count is as full as can be, and the engine takes it."""
    whole = replace(draft(6), sampling=Sampling(temperature=0, max_tokens=64))
    shape = Shape("qwen2", says=("Twenty", " days", "."))
    async with open_engine(options_for(tmp_path, shape, context=2048)) as engine:
        generator = GgufGenerator(engine)
        made = await fitted(whole, generator, Pace(target_first_block_s=1e9))
        assert 0 < len(made.draft.passages) < 6
        assert 2048 - 64 - 2 * len(SENTENCE) < made.tokens <= 2048 - 64
        assert made.tokens == await generator.count_tokens(made.prompt.messages)
        pieces = [piece async for piece in generator.generate(made.prompt)]
        assert "".join(piece for piece in pieces if isinstance(piece, str)) == "Twenty days."
        slow = await fitted(whole, generator, Pace(1e-9, min_passage_tokens=300))
        assert slow.tokens < made.tokens
