"""What each part of the search does, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st

from footnote.bot.evaluation.ablation import FIGURES, SHIPPED
from footnote.bot.evaluation.ablation_table import markdown
from footnote.bot.evaluation.bootstrap import paired_bootstrap
from footnote.bot.evaluation.tasks import Tasks
from tests.hashing import HashEmbedder
from tests.properties import holds_for

unit = st.floats(0, 1).map(lambda value: round(value, 3))


@holds_for(st.lists(st.tuples(unit, unit), min_size=1, max_size=30), examples=25)
def test_the_interval_holds_the_mean(pairs: list[tuple[float, float]]) -> None:
    """It is within the least and greatest difference, and mirrored when the systems swap."""
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found, swapped = paired_bootstrap(ours, theirs), paired_bootstrap(theirs, ours)
    differences = [one - other for one, other in pairs]
    assert min(differences) - 1e-9 <= found.low <= found.high <= max(differences) + 1e-9
    assert found.mean == pytest.approx(sum(differences) / len(differences))
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low))


def test_the_interval_is_that_of_the_mean() -> None:
    """For 400 even differences it is near the normal one, 1.96 standard errors to each side."""
    found = paired_bootstrap([1.0, 0.0] * 200, [0.0] * 400)
    assert (found.low, found.high) == pytest.approx((0.451, 0.549), abs=0.006)
    assert found.sure
    assert not paired_bootstrap([1.0, 0.0] * 200, [0.0, 1.0] * 200).sure


@pytest.mark.parametrize("ours", [[], [1.0], [1.0, 2.0, 3.0]])
def test_only_pairs_are_compared(ours: list[float]) -> None:
    """Figures of other questions, or of none, are no pairs."""
    with pytest.raises(ValueError, match="each question"):
        paired_bootstrap(ours, [1.0, 2.0] if ours else [])


async def test_every_variant_is_held_against_the_shipped_search(data: Path) -> None:
    """The shipped one differs from itself by nothing; vectors alone know less here than words."""
    found = await Tasks(HashEmbedder()).ablation(data)
    variants = found["variants"]
    assert found["queries"] == 4
    assert next(iter(variants)) == SHIPPED
    assert all(figures.keys() == FIGURES.keys() for figures in variants.values())
    plain = await Tasks(HashEmbedder()).retrieval(data)
    for figure in ("ndcg@10", "map", "mrr", "recall@3"):
        assert variants[SHIPPED][figure]["mean"] == pytest.approx(plain["search"][figure])
        assert variants[SHIPPED][figure]["difference"] == 0
    for figures in variants.values():
        for name, figure in figures.items():
            shipped = variants[SHIPPED][name]["mean"]
            assert figure["difference"] == pytest.approx(figure["mean"] - shipped)
            assert figure["low"] <= figure["difference"] + 1e-9


def test_the_table_marks_what_is_sure() -> None:
    """Differences are in thousandths; only where the interval leaves out 0 they are bold."""

    def all_(mean: float, difference: float, low: float, high: float) -> dict[str, object]:
        one = {"mean": mean, "difference": difference, "low": low, "high": high}
        return dict.fromkeys(FIGURES, one)

    variants = {
        SHIPPED: all_(0.5, 0, 0, 0),
        "worse": all_(0.4, -0.1, -0.15, -0.05),
        "unsure": all_(0.51, 0.01, -0.02, 0.04),
        "same": all_(0.5, 0, 0, 0),
    }
    table = markdown({"tea": {"queries": 4, "variants": variants}}, "abc1234")
    lines = table.splitlines()
    assert lines[0].startswith("| tea, 4 questions | ndcg@10 |")
    assert lines[2].startswith("| as shipped | .500 |")
    assert "| **-100 [-150, -50]** |" in lines[3]
    assert "| +10 [-20, 40] |" in lines[4]
    assert lines[5].startswith("| same | 0 |")
    assert table.endswith("Measured at commit abc1234.\n")
