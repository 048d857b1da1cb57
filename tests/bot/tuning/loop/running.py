"""`footnote tune run` in a process that can be killed, for a model that knows one thing.

python -m tests.bot.tuning.loop.running footnote.toml
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
from footnote.bot.tuning.gate import gating
from footnote.bot.tuning.gate.decision import decide
from footnote.bot.tuning.gate.incumbent import incumbent_of
from footnote.bot.tuning.gate.measures import Bars
from footnote.bot.tuning.running import STEPS, Report, run_all
from footnote.bot.tuning.runs import Run
from tests.bot.tuning.loop.team import without_weights

FEW = Bars(
    alpha=0.2,
    conversations=8,
    margins={suite: dict.fromkeys(margins, 0.4) for suite, margins in Bars().margins.items()},
)
"""What a dozen held-out conversations can tell, which by the usual bars are too few."""


async def gate(run: Run, settings: Settings, report: Report) -> object:
    """The gate without the standing evaluation."""
    incumbent = await incumbent_of(settings)
    return await gating.gate(run, settings, report=report, incumbent=incumbent, standing=())


def main(config: Path) -> None:
    """Run all that is not done."""
    with pytest.MonkeyPatch.context() as patched:
        without_weights(patched)
        patched.setattr(gating, "decide", partial(decide, bars=FEW))
        settings = load_settings(config)
        report = partial(print, flush=True)
        asyncio.run(run_all(settings, report=report, steps=replace(STEPS, gate=gate)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
