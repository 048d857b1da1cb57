"""`footnote tune run` in a process that can be killed, for a model that knows one thing.

python -m tests.bot.tuning.loop.running footnote.toml [--new]
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning import training
from footnote.bot.tuning.gate import gating
from footnote.bot.tuning.gate.decision import decide
from footnote.bot.tuning.gate.incumbent import incumbent_of
from footnote.bot.tuning.gate.measures import Bars
from footnote.bot.tuning.running import STEPS, Report, run_all
from footnote.bot.tuning.runs import Run
from footnote.bot.tuning.training import job_of as usual_job
from footnote.models.training.job import Job
from tests.bot.tuning.loop.team import without_weights

FEW = Bars(
    alpha=0.2,
    conversations=8,
    margins={suite: dict.fromkeys(margins, 0.4) for suite, margins in Bars().margins.items()},
    slower=1000.0,
)
"""What a dozen held-out conversations can tell, which by the usual bars are too few.

Nor can the seconds of so few tell anything on a machine that does something else as well.
"""


SAVED_EVERY = 5
"""Steps from one checkpoint to the next, since all of them take a few seconds."""


async def job_of(run: Run, settings: Settings) -> Job:
    """What is to be trained, the same each time: on one thread."""
    return replace(await usual_job(run, settings), threads=1, save_every=SAVED_EVERY)


async def gate(run: Run, settings: Settings, report: Report) -> object:
    """The gate without the standing evaluation."""
    incumbent = await incumbent_of(settings)
    return await gating.gate(run, settings, report=report, incumbent=incumbent, standing=())


def main(config: Path, *, anew: bool) -> None:
    """Run all that is not done, or all of it."""
    with pytest.MonkeyPatch.context() as patched:
        without_weights(patched)
        patched.setattr(gating, "decide", partial(decide, bars=FEW))
        patched.setattr(training, "job_of", job_of)
        settings = load_settings(config)
        report = partial(print, flush=True)
        steps = replace(STEPS, gate=gate)
        asyncio.run(run_all(settings, report=report, steps=steps, anew=anew))


if __name__ == "__main__":
    main(Path(sys.argv[1]), anew="--new" in sys.argv)
