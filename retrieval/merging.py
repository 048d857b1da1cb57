"""Neighbouring passages of one document as one longer passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from footnote.retrieval.passages import Passage


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging gave.

    Attributes:
        passages: In the order of the best of each; a merged one has the id of its best.
        into: Id of each passage that is now part of another one → id of that one.
    """

    passages: tuple[Passage, ...]
    into: dict[str, str]


def merge_adjacent(ranked: Sequence[Passage], longest: int) -> Merged:
    """Join passages that touch or overlap in one section of a document.

    Args:
        ranked: Passages, best first.
        longest: The most characters that a merged passage may have.
    """
    whole: list[Passage] = []
    into: dict[str, str] = {}
    for passage in ranked:
        joined = passage
        for index, better in enumerate(whole):
            union = _joined(better, passage)
            if union is not None and len(union.text) <= longest:
                whole[index] = union
                joined = union
                into[passage.id] = better.id
                break
        if joined is passage:
            whole.append(passage)
    return Merged(tuple(whole), into)


def _joined(better: Passage, other: Passage) -> Passage | None:
    """Both as one with the better's id, or None where something stands between them."""
    if (better.document_id, better.heading) != (other.document_id, other.heading):
        return None
    first, second = sorted((better, other), key=lambda passage: (passage.start, -passage.end))
    if second.start > first.end:
        return None
    rest = second.text[first.end - second.start :] if second.end > first.end else ""
    return replace(
        better,
        text=first.text + rest,
        start=first.start,
        end=max(first.end, second.end),
        ordinal=min(first.ordinal, second.ordinal),
        url=first.url,
        place=first.place,
    )
