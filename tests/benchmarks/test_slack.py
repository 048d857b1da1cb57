"""The benchmark of Slack runs; what it measures means nothing at this size."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.slack import measure


async def test_every_figure_is_measured(tmp_path: Path) -> None:
    """A run that is as small as can be gives one JSON object with every figure in it."""
    found = json.loads(json.dumps(await measure(tmp_path, questions=1)))
    assert found["posted"]["calls"] == ["chat.postMessage"]
    assert found["streamed"]["calls"] == ["chat.startStream", "chat.stopStream"]
    for shape in found.values():
        for figure in ("first_block", "final", "ack"):
            assert shape[figure]["footnote"]["p95_ms"] > 0
            assert shape[figure]["ratio_p50"] > 0
