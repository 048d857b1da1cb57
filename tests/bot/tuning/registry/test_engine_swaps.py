"""The real engine swaps adapters while it writes, and back again exactly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from footnote.bot.generators.base import Prompt, Sampling
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.state.sqlite import open_state
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import digest_of
from footnote.bot.tuning.swapping import Swapper
from tests.bot.parts import prompt_of
from tests.bot.tuning.registry.made import filed, provenance
from tests.models.engine.serving import options_for, serving
from tests.models.gguf_files import Shape, write_adapter

SHAPE = Shape("qwen2")
PROMPT = replace(prompt_of("How many days?", ()), sampling=Sampling(temperature=0, max_tokens=24))
LONG = replace(PROMPT, sampling=Sampling(temperature=0, max_tokens=150))


async def test_answers_that_run_end_on_the_old_one(tmp_path: Path) -> None:
    """What begins later is written with the new one, and greedy answers come back bit for bit."""
    model = options_for(tmp_path, SHAPE).model
    async with (
        serving(tmp_path) as engine,
        open_state(tmp_path / "state.db") as state,
    ):
        generator, registry = GgufGenerator(engine), Registry(state)

        async def written(prompt: Prompt = PROMPT) -> str:
            pieces = generator.generate(prompt)
            return "".join([piece async for piece in pieces if isinstance(piece, str)])

        async def base() -> str:
            return digest_of(model)

        looking = Swapper(generator, registry, tmp_path / "cache", base)
        before, long = await written(), await written(LONG)
        path = write_adapter(tmp_path / "friendly.gguf", SHAPE, seed=3, scale=64)
        made = await registry.file(path, provenance("friendly", base=digest_of(model)))
        await registry.promote(made.id, "ann")
        # The engine writes two at a time, so most of these wait.
        running = [asyncio.ensure_future(written(LONG)) for _ in range(12)]
        await asyncio.sleep(0)
        await looking.look()
        assert not all(each.done() for each in running)
        after = asyncio.ensure_future(written())
        assert await asyncio.gather(*running) == [long] * len(running)
        assert generator.adapter == made.id
        assert await after != before
        broken = await filed(registry, tmp_path, "broken", base=digest_of(model))
        await registry.promote(broken.id, "bob")
        await looking.look()
        assert generator.adapter == made.id
        assert "does not fit this model" in looking.trouble
        assert await written() == await after
        for _ in range(2):
            await registry.roll_back("ann")
            await looking.look()
        assert looking.using.adapter == ""
        assert await written() == before
