"""The generator that plays scripts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from footnote.bot.generators.base import GenerationError, Queued
from footnote.bot.generators.scripted import Failure, Hang, Pause, ScriptedGenerator
from tests.bot.parts import prompt_of

PROMPT = prompt_of("Why?", ())


async def play(generator: ScriptedGenerator) -> list[Any]:
    """The pieces of one answer."""
    return [piece async for piece in generator.generate(PROMPT)]


async def test_scripts_are_played_in_order() -> None:
    """Each prompt gets the next script, and prompts are kept."""
    generator = ScriptedGenerator()
    generator.enqueue("one", Pause(0), Queued(3))
    generator.enqueue("two")
    assert await play(generator) == ["one", Queued(3)]
    assert await play(generator) == ["two"]
    assert generator.prompts == [PROMPT, PROMPT]
    assert generator.closed == 0


async def test_failures_fail() -> None:
    """A scripted failure and a missing script are generation errors, not cancellations."""
    generator = ScriptedGenerator()
    generator.enqueue("one", Failure("out of paper"))
    with pytest.raises(GenerationError, match="out of paper"):
        await play(generator)
    with pytest.raises(GenerationError, match="no script"):
        await play(generator)
    assert generator.closed == 0


async def test_a_hang_ends_with_its_cancellation() -> None:
    """What hangs goes on for ever, and counts as closed once it is cancelled."""
    generator = ScriptedGenerator()
    generator.enqueue(Hang())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await play(generator)
    assert generator.closed == 1
