"""Whether a passage speaks of every word of a question."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from footnote.bot.verifying.wording import has_topic, nearest_tokens, weakest_word
from footnote.retrieval.embedder import Vectors


def pieces(text: str) -> list[tuple[int, int]]:
    """Spans of tokens: at most three letters each."""
    return [match.span() for match in re.finditer(r"\w{1,3}|[^\w\s]", text)]


def weakest(text: str, *nearest: float) -> float:
    """The weakest word of a question whose tokens have these cosines."""
    return weakest_word(text, pieces(text), np.array(nearest, dtype=np.float32))


def test_the_weakest_word_counts() -> None:
    """However well the passage speaks of all others."""
    assert weakest("red cat sat mat", 0.9, 0.2, 0.8, 0.4) == pytest.approx(0.2)


def test_a_word_is_the_mean_of_its_tokens() -> None:
    """A rare word of many tokens counts as one."""
    assert weakest("quarter cat", 0.9, 0.2, 0.4, 0.6) == pytest.approx(0.5)


def test_words_without_a_topic_do_not_count() -> None:
    """Unless there are no others; signs never do."""
    assert weakest("is the cat red?", 0.1, 0.1, 0.7, 0.5, 0.0) == pytest.approx(0.5)
    assert weakest("who is it?", 0.3, 0.2, 0.4, 0.0) == pytest.approx(0.2)
    assert weakest("?!", 0.3, 0.2) == 0.0
    assert weakest("") == 0.0


@pytest.mark.parametrize(
    ("text", "topic"),
    [("why?", False), ("and overtime?", True), ("WHO is it", False), ("?!", False)],
)
def test_a_topic_is_a_word_that_is_no_stop_word(text: str, *, topic: bool) -> None:
    """In any case of letters."""
    assert has_topic(text) is topic


def test_a_word_that_is_repeated_is_one() -> None:
    """It stands as high as its best place, in whatever case of letters."""
    assert weakest("Cat red cat", 0.2, 0.9, 0.4) == pytest.approx(0.4)
    assert weakest("cat red Cat", 0.4, 0.9, 0.2) == pytest.approx(0.4)


def test_what_the_embedder_cut_off_does_not_count() -> None:
    """There are fewer cosines than tokens then."""
    assert weakest("cat red mat", 0.8, 0.6) == pytest.approx(0.6)


@given(
    text=st.text(st.sampled_from("cat red who is? 🎉é'-"), max_size=30),
    data=st.data(),
)
def test_it_is_a_share(text: str, data: st.DataObject) -> None:
    """From 0 to 1, whatever the cosines are, and no word is weaker."""
    seen = data.draw(st.integers(0, len(pieces(text)) + 2))
    nearest = data.draw(arrays(np.float32, seen, elements=st.floats(-1.5, 1.5, width=32)))
    found = weakest_word(text, pieces(text), nearest)
    assert 0 <= found <= 1
    assert weakest_word(text, pieces(text), np.maximum(nearest, 0.5)) >= found


@given(
    question=arrays(np.float32, (3, 4), elements=st.floats(-1, 1, width=32)),
    passage=arrays(np.float32, (5, 4), elements=st.floats(-1, 1, width=32)),
    order=st.permutations(range(5)),
)
def test_more_of_a_passage_never_lowers_a_token(
    question: Vectors, passage: Vectors, order: list[int]
) -> None:
    """Each token has its best place, wherever that is, which more places cannot worsen."""
    nearest = nearest_tokens(question, passage)
    np.testing.assert_allclose(nearest, (question @ passage.T).max(axis=1), atol=1e-5)
    assert np.array_equal(nearest, nearest_tokens(question, passage[order]))
    assert (nearest >= nearest_tokens(question, passage[:2])).all()
    assert nearest_tokens(question, passage[:0]).tolist() == [0, 0, 0]
