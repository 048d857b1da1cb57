"""The report: what every task gives over every folder, as tables for README."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from footnote.bot.evaluation.beir import DataError, read_questions
from footnote.bot.evaluation.tasks import Figures, Tasks

Results = Mapping[str, Mapping[str, Figures]]
"""Folder's name → task → figures."""

_RANKING = ("recall@3", "recall@10", "mrr", "ndcg@10", "map")
_SPANS = ("span_recall@5", "span_recall@10")
_CITATIONS = ("citation_f1", "citation_recall", "citation_precision", "any_right")
_GATE = (
    "false_refusal_rate",
    "refusal_rate",
    "refusal_fr5",
    "refusal_fr10",
    "absent_fr5",
    "off_topic",
)


async def collect(tasks: Tasks, folders: Sequence[Path], off_topic: Sequence[Path]) -> Results:
    """Run, over each folder, every task that its files allow."""
    results: dict[str, dict[str, Figures]] = {}
    for folder in folders:
        possible = tasks_for(folder, asked_off_topic=bool(off_topic))
        if not possible:
            raise DataError(f"{folder} holds nothing that a task could use.")
        found: dict[str, Figures] = {}
        if "retrieval" in possible:
            found["retrieval"] = await tasks.retrieval(folder)
        if "spans" in possible:
            found["spans"] = await tasks.spans(folder)
        if "answers" in possible:
            found["answers"] = await tasks.answers(folder)
        if "gate" in possible:
            found["gate"] = await tasks.gate(folder, off_topic)
        results[folder.name] = found
    return results


def tasks_for(folder: Path, *, asked_off_topic: bool) -> set[str]:
    """The tasks that a folder's files allow.

    Raises:
        DataError: Its questions cannot be read.
    """
    if not (folder / "corpus.jsonl").is_file():
        return {"gate"} if folder.is_dir() and asked_off_topic else set()
    questions = read_questions(folder)
    labelled = any(question.answerable is False for question in questions)
    judged = (folder / "qrels.tsv").is_file()
    possible = {
        "retrieval": judged,
        "spans": any(question.spans for question in questions),
        "answers": labelled and (folder / "answers.jsonl").is_file(),
        "gate": judged and (labelled or asked_off_topic),
    }
    return {task for task, there in possible.items() if there}


def markdown(results: Results, commit: str) -> str:
    """The tables, as Markdown."""
    ranking = [
        (f"{name}, {ranked}", figures["retrieval"][side])
        for name, figures in results.items()
        if "retrieval" in figures
        for side, ranked in (("bm25", "BM25"), ("vectors", "vectors"), ("search", "**search**"))
    ]
    tables = [
        _table("Right documents", ranking, _RANKING),
        _table("Marked characters found", _rows(results, "spans"), _SPANS),
        _table("Sentences cited", _rows(results, "answers"), _CITATIONS),
        _table("Refusals", _rows(results, "gate"), _GATE),
    ]
    return "\n".join(table for table in tables if table) + f"\nMeasured at commit {commit}.\n"


def _rows(results: Results, task: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, figures[task]) for name, figures in results.items() if task in figures]


def _table(
    heading: str, rows: Sequence[tuple[str, Mapping[str, Any]]], columns: Sequence[str]
) -> str:
    if not rows:
        return ""
    lines = [
        f"| {' | '.join((heading, *columns))} |",
        f"|{'---|' * (len(columns) + 1)}",
        *(
            f"| {' | '.join((name, *(_figure(figures[column]) for column in columns)))} |"
            for name, figures in rows
        ),
    ]
    return "\n".join(lines) + "\n"


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}".removeprefix("0")  # noqa: RUF001  a gap
