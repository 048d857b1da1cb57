"""The benchmarks of search and sync run; what they measure means nothing at this size."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks import growth, search, sync_scale


async def test_every_figure_of_a_search_is_measured() -> None:
    """Both sides have times by clock and processor, and what is found is exact."""
    found = json.loads(json.dumps(await search.measure(400, 3, seed=1, rest=0.0)))
    for times in (found["clock"], found["processor"]):
        assert times["ratio_p95"] > 0
    assert found["recall_at_10"] == 1


async def test_the_growth_is_measured_and_drawn() -> None:
    """One index is asked at each size, and both charts have a point for each."""
    rows = await growth.measure((100, 200), 3, seed=1)
    assert [row["passages"] for row in rows] == [100, 200]
    assert growth.picture(rows).count("<circle") == 3 * len(rows)


async def test_every_figure_of_a_sync_is_measured(tmp_path: Path) -> None:
    """A killed sync, too, is gone on with, and nothing is done twice or missing."""
    found = await sync_scale.measure(tmp_path, 100, 2, threads=0, seed=1)
    assert (found["done_again"], found["missing_in_the_end"]) == (0, 0)
    for name in ("unchanged_to_walk", "changed_of_first", "memory_half_way_to_end"):
        value = found[name]
        assert isinstance(value, float)
        assert value > 0
