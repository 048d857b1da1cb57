"""The prompts of a thread, from its questions over a real index: they only grow."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import cast

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.conversations import Conversation, turn_from_json, turn_of, turn_to_json
from footnote.bot.fitting import Pace
from footnote.bot.gate import Gate, GateParameters, Strictness
from footnote.bot.generators.base import GenerationError, Generator, Prompt, Queued
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.prompts import Draft, build_prompt
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.recalling import Recalled
from footnote.bot.records import answer_from_json, answer_to_json
from footnote.models.engine.engine import Engine, Wishes, open_engine
from footnote.models.engine.messages import Timings
from footnote.models.generation import Request
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Found
from tests.bot.parts import Parts, ask, parts
from tests.library import HANDBOOK, Page, cut
from tests.models.engine.serving import FIXED, options_for
from tests.models.gguf_files import Shape

LEAVE = "How many days of annual leave does an employee get?"
TRAVEL = "What does a hotel cost a night at most?"
EXPIRES = "When does unused annual leave expire?"
IS_28 = "Every employee gets 28 days of annual leave in a calendar year."
COSTS = "A hotel costs at most 140 euros a night."
ENDS = "Unused annual leave expires at the end of March."
ONE = AnswerOptions(passages=1)


async def talk(
    answerer: Answerer, questions: Sequence[str], conversation: Conversation | None = None
) -> list[Answer]:
    """The answers of one thread, with what is kept of each written down and read again."""
    answers: list[Answer] = []
    conversation = conversation or Conversation()
    for number, text in enumerate(questions):
        question = Question(f"q{number}", text, place="thread", conversation=conversation)
        answer = answer_from_json(answer_to_json((await ask(answerer, question)).answer))
        answers.append(answer)
        if turn := turn_of(answer):
            conversation = conversation.after(turn_from_json(turn_to_json(turn)))
    return answers


def opened(made: Parts, generator: Generator, options: AnswerOptions = ONE) -> Answerer:
    """An answerer that tries every question."""
    parameters = GateParameters({}, 0.0, dict.fromkeys(Strictness, -math.inf))
    gate = Gate(made.scorer, made.library.analyzer, parameters)
    return replace(made, gate=gate).answerer(generator, options)


def scripted(*said: str) -> ScriptedGenerator:
    """A generator that answers one question after the other."""
    generator = ScriptedGenerator()
    for text in said:
        generator.enqueue(text)
    return generator


def grows(one: Prompt, other: Prompt) -> bool:
    """Whether a prompt begins with all of another."""
    return other.messages[: len(one.messages)] == one.messages


async def test_a_thread_goes_on_from_its_prompt() -> None:
    """A later question sees the earlier passages and answers, under numbers of the thread."""
    generator = scripted(f"{IS_28} [1]", f"{COSTS} [2]", f"{ENDS} [1]")
    async with parts() as made:
        answers = await talk(opened(made, generator), [LEAVE, TRAVEL, EXPIRES])
    one, two, three = generator.prompts
    assert grows(one, two)
    assert grows(two, three)
    assert two.messages[2].text == f"{IS_28} [1]"
    assert two.messages[-1].text.startswith("Passages:\n\n[2] Travel")
    assert three.messages[-1].text == f"Passages: [1]\n\nQuestion: {EXPIRES}"
    assert [answer.turns for answer in answers] == [0, 1, 2]
    assert [answer.outcome for answer in answers] == [Outcome.ANSWERED] * 3


async def test_a_reader_sees_numbers_from_one() -> None:
    """However high a passage's number in the prompt is, each answer begins with [1]."""
    generator = scripted(f"{IS_28} [1]", f"{COSTS} [2] {IS_28} [1]")
    async with parts() as made:
        _, answer = await talk(opened(made, generator), [LEAVE, TRAVEL])
    assert answer.text == f"{COSTS} [1] {IS_28} [2]"
    assert [citation.quote for citation in answer.citations] == [COSTS, IS_28]
    assert [passage.document_id for passage in answer.read] == [
        "handbook:travel.md",
        "handbook:leave.md",
    ]


