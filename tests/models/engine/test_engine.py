"""The engine with a real child process: what is written, and how it ends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from footnote.models.engine.engine import Wishes, open_engine
from footnote.models.engine.messages import Timings
from footnote.models.engine.samplers import Samplers
from footnote.models.errors import EngineError, PromptTooLongError, UnusableAdapterError
from footnote.models.generation import Message, Queued, Request, Sampling
from tests.models.engine.serving import options_for, request, serving, written
from tests.models.gguf_files import Shape, write_adapter

ENDLESS = Wishes(endless=True)


async def test_a_model_answers_in_its_own_words(tmp_path: Path) -> None:
    """What the model writes comes piece by piece, without its end, and with its timings."""
    told: list[Timings] = []
    async with serving(tmp_path, "Twenty", " days", ".") as engine:
        assert engine.name == "tiny qwen2"
        pieces = [piece async for piece in engine.stream(request(), Wishes(report=told.append))]
    assert pieces[0] == Queued(0)
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "Twenty days."
    assert told[0].answer_tokens == 4
    assert told[0].first_s is not None
    assert 0 <= told[0].waited_s <= told[0].first_s <= told[0].total_s


async def test_thoughts_never_reach_the_answer(tmp_path: Path) -> None:
    """What a thinking model writes between its marks is held back."""
    async with serving(tmp_path, "<think>", "Who asks?", "</think>", "Twenty.") as engine:
        assert await written(engine) == "Twenty."


async def test_a_stop_string_ends_the_answer(tmp_path: Path) -> None:
    """The answer ends before it, though it is spread over several tokens."""
    async with serving(tmp_path, "Twenty. Q", "uest", "ion: more") as engine:
        assert await written(engine, wishes=Wishes(stops=("Question:",))) == "Twenty. "


async def test_only_existing_passages_are_cited(tmp_path: Path) -> None:
    """A model that wants to cite [7] cannot where there are only 1 and 2."""
    async with serving(tmp_path, "Twenty [", "7", "].") as engine:
        assert await written(engine) == "Twenty [7]."
        limited = await written(engine, wishes=Wishes(citations=frozenset({1, 2})))
    assert limited.startswith("Twenty [")
    assert "7" not in limited.split("]")[0]


async def test_an_answer_keeps_to_a_grammar(tmp_path: Path) -> None:
    """GBNF and a JSON schema hold, whatever the weights say."""
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    async with serving(tmp_path) as engine:
        for samplers in (Samplers(), Samplers(temperature=1.5, seed=3)):
            wishes = Wishes(grammar='root ::= ("yes" | "no") "."', samplers=samplers)
            assert await written(engine, wishes=wishes) in {"yes.", "no."}
            wishes = Wishes(schema=json.dumps(schema), samplers=samplers)
            assert isinstance(json.loads(await written(engine, wishes=wishes))["ok"], bool)
        with pytest.raises(EngineError, match="grammar cannot be read"):
            await written(engine, wishes=Wishes(grammar="root ::= ("))
        with pytest.raises(EngineError, match="JSON schema cannot be put"):
            await written(engine, wishes=Wishes(schema="[}"))


async def test_a_seed_repeats_an_answer(tmp_path: Path) -> None:
    """The same seed gives the same answer, and another one another, with all samplers on."""
    async with serving(tmp_path) as engine:
        answers = [
            await written(
                engine,
                wishes=Wishes(
                    endless=True,
                    samplers=Samplers(
                        1.5, top_k=0, top_p=0.95, min_p=0.01, repeat=1.1, presence=0.1, seed=seed
                    ),
                ),
            )
            for seed in (1, 1, 2)
        ]
    assert answers[0] == answers[1] != answers[2]


async def test_closing_frees_the_place_at_once(tmp_path: Path) -> None:
    """After an answer is closed, one that waited for its place goes on."""
    async with serving(tmp_path) as engine:
        streams = [engine.stream(request(400), ENDLESS) for _ in range(2)]
        for stream in streams:
            while isinstance(await anext(stream), Queued):
                pass
        third = engine.stream(request(400), ENDLESS)
        assert await anext(third) in (Queued(0), Queued(1))
        for stream in streams:
            await stream.aclose()
        while isinstance(await anext(third), Queued):
            pass
        await third.aclose()


async def test_a_slow_reader_blocks_nobody(tmp_path: Path) -> None:
    """While one reader sleeps on its first piece, others are answered; then it gets the rest."""
    async with serving(tmp_path) as engine:
        slow = engine.stream(request(100), ENDLESS)
        while isinstance(await anext(slow), Queued):
            pass
        others = await asyncio.gather(*(written(engine, request(100), ENDLESS) for _ in range(5)))
        assert len(set(others)) == 1
        assert len([piece async for piece in slow]) <= 2, "text that waited comes in one piece"


async def test_a_deadline_ends_an_answer(tmp_path: Path) -> None:
    """An answer whose time is up fails with a sentence, and its place is free."""
    async with serving(tmp_path) as engine:
        now = asyncio.get_running_loop().time()
        with pytest.raises(EngineError, match="took too long"):
            await written(engine, request(deadline=now - 1), ENDLESS)
        assert await written(engine)


async def test_what_cannot_fit_is_refused_at_once(tmp_path: Path) -> None:
    """The sentence says how much it would take and how much there is."""
    async with serving(tmp_path) as engine:
        with pytest.raises(PromptTooLongError, match=r"take \d+ tokens, but the context has 512"):
            await written(engine, request(max_tokens=512))


async def test_adapters_come_while_answers_are_written(tmp_path: Path) -> None:
    """A running answer finishes as it began, and the next one is written with the adapter."""
    shape = Shape("llama")
    adapter = write_adapter(tmp_path / "friendly.gguf", shape, seed=5, scale=40)
    async with open_engine(options_for(tmp_path, shape)) as engine:
        bare = await written(engine, request(200), ENDLESS)
        running = asyncio.create_task(written(engine, request(200), ENDLESS))
        await engine.load_adapter("friendly", adapter)
        engine.use_adapter("friendly")
        assert await written(engine, request(200), ENDLESS) != bare
        assert await running == bare
        engine.use_adapter(None)
        assert await written(engine, request(200), ENDLESS) == bare
        with pytest.raises(UnusableAdapterError, match="no adapter unheard"):
            engine.use_adapter("unheard")


async def test_an_adapter_works_as_strongly_as_is_said(tmp_path: Path) -> None:
    """At scale 0 it changes nothing; the file's own strength is another answer than half of it."""
    shape = Shape("llama")
    adapter = write_adapter(tmp_path / "friendly.gguf", shape, seed=5, scale=40)
    answers = []
    async with open_engine(options_for(tmp_path, shape)) as engine:
        bare = await written(engine, request(200), ENDLESS)
        for scale in (0.0, 0.5, 1.0):
            await engine.load_adapter(f"at {scale}", adapter, scale)
            engine.use_adapter(f"at {scale}")
            answers.append(await written(engine, request(200), ENDLESS))
    assert answers[0] == bare
    assert len(set(answers)) == 3


