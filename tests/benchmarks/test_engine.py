"""The benchmark of the engine runs; what it measures means nothing at this size."""

from __future__ import annotations

import json

from tests.benchmarks.engine import Sizes, measure
from tests.models.gguf_files import Shape

TINY = Sizes(
    shape=Shape("llama", vocabulary=600, quantized=True, context=8192),
    at_once=(1, 8),
    lengths=(60, 120),
    shared=30,
    answer=12,
    guessing=60,
    rounds=1,
    streams=4,
)


async def test_every_figure_is_measured() -> None:
    """A run that is as small as can be gives one JSON object with every figure in it."""
    found = json.loads(json.dumps(await measure(TINY, threads=1)))
    ratios = found["ratios"]
    for name in ("tokens_at_8_120_vs_fifo", "tokens_at_8_60_vs_fifo", "tokens_at_8_120_vs_lock"):
        assert ratios[name] > 0
    assert ratios["tokens_at_1_vs_fifo"] > 0
    assert ratios["first_token_p95_at_8_120_vs_fifo"] > 0
    assert found["lookup"].keys() == {"at_0.9", "at_0.5", "at_0.0"}
    assert found["follow_up"] > 0
    assert found["peak_mb"]["product"] > 0
    assert 0 < found["python_share"] < 1