async def test_a_number_that_nothing_has_is_dropped() -> None:
    """Only passages in the prompt can be cited, those of earlier questions among them."""
    generator = scripted(f"{IS_28} [1]", f"{COSTS} [3] {IS_28} [1][9]")
    async with parts() as made:
        _, answer = await talk(opened(made, generator), [LEAVE, TRAVEL])
    assert answer.text == f"{COSTS} [1] {IS_28} [2]"


async def test_an_earlier_passage_supports_only_what_cites_it() -> None:
    """A sentence without a number is looked for in what was found for its own question."""
    generator = scripted(f"{IS_28} [1]", f"{COSTS} {IS_28}")
    async with parts() as made:
        _, answer = await talk(opened(made, generator), [LEAVE, TRAVEL])
    assert answer.text == f"{COSTS} [1]"


async def test_what_was_changed_meanwhile_is_not_prompted_again() -> None:
    """A passage whose document has another version or is gone leaves the prompt with its number."""
    generator = scripted(f"{IS_28} [1]", f"{COSTS} [1]")
    async with parts() as made:
        answerer = opened(made, generator)
        (first,) = await talk(answerer, [LEAVE])
        turn = turn_of(first)
        assert turn
        await made.library.store.delete("handbook", ["handbook:leave.md"])
        (second,) = await talk(answerer, [TRAVEL], Conversation((turn,)))
    prompt = generator.prompts[1]
    assert [message.text for message in prompt.messages[1:3]] == [LEAVE, IS_28]
    assert prompt.allowed_citations == {1}
    assert second.text == f"{COSTS} [1]"


async def test_what_the_readers_may_no_longer_see_is_not_prompted() -> None:
    """The index decides by today's audiences, whatever the turn was made from then."""
    pages = (*HANDBOOK, Page("pay", "# Pay\n\nThe bonus of staff is 900 euros.\n", "people"))
    everyone, hr = frozenset({"everyone"}), frozenset({"group:hr"})
    generator = scripted("The bonus of staff is 900 euros. [1]", f"{COSTS} [1]")
    both = {"handbook": everyone, "people": everyone}
    async with parts(pages, audiences=both) as made:
        answerer = opened(made, generator)
        (first,) = await talk(answerer, ["How many euros is the bonus of staff?"])
        turn = turn_of(first)
        assert turn
        await made.library.store.set_audiences({**both, "people": hr})
        question = Question("q", TRAVEL, conversation=Conversation((turn,)), readers=PUBLIC)
        await ask(answerer, question)
    assert "[1] Pay" in generator.prompts[0].messages[-1].text
    assert "# Pay" not in repr(generator.prompts[1])
    assert [item.passage.source for item in generator.prompts[1].passages] == ["handbook"]
    assert generator.prompts[1].earlier == ()


async def test_joined_and_cut_passages_are_found_again() -> None:
    """A passage that was joined from several or cut to fit stands in later prompts as it stood."""
    leave = "Annual leave of an employee is a matter of days. " * 15
    long = Page("long", f"# Long\n\n{leave}\n\n{leave}\n\n{leave}\n")
    passages = cut(long)
    joined = replace(
        passages[0], text=long.text[passages[0].start : passages[1].end], end=passages[1].end
    )
    shorter = replace(joined, text=joined.text[:97], end=joined.start + 97)
    async with parts((long,)) as made:
        for passage in (joined, shorter):
            found = (Found(passage, 1.0, 1.0, 1.0),)
            turn = turn_of(Answer(Question("q", LEAVE), Outcome.ANSWERED, passages=found))
            assert turn
            generator = scripted("Annual leave of an employee is a matter of days. [1]")
            await talk(opened(made, generator), [LEAVE], Conversation((turn,)))
            assert [item.passage for item in generator.prompts[0].earlier] == [passage]


