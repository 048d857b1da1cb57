"""Answering for a long time leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import time
from pathlib import Path

import pytest

from footnote.bot.questions import Answer, Question
from footnote.retrieval.readers import ADMIN
from tests.bot.parts import Parts, parts
from tests.library import Page

STATM = Path("/proc/self/statm")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="this system has no /proc/self/statm"),
]

SECONDS = float(os.environ.get("FOOTNOTE_SOAK_SECONDS", "60"))
MEGABYTE = 1024 * 1024
WORDS = [f"{first}{last}" for first in "bcdfgklmnprst" for last in ("anto", "elri", "ompa", "usti")]


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


async def _ask(answering: Parts, text: str) -> Answer:
    events = answering.answerer(answering.quote).answer(Question("soak", text, readers=ADMIN))
    last = None
    async for event in events:
        last = event
    assert isinstance(last, Answer)
    return last


async def test_memory_and_tasks_stay_flat(seed: int) -> None:
    """After a warm-up, answering questions neither grows memory by 20 MB nor leaves a task."""
    draw = random.Random(seed)  # noqa: S311  no secret
    pages = [
        Page(f"page-{index}", f"# About {word}\n\n" + " ".join(draw.choices(WORDS, k=60)) + ".")
        for index, word in enumerate(WORDS)
    ]
    async with parts(pages) as answering:

        async def ask_for(seconds: float) -> int:
            asked, end = 0, time.monotonic() + seconds
            while time.monotonic() < end:
                await _ask(answering, " ".join(draw.choices(WORDS, k=3)))
                asked += 1
            return asked

        await ask_for(SECONDS / 3)
        before, tasks = _resident(), len(asyncio.all_tasks())
        asked = await ask_for(SECONDS * 2 / 3)
        grown = _resident() - before
        assert asked > 0
        assert grown < 20 * MEGABYTE, f"{asked} questions grew it by {grown // MEGABYTE} MB"
        assert len(asyncio.all_tasks()) == tasks
