"""Greedy answers in F32 are the same tokens, whatever else runs and whatever is reused."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from footnote.models.engine.messages import Ended
from footnote.models.engine.options import Tuning
from tests.models.engine.conftest import FAMILIES
from tests.models.engine.native_world import ADAPTERS, EXACT, Loaded, NativeWorld, world_of

SCHEDULES = 50
"""A family; 200 in all."""

Models = Callable[[str], Loaded]
ALONE = replace(EXACT, sequences=1, guesses=0)


def random_tuning(chance: random.Random) -> Tuning:
    """Any sizes."""
    sequences = chance.choice((1, 2, 3, 4, 6))
    return Tuning(
        threads=1,
        cache_type="f32",
        sequences=sequences,
        rows=chance.choice((40, 64, 200)),
        rows_beside=chance.choice((1, 7, 32)),
        shared_cells=chance.random() < 0.3,
        guesses=chance.choice((0, 3, 4)),
    )


def random_prompt(chance: random.Random, texts: list[list[int]], size: int) -> list[int]:
    """A prompt that often begins as an earlier text does, and repeats itself."""
    stem = chance.choice(texts) if texts and chance.random() < 0.85 else []
    tokens = stem[: chance.choice((len(stem), chance.randint(0, len(stem))))][:150]
    own = [chance.randrange(8, size) for _ in range(chance.randint(1, 25))]
    return (tokens + own * chance.choice((1, 1, 3)))[:200]


def play(world: NativeWorld, chance: random.Random, size: int) -> list[tuple[int, list[int]]]:
    """Questions that come, go on together and are cancelled; returns number and prompt of each."""
    asked: list[tuple[int, list[int]]] = []
    texts: list[list[int]] = []
    for _ in range(chance.randint(3, 10)):
        tokens = random_prompt(chance, texts, size)
        number = world.ask(
            tokens,
            max_tokens=chance.randint(1, 25),
            adapter=chance.choice((None, None, None, *ADAPTERS)),
        )
        asked.append((number, tokens))
        for _ in range(chance.choice((0, 0, 2, 10, 60))):
            world.step()
            if chance.random() < 0.02:
                world.cancel(chance.choice(asked)[0])
        texts += [tokens, tokens + world.chosen(number)]
    world.run_out()
    return asked


@pytest.mark.parametrize("family", FAMILIES)
def test_company_changes_no_token(loaded_model: Models, family: str, seed: int) -> None:
    """Random schedules of questions: each answer is what the model says with nothing else running.

    Arrivals, cancellations, lengths, adapters, sizes of the cache and of steps are random; threads
    go on, spill and come back, and tokens are guessed.
    """
    model = loaded_model(family)
    size = model.model.vocabulary.size
    reused = 0
    with world_of(model, ALONE, reuse=False) as bare:
        for schedule in range(SCHEDULES):
            chance = random.Random(f"{seed} {schedule}")  # noqa: S311  no secret
            tuning = random_tuning(chance)
            spill_bytes = chance.choice((0, 60_000, 1 << 20))
            with world_of(model, tuning, spill_bytes) as world:
                asked = play(world, chance, size)
            for number, tokens in asked:
                ended = world.ended(number)
                assert isinstance(ended, Ended)
                adapter = world.adapters[number]
                expected = alone(bare, tokens, world.chosen(number), adapter, ended.reason)
                assert world.chosen(number) == expected, (seed, schedule, number, tuning)
                reused += ended.timings.reused_tokens
    assert reused > 300, "the schedules reuse something"


def alone(
    bare: NativeWorld, tokens: list[int], seen: list[int], adapter: str | None, reason: str
) -> list[int]:
    """What an empty context says; for a cancelled answer as much as had been written."""
    if not seen:
        return []
    number = bare.ask(
        tokens, max_tokens=len(seen), adapter=adapter, lookup=False, endless=reason != "stop"
    )
    bare.run_out()
    assert not bare.timings(number).reused_tokens
    return bare.chosen(number)


def test_guesses_come_true_and_change_no_token(loaded_model: Models) -> None:
    """Where a model repeats itself, guesses come true, and the tokens are the same without."""
    model = loaded_model("gemma3")
    prompt = [20, 21, 22, 23] * 10
    answers, right = [], []
    for lookup in (True, False):
        with world_of(model, replace(EXACT, shared_cells=True)) as world:
            number = world.ask(prompt, max_tokens=100, lookup=lookup, endless=True)
            world.run_out()
            answers.append(world.chosen(number))
            right.append(world.timings(number).guessed_right)
    assert answers[0] == answers[1]
    assert len(answers[0]) == 100
    assert right[0] > 20
    assert right[1] == 0


def test_a_spilled_thread_comes_back_as_it_was(loaded_model: Models) -> None:
    """With one sequence, a thread that gave way to another goes on from memory."""
    model = loaded_model("llama")
    with world_of(model, ALONE) as world:
        first = world.ask(range(20, 120), max_tokens=20, endless=True)
        world.run_out()
        other = world.ask(range(220, 100, -1), max_tokens=20, endless=True)
        world.run_out()
        thread = [*range(20, 120), *world.chosen(first), 30, 31]
        number = world.ask(thread, max_tokens=20, endless=True)
        world.run_out()
        assert world.timings(other).reused_tokens == 0
        assert world.timings(number).reused_tokens == 119
        seen = world.chosen(number)
    with world_of(model, ALONE, reuse=False) as bare:
        assert seen == alone(bare, thread, seen, None, "length")


def test_each_spilled_thread_comes_back_as_its_own(loaded_model: Models) -> None:
    """With two sequences, two threads that gave way go on from memory, each from its own."""
    model = loaded_model("llama")
    prompts = [range(20, 120), range(220, 120, -1), range(120, 220), range(119, 19, -1)]
    with (
        world_of(model, ALONE, reuse=False) as bare,
        world_of(model, replace(ALONE, sequences=2)) as world,
    ):
        first = []
        for prompt in prompts:
            first.append(world.ask(prompt, max_tokens=20, endless=True))
            world.run_out()
        for prompt, number in zip(prompts[:2], first[:2], strict=True):
            thread = [*prompt, *world.chosen(number), 30, 31]
            again = world.ask(thread, max_tokens=20, endless=True)
            world.run_out()
            assert world.timings(again).reused_tokens == 119
            assert world.chosen(again) == alone(bare, thread, world.chosen(again), None, "length")
