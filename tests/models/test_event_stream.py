"""Server-sent events, however they are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.models.event_stream import EventStream

lines = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=9)


def read(stream: bytes, cuts: list[int]) -> list[str]:
    """The events of a stream that comes in chunks, cut at these places."""
    events = EventStream()
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return [data for start, end in pairwise(places) for data in events.feed(stream[start:end])]


@given(
    texts=st.lists(st.lists(lines, min_size=1, max_size=3), max_size=4),
    noise=st.sampled_from(
        ["", ": keep-alive\n", "event: message\n", "id: 7\nretry: 9\n", "data\n"]
    ),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(0, 300), max_size=20),
)
def test_events_survive_any_cut(
    texts: list[list[str]], noise: str, ending: str, cuts: list[int]
) -> None:
    """Whatever the line ends, the remarks and the chunks, each event's data comes out whole."""
    written = "".join(noise + "".join(f"data: {line}\n" for line in text) + "\n" for text in texts)
    stream = written.replace("\n", ending).encode() + b": end\n"
    empty = [""] if noise == "data\n" else []
    events = ["\n".join(empty + text) for text in texts]
    assert read(stream, cuts) == events
    assert read(stream, list(range(len(stream)))) == events


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data:a\n\ndata: b\n\ndata:  c\n\n", ["a", "b", " c"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"data: a\n", []),
        (b"\n\n: x\n\n\ndata: a\n\n\n\n", ["a"]),
        (b"data: \xff\n\n", ["\ufffd"]),
        (b"datum: a\n\n", []),
    ],
)
def test_the_standards_corners(stream: bytes, events: list[str]) -> None:
    """One space is taken off, a mark of byte order too, and an unfinished event is none."""
    assert read(stream, []) == events
    assert read(stream, list(range(len(stream)))) == events
