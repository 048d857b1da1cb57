"""What every generator promises, whatever writes for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest

from footnote.bot.citations import cited_numbers
from footnote.bot.generators.base import GenerationError, Generator, Message, Prompt, Queued
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.remote import RemoteGenerator
from footnote.bot.generators.scripted import Pause, ScriptedGenerator
from footnote.models.engine.engine import open_engine
from footnote.models.engine.options import Adapter, EngineOptions, Tuning
from footnote.models.remote import Server, open_remote
from tests.bot.parts import parts, prompt_of
from tests.library import HANDBOOK, cut
from tests.models.gguf_files import Shape, write_adapter, write_model
from tests.servers.openai import MODEL, openai_server

Pieces = AsyncGenerator[str | Queued, None]
PROMPT = replace(
    prompt_of(
        "How many days of annual leave does an employee get?",
        (*cut(HANDBOOK[0]), *cut(HANDBOOK[1])),
    ),
    messages=(Message("system", "Answer."), Message("user", "How many days?")),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A generator that answers the prompt above in at least two pieces, any number of times."""

    generator: Generator
    adapters: tuple[str, ...] = ()


@asynccontextmanager
async def quote() -> AsyncIterator[Sample]:
    """Quotations."""
    async with parts() as made:
        yield Sample(made.quote)


@asynccontextmanager
async def scripted() -> AsyncIterator[Sample]:
    """Scripts."""
    generator = ScriptedGenerator()
    generator.add_adapter("friendly")
    for _ in range(4):
        generator.enqueue(Queued(0), Pause(0.01), "Staff get 28 days [1]. ", "Ask first [1, 2].")
    yield Sample(generator, ("friendly",))


@asynccontextmanager
async def remote() -> AsyncIterator[Sample]:
    """A model behind a server, which says the same to everybody."""
    async with (
        openai_server() as server,
        open_remote(Server(server.url, MODEL, server.key)) as model,
    ):
        yield Sample(RemoteGenerator(model))


@asynccontextmanager
async def gguf() -> AsyncIterator[Sample]:
    """A model that was made to say this."""
    with TemporaryDirectory() as name:
        shape = Shape("qwen2", says=("Staff get 28 days [1]. ", "Ask ", "first [1, 2]", "."))
        model = write_model(Path(name) / "model.gguf", shape)
        adapter = write_adapter(Path(name) / "friendly.gguf", shape, seed=1)
        async with open_engine(
            EngineOptions(
                model, {"friendly": Adapter(adapter)}, context_tokens=2048, tuning=Tuning()
            )
        ) as engine:
            yield Sample(GgufGenerator(engine), ("friendly",))


@pytest.fixture(params=[quote, scripted, remote, gguf], ids=lambda made: made.__name__)
async def sample(request: pytest.FixtureRequest) -> AsyncIterator[Sample]:
    """One generator of each kind."""
    opened: AbstractAsyncContextManager[Sample] = request.param()
    async with opened as made:
        yield made


def pieces_of(generator: Generator, prompt: Prompt = PROMPT) -> Pieces:
    """The pieces of one answer; what `generate` gives can always be closed."""
    return cast("Pieces", generator.generate(prompt))


async def written(generator: Generator) -> str:
    """One whole answer."""
    return "".join([piece async for piece in pieces_of(generator) if isinstance(piece, str)])


class TestGenerator:
    """The contract of the Generator seam."""

    def test_it_says_what_it_is(self, sample: Sample) -> None:
        """Name, note and limits are there before the first prompt."""
        generator = sample.generator
        assert generator.name.strip()
        assert generator.note == generator.note.strip()
        assert generator.context_tokens > 0
        assert generator.prefill_rate is None or generator.prefill_rate > 0
        assert generator.decode_rate is None or generator.decode_rate > 0
        assert isinstance(generator.verbatim, bool)

    async def test_it_writes_text_with_known_numbers(self, sample: Sample) -> None:
        """Pieces are text or a place in the queue, and cite passages by their numbers."""
        pieces = [piece async for piece in pieces_of(sample.generator)]
        assert all(isinstance(piece, str | Queued) for piece in pieces)
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        assert cited_numbers(text)
        assert set(cited_numbers(text)) <= PROMPT.allowed_citations

    async def test_answers_side_by_side_do_not_mix(self, sample: Sample) -> None:
        """Two prompts at once are both answered in full."""
        one, other = await asyncio.gather(written(sample.generator), written(sample.generator))
        assert one == other

    async def test_closing_ends_the_work(self, sample: Sample) -> None:
        """After the first piece the iterator can be closed, and the next prompt is answered."""
        pieces = pieces_of(sample.generator)
        await anext(pieces)
        async with asyncio.timeout(5):
            await pieces.aclose()
        assert [piece async for piece in pieces] == []
        assert await written(sample.generator)

    async def test_cancelling_ends_the_work(self, sample: Sample) -> None:
        """A task that is cancelled while it reads ends as cancelled, and harms no other."""
        task = asyncio.create_task(written(sample.generator))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await written(sample.generator)

    async def test_without_passages_it_cites_nothing(self, sample: Sample) -> None:
        """A prompt without passages ends, or fails as generators fail."""
        prompt = prompt_of("How many days?", ())
        try:
            pieces = [piece async for piece in pieces_of(sample.generator, prompt)]
        except GenerationError:
            return
        if sample.generator.verbatim:
            assert pieces == []

    async def test_tokens_are_counted(self, sample: Sample) -> None:
        """No messages take no tokens, and more messages never take fewer."""
        counts = [
            await sample.generator.count_tokens(PROMPT.messages[:length]) for length in range(3)
        ]
        assert counts[0] == 0
        assert counts == sorted(counts)

    async def test_what_cannot_be_loaded_is_refused(self, sample: Sample, tmp_path: Path) -> None:
        """A file that is no adapter is refused where files matter; what was in use stays so."""
        generator, before = sample.generator, sample.generator.adapter
        broken = tmp_path / "broken.gguf"
        broken.write_bytes(b"GGUF")
        try:
            await generator.load_adapter("broken", broken)
        except GenerationError:
            with pytest.raises(GenerationError):
                await generator.use_adapter("broken")
        assert generator.adapter == before
        assert await written(generator)

    async def test_a_known_adapter_is_not_loaded_again(
        self, sample: Sample, tmp_path: Path
    ) -> None:
        """Wherever it is said to be; it is what further answers are written with."""
        for adapter in sample.adapters:
            await sample.generator.load_adapter(adapter, tmp_path / "nowhere.gguf")
            await sample.generator.use_adapter(adapter)
            assert sample.generator.adapter == adapter

    async def test_adapters_are_known_or_refused(self, sample: Sample) -> None:
        """A known adapter and none are taken; an unknown one is refused and changes nothing."""
        for adapter in (*sample.adapters, None):
            await sample.generator.use_adapter(adapter)
        with pytest.raises(GenerationError):
            await sample.generator.use_adapter("never made")
        assert await written(sample.generator)
