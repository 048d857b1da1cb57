"""An explanation as one JSON object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from footnote.bot.explaining.explanation import Explanation, GateStep, Row
from footnote.bot.moments import moment
from footnote.retrieval.reranking import Judgment


def explanation_json(explained: Explanation) -> dict[str, Any]:
    """What `footnote explain --json` prints; what was not kept or not reached is null."""
    question, answer, again = explained.question, explained.answer, explained.again
    return {
        "id": question.id,
        "reference": question.reference,
        "question": question.text,
        "platform": question.platform or None,
        "place": question.place or None,
        "finished_at": moment(explained.finished_at),
        **_looked_up(explained),
        "prompt": explained.prompt
        and {
            "passages": list(explained.prompt.passages),
            "tokens": explained.prompt.tokens,
            "context_tokens": explained.prompt.context_tokens,
        },
        "unsupported": [
            {
                "text": failed.text,
                "reason": failed.reason,
                "marked": failed.marked,
                "coverage": _number(failed.coverage),
                "cosine": _number(failed.cosine),
            }
            for failed in explained.unsupported
        ],
        "outcome": answer and answer.outcome.value,
        "why": explained.why,
        "text": answer and answer.text,
        "generator": answer and answer.generator,
        "adapter": answer and answer.adapter,
        "timings_ms": dict(answer.timings_ms) if answer else {},
        "not_kept": list(explained.not_kept),
        "again": again and {**_looked_up(again), "why": again.why},
    }


def _looked_up(explained: Explanation) -> dict[str, Any]:
    """What search and gate did, for whom."""
    search, readers = explained.search, explained.question.readers
    judged = search.judgment.scores if search and search.judgment else {}
    return {
        "readers": {"labels": sorted(readers.labels), "unrestricted": readers.unrestricted},
        "history": [turn.question for turn in explained.question.conversation.turns],
        "search": {
            "query": explained.query,
            "queries": search and list(search.queries),
            "stems": search and list(search.stems),
            "matched": search and search.matched,
            "nearest": search and search.nearest,
            "weight": search and search.weight,
            "reranking": search and _reranking(search.judgment),
        },
        "candidates": [_row(row, judged) for row in explained.rows],
        "gate": explained.gate and _gate(explained.gate),
    }


def _reranking(judgment: Judgment | None) -> dict[str, Any] | None:
    """Who judged how many candidates, and why not where it did not come to that."""
    if judgment is None:
        return None
    return {
        "name": judgment.name,
        "judged": len(judgment.scores),
        "trouble": judgment.trouble or None,
    }


def _row(row: Row, judged: Mapping[str, float]) -> dict[str, Any]:
    passage = row.passage
    return {
        "rank": row.rank,
        "passage_id": row.passage_id,
        "document_id": row.document_id,
        "title": passage and passage.title,
        "heading": passage and list(passage.heading),
        "bm25": row.lexical,
        "cosine": row.cosine,
        "fused": row.fused,
        "judged": judged.get(row.passage_id),
        "final": row.final,
        "kept": row.kept,
        "fate": str(row.fate),
        "by": row.by,
        "number": row.number,
    }


def _gate(gate: GateStep) -> dict[str, Any]:
    return {
        "features": {
            name: {"value": value, "weight": gate.weights.get(name)}
            for name, value in gate.features.items()
        },
        "bias": gate.bias if gate.weights else None,
        "score": _number(gate.score),
        "threshold": gate.threshold,
        "setting": gate.setting and gate.setting.value,
        "passed": gate.passed,
    }


def _number(value: float | None) -> float | None:
    """The same, but nothing where JSON has no number for it."""
    return value if value is not None and math.isfinite(value) else None
