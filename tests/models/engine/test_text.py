"""From bytes to text that may be shown."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from footnote.models.engine.text import TextStream

SIGNS = st.text(alphabet="ab😀é\n", max_size=30)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces."""
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(ends)]


def shown(stream: TextStream, pieces: list[bytes]) -> list[str]:
    """What is shown, piece by piece."""
    return [*(stream.feed(piece) for piece in pieces), stream.finish()]


@given(SIGNS, st.lists(st.integers(0, 200)), st.lists(st.text("ab😀", max_size=3), max_size=3))
def test_text_ends_before_the_first_stop(text: str, places: list[int], stops: list[str]) -> None:
    """However the bytes are cut, what is shown is the text up to the first stop string."""
    stream = TextStream(stops)
    found = "".join(shown(stream, cut(text.encode(), places)))
    starts = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    if starts:
        assert stream.stopped
        # Two stop strings may overlap, and the one that is whole first ends the text.
        assert found in {text[:start] for start in starts}
        assert not any(stop and stop in found for stop in stops)
    else:
        assert found == text


@given(SIGNS, st.lists(st.integers(0, 200)))
def test_characters_are_whole(text: str, places: list[int]) -> None:
    """No piece that is shown holds half a character."""
    assert "\ufffd" not in "".join(shown(TextStream(), cut(text.encode(), places)))


@given(st.binary(max_size=40), st.lists(st.integers(0, 200)))
def test_bytes_that_are_no_text_hold_up_nothing(data: bytes, places: list[int]) -> None:
    """Any bytes end as the text that Python makes of them as a whole."""
    assert "".join(shown(TextStream(), cut(data, places))) == data.decode("utf-8", "replace")


def test_only_what_may_be_a_stop_is_held_back() -> None:
    """Text is shown as soon as it cannot become a stop string."""
    stream = TextStream(["STOP"])
    assert [stream.feed(piece) for piece in (b"a", b"bS", b"TO", b"x")] == ["a", "b", "", "STOx"]