async def test_turns_that_went_do_not_come_back() -> None:
    """After old turns had to go, the next prompt goes on from the shorter one."""
    said = [f"{IS_28} [1]"] * 12
    generator = scripted(*said)
    async with parts() as made:
        answers = await talk(opened(made, generator), [LEAVE] * 12)
    assert [answer.turns for answer in answers] == [0, 1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 3]
    pairs = zip(generator.prompts, generator.prompts[1:], strict=False)
    assert [grows(one, other) for one, other in pairs].count(False) == 2


class Telling:
    """An engine that also tells how each answer went."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.told: list[Timings] = []

    def __getattr__(self, name: str) -> object:
        """Whatever else an engine has."""
        return getattr(self._engine, name)

    async def stream(self, request: Request, wishes: Wishes) -> AsyncGenerator[str | Queued, None]:
        """The answer, with its timings kept."""
        told = replace(wishes, report=self.told.append)
        async with aclosing(self._engine.stream(request, told)) as pieces:
            async for piece in pieces:
                yield piece


class Kept(GgufGenerator):
    """Keeps the prompts that it was given."""

    prompts: tuple[Prompt, ...] = ()

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Write."""
        self.prompts += (prompt,)
        async for piece in super().generate(prompt):
            yield piece


async def test_an_engine_goes_on_from_what_it_has_read(tmp_path: Path) -> None:
    """The second question of a thread costs nothing for all that the first one's prompt held."""
    says = ("Every employee gets", " 28 days of annual leave", " in a calendar year. ", "[1]")
    shape = Shape("qwen2", says=says)
    async with open_engine(options_for(tmp_path, shape, context=4096)) as engine, parts() as made:
        telling = Telling(engine)
        generator = Kept(cast("Engine", telling))
        options = AnswerOptions(passages=1, pace=Pace(1e9))
        answers = await talk(opened(made, generator, options), [LEAVE, TRAVEL])
        one, two = generator.prompts
        assert grows(one, two)
        first, second = telling.told
        assert first.reused_tokens == 0
        assert first.prompt_tokens == await generator.count_tokens(one.messages)
        assert second.reused_tokens >= first.prompt_tokens
    assert answers[0].text == f"{IS_28} [1]"


async def test_a_generator_knows_what_it_has_read(tmp_path: Path) -> None:
    """Of a thread that it answered lately; not of another, nor after its process was replaced."""
    shape = Shape("qwen2", says=("Twenty", " days", "."))
    async with open_engine(options_for(tmp_path, shape, context=2048)) as engine:
        generator = GgufGenerator(engine)
        one = build_prompt(Draft("How many?", "?", cut(HANDBOOK[0]), thread="one"))
        turn = Recalled("How many?", "Twenty.", cut(HANDBOOK[0]))
        two = build_prompt(Draft("And now?", "?", (), (turn,), thread="one"))
        assert generator.read_already(two) == 0
        await written(generator, one)
        assert generator.read_already(two) == await generator.count_tokens(one.messages)
        assert generator.read_already(replace(two, conversation="other")) == 0
        assert generator.read_already(replace(two, messages=two.messages[1:])) == 0
        for number in range(FIXED.sequences):
            await written(generator, replace(one, conversation=f"other {number}"))
        assert generator.read_already(two) == 0
        await written(generator, one)
        assert engine.pid
        os.kill(engine.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while not await answers_again(generator, one):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.1)
        assert generator.read_already(two) == 0


async def written(generator: Generator, prompt: Prompt) -> str:
    """One whole answer."""
    pieces = [piece async for piece in generator.generate(prompt)]
    return "".join(piece for piece in pieces if isinstance(piece, str))


async def answers_again(generator: Generator, prompt: Prompt) -> bool:
    """Whether a prompt of another thread is answered."""
    try:
        return bool(await written(generator, replace(prompt, conversation="later")))
    except GenerationError:
        return False
