"""What Footnote adds to an answer on a platform, beside a bare app that makes the same calls."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from tests.benchmarks.timing import percentiles, show

WARM = 3


@dataclass(slots=True)
class Times:
    """Seconds from the sending of each event.

    Attributes:
        ack: To its acknowledgement; empty where the platform knows none.
        first: To the first block.
        final: To the final message.
    """

    ack: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    final: list[float] = field(default_factory=list)

    def without(self, first_s: float = 0.0, final_s: float = 0.0) -> Times:
        """The same without what is known to pass before the first block, and the final message."""
        first = [seconds - first_s for seconds in self.first]
        return Times(self.ack, first, [seconds - final_s for seconds in self.final])


class Asking(Protocol):
    """Asks one app."""

    times: Times

    async def ask(self) -> object:
        """Ask once, and take the time of the answer."""


async def ask_in_turn(ours: Asking, theirs: Asking, questions: int, warm: int = WARM) -> None:
    """Ask Footnote, which is warm, and the bare app so often; only these times are kept."""
    for _ in range(warm):
        await theirs.ask()
    ours.times, theirs.times = Times(), Times()
    for _ in range(questions):
        await ours.ask()
        await theirs.ask()


def overheads(ours: Times, bare: Times) -> dict[str, object]:
    """Every figure of both, compared."""
    found: dict[str, object] = {
        "first_block": _compared(ours.first, bare.first),
        "final": _compared(ours.final, bare.final),
    }
    if ours.ack:
        found["ack"] = _compared(ours.ack, bare.ack)
    return found


def run_by_hand(
    measure: Callable[[Path, int], Awaitable[Mapping[str, object]]], description: str | None
) -> None:
    """Measure as the command line says.

    Args:
        measure: Gets an empty folder, and how many questions to ask.
        description: What it measures.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--folder", type=Path, help="On the disk to measure; temporary by default.")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()

    async def measured(folder: Path) -> Mapping[str, object]:
        return await measure(folder, chosen.questions)

    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        show(asyncio.run(measured(Path(folder))), as_json=chosen.json)


def _compared(ours: Sequence[float], bare: Sequence[float]) -> dict[str, object]:
    """Percentiles of both, and how many times as long Footnote takes."""
    low, high = np.percentile(np.array(ours), (50, 95)) / np.percentile(np.array(bare), (50, 95))
    return {
        "footnote": percentiles(ours),
        "baseline": percentiles(bare),
        "ratio_p50": round(float(low), 2),
        "ratio_p95": round(float(high), 2),
    }
