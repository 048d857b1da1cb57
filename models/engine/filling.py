"""Keeps a step in one piece where each sequence has cells of its own.

llama.cpp then computes rows of several sequences together only while their numbers go up by one,
and only as many rows of each as the shortest has (`llama_batch_allocr::split_equal`). A gap would
let the batch fall apart, and every part reads all weights again, so gaps are filled with rows that
nobody needs and that are removed after the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from footnote.models.engine.steps import Chunk

FILLER = 0
"""The token of a row that only fills a gap; any would do."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a sequence ends, and how many rows could be appended to it for a moment."""

    length: int
    spare: int


def without_gaps(
    chunks: Sequence[Chunk], end: Callable[[int], End], most: int
) -> tuple[Chunk, ...]:
    """The chunks by sequence, with rows in the gaps where there is room for them.

    Args:
        chunks: At most one a sequence.
        end: Where a sequence without a chunk ends.
        most: Rows that may be added at most.
    """
    by_sequence = {chunk.sequence: chunk for chunk in chunks}
    added = _fill(by_sequence, 1, end, most)
    drafting = [chunk for chunk in by_sequence.values() if chunk.drafts]
    if drafting:
        rows = min(len(chunk.tokens) for chunk in drafting)
        _fill(by_sequence, rows, end, most - added, between=[each.sequence for each in drafting])
    return tuple(by_sequence[sequence] for sequence in sorted(by_sequence))


def _fill(
    chunks: dict[int, Chunk],
    rows: int,
    end: Callable[[int], End],
    most: int,
    between: Sequence[int] | None = None,
) -> int:
    """Let every sequence between the outermost have so many rows; returns how many were added."""
    borders = between or tuple(chunks)
    if not borders:
        return 0
    added = 0
    for sequence in range(min(borders), max(borders) + 1):
        there = chunks.get(sequence)
        have = len(there.tokens) if there else 0
        missing = rows - have
        at = end(sequence)
        if missing > 0 and added + missing <= most and at.spare >= rows:
            start = there or Chunk(sequence, at.length, ())
            filled = start.tokens + (FILLER,) * missing
            chunks[sequence] = replace(start, tokens=filled, padding=start.padding + missing)
            added += missing
    return added
