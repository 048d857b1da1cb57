"""How much of a step's time is Python's: planning, filling the batch, choosing, text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from footnote.models.engine.calibration import ASSUMED, Profile
from footnote.models.engine.intake import Intake
from footnote.models.engine.loop import Loop
from footnote.models.engine.messages import Ask
from footnote.models.engine.native import Context, Log, Model
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.engine.samplers import Samplers
from footnote.models.engine.scheduler import Scheduler
from footnote.models.engine.steps import Chunk
from footnote.models.engine.trial import check, limits_for

STREAMS = 8
PROMPT = 200
ANSWER = 60


class TimedContext(Context):
    """Adds up the time that llama.cpp takes."""

    seconds = 0.0

    def compute(self, chunks: Sequence[Chunk]) -> list[int]:
        """Compute, and take the time."""
        start = perf_counter()
        try:
            return super().compute(chunks)
        finally:
            self.seconds += perf_counter() - start


def python_share(path: Path, context_tokens: int, threads: int) -> float:
    """The share with eight answers that are sampled with the usual samplers."""
    tuning = Tuning(threads=threads, sequences=STREAMS)
    options = EngineOptions(path, context_tokens=context_tokens, tuning=tuning)
    log = Log()
    model = Model(options, log)
    context = TimedContext(model, options, tuning, log)
    profile = Profile(tuning, ASSUMED)
    scheduler = Scheduler(limits_for(model, context, options, profile, check(context)))
    loop = Loop(context, scheduler, model, lambda _: None)
    intake = Intake(model.vocabulary, model.metadata())
    chance = random.Random(1)  # noqa: S311  no secret
    for number in range(STREAMS):
        length = min(PROMPT, context_tokens // 2)
        tokens = tuple(chance.randrange(10, model.vocabulary.size) for _ in range(length))
        samplers = Samplers(temperature=0.7, top_p=0.95, min_p=0.05, seed=number)
        ask = Ask(
            number,
            tokens=tokens,
            max_tokens=min(ANSWER, context_tokens // 4),
            samplers=samplers,
            endless=True,
        )
        loop.put(intake.asked(ask))
    loop._take_in()
    start, context.seconds = perf_counter(), 0.0
    while scheduler.waiting or scheduler.running:
        loop._step()
    share = 1 - context.seconds / (perf_counter() - start)
    context.close()
    model.close()
    return round(share, 4)
