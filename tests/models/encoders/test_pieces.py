"""Texts measured without the model, against the model's own tokenizer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.models.encoders.native import Encoder
from footnote.models.encoders.options import EncoderOptions
from footnote.models.encoders.pieces import Pieces
from footnote.models.engine.native import Log
from tests.models.gguf_bert import write_bert
from tests.models.gguf_files import Shape, write_model

texts = st.text(st.sampled_from("abcstmÀé 0_#.,?-猫\nTHEcat\t"), max_size=40)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A loaded BERT."""
    path = write_bert(tmp_path_factory.mktemp("models") / "bert.gguf")
    return Encoder(EncoderOptions(path, "embed"), Log())


@settings(deadline=None)
@given(texts)
def test_word_pieces_are_counted_as_the_model_counts(bert: Encoder, text: str) -> None:
    """For BERT's kind the number of spans is the number of tokens, whatever the text."""
    pieces = Pieces(bert.pieces(), whole_words=bert.word_pieces)
    assert len(pieces.spans(text)) == len(bert._tokens(text))


@given(st.text(max_size=60), st.booleans())
def test_spans_are_in_order_and_within(text: str, whole_words: bool) -> None:  # noqa: FBT001  drawn
    """Every letter is in a span, and spans neither overlap nor run out of the text."""
    pieces = Pieces([" the", "a", "ab", " b"], whole_words=whole_words)
    spans = list(dict.fromkeys(pieces.spans(text)))
    assert spans == sorted(spans)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert covered >= {at for at, sign in enumerate(text) if sign.isalnum()}


def test_other_vocabularies_are_measured_closely(tmp_path: Path) -> None:
    """Of prose cut by merges the estimate is within a tenth of the tokens."""
    path = write_model(tmp_path / "model.gguf", Shape("qwen2"))
    encoder = Encoder(EncoderOptions(path, "embed", "mean"), Log())
    pieces = Pieces(encoder.pieces(), whole_words=encoder.word_pieces)
    text = "The staff of the office get annual leave, and days of it is in the. Naïve 猫!\n\n" * 20
    assert len(pieces.spans(text)) == pytest.approx(len(encoder._tokens(text)), rel=0.1)


def test_a_piece_is_where_it_stands() -> None:
    """Spans are characters of the text as it is, capitals and accents included."""
    pieces = Pieces([" the", " caf", "e"], whole_words=True)
    assert pieces.spans("The Café x") == [(0, 3), (4, 7), (7, 8), (9, 10)]
    assert pieces.spans("a cafx") == [(0, 1), (2, 6)]


def test_a_space_is_no_part_of_a_word() -> None:
    """A piece that begins with a space stands where its letters do."""
    pieces = Pieces([" the", " c", "at", "The"], whole_words=False)
    assert pieces.spans("The the  cat") == [(0, 3), (4, 7), (7, 8), (8, 9), (9, 10), (10, 12)]
