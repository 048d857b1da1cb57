"""The child's loop over a real model, driven step by step in the test's own process."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from footnote.models.engine.calibration import ASSUMED, Profile
from footnote.models.engine.intake import Intake
from footnote.models.engine.loop import Loop
from footnote.models.engine.messages import Ask, Cancel, Ended, Event, Failed, Timings
from footnote.models.engine.native import Context, Log, Model, Scores
from footnote.models.engine.options import Adapter, EngineOptions, Tuning
from footnote.models.engine.scheduler import Scheduler
from footnote.models.engine.steps import Chosen, Chunk
from footnote.models.engine.trial import check, limits_for
from footnote.models.engine.writing import Writing
from tests.models.gguf_files import Shape, write_adapter, write_model

ADAPTERS = ("friendly", "terse")
EXACT = Tuning(threads=1, sequences=4, rows=64, rows_beside=16, guesses=3, cache_type="f32")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is loaded once for many tests."""

    shape: Shape
    options: EngineOptions
    model: Model
    log: Log


def loaded(folder: Path, shape: Shape) -> Loaded:
    """Make a model and two adapters, and load them."""
    path = write_model(folder / f"{shape.family}.gguf", shape)
    options = EngineOptions(path, context_tokens=256, spill_bytes=1 << 20)
    log = Log()
    model = Model(options, log)
    for seed, name in enumerate(ADAPTERS):
        adapter = write_adapter(folder / f"{shape.family}-{name}.gguf", shape, seed=seed)
        model.load_adapter(name, Adapter(adapter))
    return Loaded(shape, options, model, log)


class RecordedWriting(Writing):
    """Keeps the tokens that were chosen."""

    chosen: list[int]

    def advance(
        self, chunk: Chunk, first_row: int, scores: Callable[[int], Scores], now: float
    ) -> Chosen:
        """Go on, and keep what was chosen."""
        found = super().advance(chunk, first_row, scores, now)
        self.chosen = [*getattr(self, "chosen", []), *found.tokens]
        return found


@dataclass
class NativeWorld:
    """A context with a scheduler and a loop over it.

    Attributes:
        events: All that the parent would have been told.
        writings: What wrote each answer.
        adapters: Each answer's.
    """

    context: Context
    scheduler: Scheduler
    loop: Loop
    intake: Intake
    events: list[Event] = field(default_factory=list)
    writings: dict[int, Writing] = field(default_factory=dict)
    adapters: dict[int, str | None] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(
        self,
        tokens: Sequence[int],
        *,
        max_tokens: int = 20,
        adapter: str | None = None,
        lookup: bool = True,
        endless: bool = False,
    ) -> int:
        """Ask greedily with a prompt in tokens; returns the answer's number."""
        return self.put(
            Ask(
                0,
                tokens=tuple(tokens),
                max_tokens=max_tokens,
                adapter=adapter,
                lookup=lookup,
                endless=endless,
            )
        )

    def put(self, ask: Ask) -> int:
        """Ask anything, under a number of its own; returns it."""
        number = next(self.numbers)
        asked = self.intake.asked(replace(ask, id=number))
        asked.writing.__class__ = RecordedWriting
        self.adapters[number] = ask.adapter
        self.writings[number] = asked.writing
        self.loop.put(asked)
        return number

    def cancel(self, number: int) -> None:
        """Cancel one."""
        self.loop.put(Cancel(number))

    @property
    def busy(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.scheduler.waiting or self.scheduler.running or not self.loop._work.empty())

    def step(self) -> None:
        """One step, if there is anything to do."""
        if self.busy:
            self.loop._take_in()
            self.loop._step()
            for held in self.scheduler.sequences.all:
                assert self.context.length(held.index) == len(held.tokens), "no cell is leaked"

    def run_out(self, most: int = 10_000) -> None:
        """Go on until nothing is left to do."""
        for _ in range(most):
            if not self.busy:
                return
            self.step()
        raise AssertionError("it never ends")

    def chosen(self, number: int) -> list[int]:
        """The tokens of an answer."""
        return list(getattr(self.writings[number], "chosen", []))

    def ended(self, number: int) -> Ended | Failed | None:
        """How an answer ended, or None while it goes on."""
        found = [
            event
            for event in self.events
            if isinstance(event, Ended | Failed) and event.id == number
        ]
        assert len(found) <= 1, "an answer ends once"
        return found[0] if found else None

    def timings(self, number: int) -> Timings:
        """How an answer went."""
        ended = self.ended(number)
        assert isinstance(ended, Ended)
        return ended.timings


@contextmanager
def world_of(
    made: Loaded, tuning: Tuning = EXACT, spill_bytes: int = 1 << 20, *, reuse: bool = True
) -> Iterator[NativeWorld]:
    """An empty context over a loaded model; without reuse it is empty again for each prompt."""
    chosen = replace(made.options, spill_bytes=spill_bytes)
    context = Context(made.model, chosen, tuning, made.log)
    profile = Profile(tuning, ASSUMED)
    limits = limits_for(made.model, context, chosen, profile, check(context))
    scheduler = Scheduler(replace(limits, reuse=limits.reuse and reuse))
    events: list[Event] = []
    loop = Loop(context, scheduler, made.model, events.append)
    intake = Intake(made.model.vocabulary, made.model.metadata())
    try:
        yield NativeWorld(context, scheduler, loop, intake, events)
    finally:
        context.close()
