"""A scheduler over a cache whose contents can be seen: random lives of random questions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from zlib import crc32

from hypothesis import strategies as st

from footnote.models.engine.scheduler import Limits, Scheduler, TooLongError
from footnote.models.engine.sequences import Layout
from footnote.models.engine.steps import Chosen, Chunk, Prompt, Step
from tests.models.engine.cache_model import CacheModel

VOCABULARY = 3
ADAPTERS = (None, "friendly", "terse")


def next_token(text: tuple[int, ...], adapter: str | None) -> int:
    """What the imagined model says after a text; often what stood there before, as answers do."""
    if len(text) > 6:
        return text[-6]
    return crc32(repr((text, adapter)).encode()) % VOCABULARY


@dataclass
class World:
    """Drives a scheduler over the cache model, and holds every row to what it should see."""

    limits: Limits
    scheduler: Scheduler = field(init=False)
    cache: CacheModel = field(init=False)
    prompts: dict[int, Prompt] = field(default_factory=dict)
    texts: dict[int, list[int]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    finished: dict[int, list[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    now: float = 0.0
    reused: int = 0
    guessed_right: int = 0

    def __post_init__(self) -> None:
        """Start empty."""
        self.scheduler = Scheduler(self.limits)
        self.cache = CacheModel(self.limits)

    def ask(self, prompt: Prompt) -> None:
        """Ask one more."""
        self.scheduler.ask(prompt)
        self.prompts[prompt.id] = prompt
        self.texts[prompt.id] = list(prompt.tokens)
        self.asked.append(prompt.id)

    def cancel(self, number: int) -> None:
        """Cancel one, if it is still there."""
        if self.scheduler.cancel(number):
            self.gone.add(number)

    def step(self, *, fails: bool = False, cancelled: int | None = None) -> Step:
        """Plan, compute and settle one step."""
        step = self.scheduler.plan(self.now)
        self.gone.update(step.expired)
        for number, reused in step.begun:
            self.order.append(number)
            self.reused += reused
        self.cache.do(step.operations)
        held = self._lengths()
        for chunk in step.chunks:
            if chunk.id is not None:
                end = chunk.start + len(chunk.tokens) - chunk.padding
                prompt = self.prompts[chunk.id]
                assert end < len(prompt.tokens) + prompt.max_tokens, "no more than was reserved"
        # A step that fails may have computed some of its rows.
        self.cache.compute(step.chunks[: len(step.chunks) // 2] if fails else step.chunks)
        chosen = {} if fails else self._chosen(step)
        if cancelled is not None:
            self.cancel(cancelled)
        settled = self.scheduler.drop(step) if fails else self.scheduler.settle(step, chosen)
        self.cache.do(settled)
        if fails:
            self.gone.update(chunk.id for chunk in step.chunks if chunk.id is not None)
            assert held == self._lengths()
        self._check_books()
        return step

    def _lengths(self) -> list[int]:
        return [len(self.cache.held(held.index)) for held in self.scheduler.sequences.all]

    def _chosen(self, step: Step) -> dict[int, Chosen]:
        chosen = {}
        for chunk in step.chunks:
            if chunk.id is not None and chunk.scored:
                chosen[chunk.id] = self._chosen_for(chunk.id, chunk)
        return chosen

    def _chosen_for(self, number: int, chunk: Chunk) -> Chosen:
        prompt, text = self.prompts[number], self.texts[number]
        tokens: list[int] = []
        ended = False
        for row in range(chunk.first_scored, chunk.first_scored + chunk.scored):
            seen, adapters = self.cache.seen(chunk, row)
            assert seen == tuple(text), "a row sees exactly its own text"
            assert adapters == {prompt.adapter}, "all of it computed with its own adapter"
            tokens.append(next_token(seen, prompt.adapter))
            text.append(tokens[-1])
            written = len(text) - len(prompt.tokens)
            assert written <= prompt.max_tokens
            if ended := written == prompt.max_tokens or (tokens[-1] == 0 and written % 5 == 0):
                self.finished[number] = text[len(prompt.tokens) :]
                break
            index = row - chunk.first_scored
            if index >= len(chunk.drafts) or chunk.drafts[index] != tokens[-1]:
                break
        self.guessed_right += len(tokens) - 1
        return Chosen(tuple(tokens), ended)

    def _check_books(self) -> None:
        """What the scheduler believes to be in the cache is there, and nothing else."""
        for held in self.scheduler.sequences.all:
            cells = self.cache.held(held.index)
            kept = [text[-1] for text, _ in cells]
            assert len(kept) == len(held.tokens)
            assert all(there in (own, -1) for there, own in zip(kept, held.tokens, strict=True))
        assert len(self.scheduler.running) <= self.limits.answers

    def run_out(self, steps: int = 10_000) -> None:
        """Go on until nothing is left to do."""
        for _ in range(steps):
            if not (self.scheduler.waiting or self.scheduler.running):
                return
            step = self.step()
            assert step.chunks, "while there is something to do, something is done"
        raise AssertionError("starved")


def alone(prompt: Prompt) -> list[int]:
    """What a prompt's answer is when nothing else runs."""
    world = World(Limits(Layout(1, 10_000), answers=1, rows=64, rows_beside=8))
    world.ask(prompt)
    world.run_out()
    return world.finished[prompt.id]


