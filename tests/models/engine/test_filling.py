"""Steps in one piece: gaps are filled, and nothing that is needed is changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from footnote.models.engine.filling import End, without_gaps
from footnote.models.engine.steps import Chunk

SEQUENCES = 6


@st.composite
def steps(draw: st.DrawFn) -> list[Chunk]:
    """Chunks of some sequences: written with guesses or without, and read."""
    chunks = []
    for sequence in draw(st.sets(st.integers(0, SEQUENCES - 1), min_size=1)):
        tokens = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=5)))
        drafts = tokens[1:] if draw(st.booleans()) else ()
        chunks.append(Chunk(sequence, 10, tokens, id=sequence, drafts=drafts))
    return chunks


@given(steps(), st.lists(st.integers(0, 6), min_size=SEQUENCES, max_size=SEQUENCES))
def test_what_is_needed_stays_as_it_was(chunks: list[Chunk], spare: list[int]) -> None:
    """Without their padding the chunks are the same, by sequence; no row lacks its place."""
    filled = without_gaps(chunks, lambda sequence: End(10, spare[sequence]), most=100)
    bare = [
        replace(chunk, tokens=chunk.tokens[: len(chunk.tokens) - chunk.padding], padding=0)
        for chunk in filled
    ]
    ours = [chunk for chunk in bare if chunk.id is not None]
    assert ours == sorted(chunks, key=lambda chunk: chunk.sequence)
    for chunk in filled:
        assert chunk.start == 10
        assert not chunk.padding or len(chunk.tokens) <= spare[chunk.sequence]


@given(steps())
def test_with_room_there_is_no_gap(chunks: list[Chunk]) -> None:
    """Sequences go up by one, and between those with guesses none has fewer rows."""
    filled = without_gaps(chunks, lambda _: End(10, 99), most=1000)
    sequences = [chunk.sequence for chunk in filled]
    assert sequences == list(range(sequences[0], sequences[-1] + 1))
    drafting = [chunk for chunk in filled if chunk.drafts]
    if drafting:
        rows = min(len(chunk.tokens) for chunk in drafting)
        between = filled[filled.index(drafting[0]) : filled.index(drafting[-1]) + 1]
        assert all(len(chunk.tokens) >= rows for chunk in between)


@given(steps(), st.integers(0, 10))
def test_no_more_rows_are_added_than_there_is_room_for(chunks: list[Chunk], most: int) -> None:
    """The rows of a step are limited."""
    filled = without_gaps(chunks, lambda _: End(10, 99), most)
    added = sum(len(chunk.tokens) for chunk in filled) - sum(len(each.tokens) for each in chunks)
    assert added <= most
