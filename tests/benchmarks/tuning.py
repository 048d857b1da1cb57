"""`footnote tune run` with 300 examples: seconds by step, and speed beside a plain TRL script.

A team's state holds as many questions with corrections that an admin approved. `tune run` makes a
dataset of them, trains, exports, and holds the gate in the real engine, with the held-out examples
and the standing evaluation. The model is the small one of the tests, so what is measured is what
comes on top of computing. How its gate ends does not matter here.

Then the same dataset is trained by turns by Footnote's training and by a plain script, in processes
of their own, one thread each. Compared are the tokens that each reads in the seconds of its
`trainer.train()`. A plain script neither validates nor saves, so for Footnote the seconds of both
are taken out of `tokens_per_second`, and told beside it; `share_of_all` leaves them in, and
`share_of_processor` is by the processor's seconds, which count on a busy machine. Last, the same is
trained in four bits, where bitsandbytes is installed.

    python -m tests.benchmarks.tuning --json
    python -m tests.benchmarks.tuning --half-billion --json

The second trains a model of 0.5 billion parameters instead, see `tuning_half_billion.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.gate.gating import ANSWERS
from footnote.bot.tuning.running import run_all
from footnote.bot.tuning.runs import STEPS, Run
from footnote.bot.tuning.training import job_of
from footnote.models.training.job import Job, Trained
from footnote.models.training.training import train
from tests.benchmarks import tuning_plain
from tests.benchmarks.timing import say, show
from tests.benchmarks.tuning_figures import both, tokens_read, training_seconds
from tests.benchmarks.tuning_half_billion import FEW, LENGTH, measure_half_billion
from tests.benchmarks.tuning_plain import Plain
from tests.benchmarks.tuning_scene import made, without_weights
from tests.models.tiny_copier import make

EXAMPLES: Final = 300
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """The same training twice.

    Attributes:
        ours: Footnote's.
        plain: The plain script's.
    """

    ours: Trained
    plain: Plain

    @property
    def share(self) -> float:
        """Tokens a second of Footnote's training, where the plain script's are 1."""
        return self.plain.seconds / training_seconds(self.ours)


async def by_turns(job: Job, folder: Path, rounds: int) -> list[Turn]:
    """Train as often as that by each."""
    found = []
    for number in range(rounds):
        ours = await train(replace(job, folder=folder / f"ours{number}"))
        plain = await tuning_plain.train(job, folder / "plain", ours.steps)
        found.append(Turn(ours, plain))
        say(f"Turn {number + 1} of {rounds}: {found[-1].share:.3f} of the plain script's speed")
    return found


def beside_plain(turns: Sequence[Turn], batch: int) -> dict[str, Any]:
    """The figures of both sides."""
    last = turns[-1].ours
    tokens = tokens_read(last, batch)
    return {
        "tokens_per_second": round(median(tokens / training_seconds(turn.ours) for turn in turns)),
        "plain_tokens_per_second": round(median(tokens / turn.plain.seconds for turn in turns)),
        "share": round(median(turn.share for turn in turns), 3),
        "share_of_processor": round(
            median(turn.plain.processor / turn.ours.processor_seconds for turn in turns), 3
        ),
        "share_of_all": round(median(turn.plain.seconds / turn.ours.seconds for turn in turns), 3),
        "training_s": round(median(training_seconds(turn.ours) for turn in turns), 2),
        "validating_s": round(median(turn.ours.validating_seconds for turn in turns), 2),
        "saving_s": round(median(turn.ours.saving_seconds for turn in turns), 2),
        "checkpoints": last.checkpoints,
        "peak_mb": round(last.peak_bytes / 1e6),
        "device": last.device,
    }


async def run_of(settings: Settings) -> tuple[Run, dict[str, Any]]:
    """`tune run`, and the seconds of each step, by its manifest and of all processes together."""
    marks = [processor_seconds()]

    def report(line: str) -> None:
        if line.startswith("Step ") and " of 4: " in line:
            marks.append(processor_seconds())
        say(line)

    run, decision = await run_all(settings, report=report)
    marks = [*marks[1:], processor_seconds()]
    return run, {
        "steps_s": {step: round(run.needs(step).seconds, 2) for step in STEPS},
        "steps_processor_s": {
            step: round(end - start, 2)
            for step, start, end in zip(STEPS, marks, marks[1:], strict=False)
        },
        "gate": {"verdict": decision.verdict, "answers": _answers(run)},
    }


def processor_seconds() -> float:
    """What this process and all that it has started, and that have ended, took of the processor."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


async def measure(examples: int, rounds: int, model: Path | None = None) -> dict[str, Any]:
    """Run everything once, and train by turns.

    Args:
        examples: How many corrections there are.
        rounds: How often each side trains.
        model: The small model, where it was made before: the folder that `make` was given.
    """
    with tempfile.TemporaryDirectory() as name, without_weights():
        folder = Path(name)
        if model:
            shutil.copytree(model / "model", folder / "model")
        else:
            say("Pre-training the small model…")
            await make(folder)
        settings = await made(folder, examples)
        run, told = await run_of(settings)
        say(f"{told}")
        job = replace(await job_of(run, settings), threads=1)
        turns = await by_turns(job, folder, rounds)
        return {
            "examples": examples,
            **told,
            **beside_plain(turns, job.batch),
            **await both(replace(job, folder=folder)),
        }


def _answers(run: Run) -> int:
    """How many the gate has asked for; the first line says what they depend on."""
    return len((run.folder / ANSWERS).read_text("utf-8").splitlines()) - 1


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, help="300, or 64 of the large model")
    parser.add_argument("--tokens", type=int, default=LENGTH, help="of an example, about")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--model", type=Path, help="the small model's folder, if it was made")
    parser.add_argument("--half-billion", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.half_billion:
        found = asyncio.run(measure_half_billion(chosen.examples or FEW, chosen.tokens))
    else:
        found = asyncio.run(measure(chosen.examples or EXAMPLES, chosen.rounds, chosen.model))
    show(found, as_json=chosen.json)


if __name__ == "__main__":
    main()