@st.composite
def all_limits(draw: st.DrawFn) -> Limits:
    """Any sizes that make sense."""
    sequences = draw(st.integers(1, 5))
    shared = draw(st.booleans())
    window = draw(st.sampled_from((None, None, 20)))
    return Limits(
        Layout(sequences, draw(st.integers(90, 400 if shared else 150)), shared),
        answers=draw(st.integers(1, sequences)),
        rows=2 * sequences + draw(st.integers(1, 40)),
        rows_beside=draw(st.integers(1, 40)),
        spill_bytes=draw(st.sampled_from((0, 300, 400, 1000))),
        token_bytes=3,
        reuse=draw(st.sampled_from((True, True, True, False))),
        window=window,
        guess_costs=(0.3, 0.6, 0.9)[: draw(st.sampled_from((0, 1, 3))) if window is None else 0],
    )


@st.composite
def lives(draw: st.DrawFn) -> World:
    """A world in which questions have come, gone on, been cancelled, and run out."""
    limits = draw(all_limits())
    world = World(limits)
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  no secret
    adapters = ADAPTERS if draw(st.booleans()) else (None,)
    shortest = draw(st.sampled_from((1, 70)))
    stems = [
        [chance.randrange(VOCABULARY) for _ in range(chance.randint(shortest, 80))]
        for _ in range(3)
    ]
    for number in range(draw(st.integers(1, 14))):
        earlier = [list(text) for text in world.texts.values()]
        stem = chance.choice(stems + earlier)
        tokens = stem[: max(shortest, chance.randint(0, len(stem)))]
        tokens += [chance.randrange(VOCABULARY) for _ in range(chance.randint(1, 20))]
        prompt = Prompt(
            number,
            tuple(tokens),
            max_tokens=chance.randint(1, 40),
            adapter=chance.choice(adapters),
            deadline=world.now + 5 if chance.random() < 0.1 else None,
            lookup=chance.random() < 0.7,
        )
        try:
            world.ask(prompt)
        except TooLongError:
            assert len(tokens) + prompt.max_tokens > limits.layout.cells
            continue
        for _ in range(chance.choice((0, 0, 1, 3, 20))):
            world.now += 0.1
            cancelled = chance.randint(0, number) if chance.random() < 0.05 else None
            world.step(fails=chance.random() < 0.05, cancelled=cancelled)
            if chance.random() < 0.05:
                world.cancel(chance.randint(0, number))
    world.run_out()
    return world
