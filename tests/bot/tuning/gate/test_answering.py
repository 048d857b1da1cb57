"""Asking the contestants: in turns, with one seed an item, within a time, and kept at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.base import Prompt, Queued
from footnote.bot.tuning.gate.answering import Asking, collect
from footnote.bot.tuning.gate.items import Item
from footnote.bot.tuning.gate.standing import standing_items
from tests.bot.tuning.gate.stage import Players
from tests.bot.tuning.gate.world import World

ITEMS = standing_items()[:6]
WORLD = World(tuple(ITEMS), {})
THREE: dict[str, str | None] = {"base": None, "candidate": "new", "current": "old"}


def _says(world: World, item: Item, random: Random) -> str:
    del world, random
    return item.wanted


def _players() -> Players:
    return Players(WORLD, dict.fromkeys((None, "new", "old"), _says))


async def test_each_is_first_in_turn(tmp_path: Path) -> None:
    """So that a machine that becomes busy harms nobody more than the others."""
    players, told = _players(), list[str]()
    answers = await collect(
        ITEMS, Asking(THREE, 1, 5.0), players, tmp_path / "answers.jsonl", told.append
    )
    assert len(answers) == 18
    assert [adapter for adapter, _, _ in players.asked[::3]] == [None, "new", "old"] * 2
    assert {answer.text for answer in answers} == {item.wanted for item in ITEMS}
    assert all(0 < answer.first_s <= answer.total_s for answer in answers)
    assert told == ["Asking: 18 answers to write", "Asked: 18 of 18"]


async def test_another_seed_is_asked_anew(tmp_path: Path) -> None:
    """And the same one draws the same seeds for each contestant."""
    kept = tmp_path / "answers.jsonl"
    seeds = []
    for seed in (1, 2, 2):
        players = _players()
        await collect(ITEMS, Asking(THREE, seed, 5.0), players, kept, lambda _: None)
        seeds.append({(item, drawn) for _, item, drawn in players.asked})
    assert [len(drawn) for drawn in seeds] == [6, 6, 0]
    assert seeds[0].isdisjoint(seeds[1])


async def test_failures_are_tried_again_next_time(tmp_path: Path) -> None:
    """What failed may have been the engine's process, and is not kept."""
    kept = tmp_path / "answers.jsonl"
    broken = _players()
    broken.fails = lambda adapter, _item: "it stopped" if adapter == "new" else ""
    answers = await collect(ITEMS, Asking(THREE, 1, 5.0), broken, kept, lambda _: None)
    assert sum(bool(answer.failure) for answer in answers) == 6
    again = _players()
    answers = await collect(ITEMS, Asking(THREE, 1, 5.0), again, kept, lambda _: None)
    assert not any(answer.failure for answer in answers)
    assert [adapter for adapter, _, _ in again.asked] == ["new"] * 6


class _Stuck(Players):
    """Never comes to an end."""

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Some words, and then nothing."""
        del prompt
        yield "It is"
        await asyncio.Event().wait()


async def test_an_answer_without_end_fails(tmp_path: Path) -> None:
    """After the time that live answers have; what it wrote before counts for nothing."""
    stuck = _Stuck(WORLD, {None: _says})
    asking = Asking({"base": None}, 1, 0.01)
    [answer] = await collect(ITEMS[:1], asking, stuck, tmp_path / "a.jsonl", lambda _: None)
    assert answer.text == ""
    assert "0.01 seconds" in answer.failure


async def test_what_cannot_be_kept_is_one_sentence(tmp_path: Path) -> None:
    """It says what to do, and that nothing is asked twice."""
    (tmp_path / "gate").write_text("no folder", "utf-8")
    with pytest.raises(FootnoteError, match="goes on where it stopped"):
        await collect(
            ITEMS, Asking(THREE, 1, 5.0), _players(), tmp_path / "gate" / "a.jsonl", lambda _: None
        )
