"""Messages travel whole, and nothing else does."""

from __future__ import annotations

import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.models.children.framing import HEADER, MOST, FrameError
from footnote.models.engine.messages import Ask, Cancel, Command, Written, commands, events
from footnote.models.engine.samplers import Samplers
from footnote.models.generation import Message

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ASKS = st.builds(
    Ask,
    st.integers(0, 2**40),
    messages=st.lists(
        st.builds(Message, st.sampled_from(("system", "user", "assistant")), TEXTS), max_size=3
    ).map(tuple),
    tokens=st.lists(st.integers(0, 200_000)).map(tuple),
    samplers=st.builds(Samplers, temperature=st.floats(0, 2), seed=st.none() | st.integers(0)),
    citations=st.none() | st.lists(st.integers(0, 99)).map(tuple),
    seconds=st.none() | st.floats(0, 1e6),
)


@given(st.lists(ASKS | st.builds(Cancel, st.integers(0, 2**40)), max_size=5))
def test_messages_arrive_as_they_were(sent: list[Command]) -> None:
    """Any messages, one after another, are read back equal, and then there are no more."""
    codec = commands()
    stream = io.BytesIO(b"".join(codec.encode(message) for message in sent))
    arrived = list(iter(lambda: codec.read(stream.read), None))
    assert arrived == sent


@given(ASKS, st.data())
def test_what_is_cut_off_is_told(ask: Ask, data: st.DataObject) -> None:
    """A frame that ends early is an error, not a message."""
    frame = commands().encode(ask)
    stream = io.BytesIO(frame[: data.draw(st.integers(1, len(frame) - 1))])
    with pytest.raises(FrameError):
        commands().read(stream.read)


@given(st.binary(max_size=40))
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """Anything else in a frame is an error, and is not run."""
    with pytest.raises(FrameError):
        events().decode(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "written", "texts": {"one": "a"}}',
        b'{"type": "written"}',
        b'{"type": "unheard", "id": 1}',
        pickle.dumps(Written({1: "a"})),
    ],
)
def test_fields_are_checked(body: bytes) -> None:
    """A wrong field, a missing one, an unknown type and a pickle are refused."""
    with pytest.raises(FrameError):
        events().decode(body)


def test_a_length_beyond_reason_is_refused() -> None:
    """No memory is reserved for a message that is too long."""
    with pytest.raises(FrameError):
        events().read(io.BytesIO(HEADER.pack(MOST + 1)).read)
