"""The table of an ablation, as Markdown for the docs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS = ("ndcg@10", "map", "mrr", "recall@3", "in_found")


def markdown(results: Mapping[str, Mapping[str, Any]], commit: str) -> str:
    """One table a data set: the first row in figures, the others as differences from it.

    Differences are in thousandths with their 95 % interval; bold where it leaves out 0.
    """
    tables = [
        "\n".join(_table(name, found["queries"], found["variants"]))
        for name, found in results.items()
    ]
    return "\n\n".join(tables) + f"\n\nMeasured at commit {commit}.\n"


def _table(name: str, queries: int, variants: Mapping[str, Mapping[str, Any]]) -> list[str]:
    (shipped, figures), *others = variants.items()
    first = [f"{figures[column]['mean']:.3f}".removeprefix("0") for column in COLUMNS]
    return [
        f"| {name}, {queries} questions | {' | '.join(COLUMNS)} |",
        f"|{'---|' * (len(COLUMNS) + 1)}",
        f"| {shipped} | {' | '.join(first)} |",
        *(
            f"| {other} | {' | '.join(_difference(found[column]) for column in COLUMNS)} |"
            for other, found in others
        ),
    ]


def _difference(figure: Mapping[str, float]) -> str:
    mean, low, high = (round(1000 * figure[key]) for key in ("difference", "low", "high"))
    if figure["low"] == figure["high"] == 0:
        return "0"
    shown = f"{mean:+d} [{low}, {high}]"
    return f"**{shown}**" if figure["low"] > 0 or figure["high"] < 0 else shown