async def test_a_name_stays_one_adapters(tmp_path: Path) -> None:
    """Another adapter under a known name is refused, since what was read belongs to the name."""
    shape = Shape("llama")
    adapter = write_adapter(tmp_path / "friendly.gguf", shape, seed=5)
    async with open_engine(options_for(tmp_path, shape)) as engine:
        await engine.load_adapter("friendly", adapter)
        with pytest.raises(UnusableAdapterError, match="another name"):
            await engine.load_adapter("friendly", adapter, scale=0.5)


@pytest.mark.parametrize(
    ("shape", "says"),
    [(Shape("llama", width=128), "does not fit this model"), (None, "There is no adapter")],
)
async def test_a_wrong_adapter_is_refused(tmp_path: Path, shape: Shape | None, says: str) -> None:
    """One for another model, and one that is not there, cost one sentence and nothing else."""
    path = tmp_path / "adapter.gguf"
    if shape:
        write_adapter(path, shape, seed=1)
    async with open_engine(options_for(tmp_path, Shape("llama"))) as engine:
        with pytest.raises(UnusableAdapterError, match=says):
            await engine.load_adapter("other", path)
        assert await written(engine)


async def test_tokens_are_counted_as_they_are_used(tmp_path: Path) -> None:
    """What is counted for messages is the length of their prompt."""
    told: list[Timings] = []
    messages = (Message("system", "Be brief."), Message("user", "How many days of leave?"))
    async with serving(tmp_path) as engine:
        asked = Request(messages, Sampling(temperature=0, max_tokens=1))
        await written(engine, asked, Wishes(report=told.append))
        assert await engine.count_tokens(messages) == told[0].prompt_tokens
        assert await engine.count_tokens(()) == 0


@pytest.mark.parametrize("template", ["{{ raise_exception('never') }}", "{% if %}"])
async def test_a_failing_template_is_told(tmp_path: Path, template: str) -> None:
    """A template that cannot be used costs its question one sentence; the engine lives on."""
    async with serving(tmp_path, template=template) as engine:
        with pytest.raises(EngineError, match="chat template cannot be"):
            await written(engine)
        with pytest.raises(EngineError, match="chat template cannot be"):
            await engine.count_tokens(request().messages)
        assert await written(engine, wishes=Wishes(tokens=(20, 21)))


async def test_text_that_is_no_text_is_answered(tmp_path: Path) -> None:
    """Half of a surrogate pair, an empty message and a NUL harm nothing."""
    async with serving(tmp_path, "Yes.") as engine:
        for text in ("\ud83d", "", "a\0b"):
            asked = Request((Message("user", text),), Sampling(temperature=0, max_tokens=9))
            assert await written(engine, asked) == "Yes."
