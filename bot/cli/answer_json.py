"""An answer as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footnote.bot.questions import Answer

TIMINGS = ("search", "first_block", "total")


def answer_json(answer: Answer) -> dict[str, Any]:
    """What `footnote ask --json` prints; a timing that there is none of is null."""
    return {
        "id": answer.question.id,
        "question": answer.question.text,
        "outcome": answer.outcome.value,
        "text": answer.text,
        "note": answer.note,
        "citations": [
            {
                "number": citation.number,
                "passage_id": citation.passage.id,
                "document_id": citation.passage.document_id,
                "title": citation.passage.title,
                "url": citation.passage.url,
                "quote": citation.quote,
                "start": citation.start,
                "end": citation.end,
            }
            for citation in answer.citations
        ],
        "closest": [
            {"document_id": passage.document_id, "title": passage.title, "url": passage.url}
            for passage in answer.closest
        ],
        "passages": [
            {
                "id": found.passage.id,
                "document_id": found.passage.document_id,
                "score": found.score,
            }
            for found in answer.passages
        ],
        "timings_ms": {name: answer.timings_ms.get(name) for name in TIMINGS},
        "generator": answer.generator,
        "adapter": answer.adapter,
    }
