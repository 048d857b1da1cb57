"""Word pieces: where they stand in the text, and what they never become."""

from __future__ import annotations

import itertools
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.models.minilm.wordpieces import WordPieces
from tests.models import tiny

any_text = st.text(st.characters(), max_size=60)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> WordPieces:
    """A tokenizer whose vocabulary is fifteen pieces."""
    path: Path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    path.write_bytes(tiny.VOCABULARY)
    return WordPieces(path)


def plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFD", text.lower())
        if unicodedata.category(sign) != "Mn"
    )


@given(text=any_text)
def test_spans_are_ordered_and_inside_the_text(pieces: WordPieces, text: str) -> None:
    """Spans neither overlap nor leave the text, whatever it holds; none begins with a blank."""
    spans = pieces.spans(text)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert not any(text[start:end][:1].isspace() for start, end in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n", []),
        ("The CATS sat.", ["the", "cat", "s", "sat", "."]),
        ("thé çåt", ["the", "cat"]),
        ("the\u0301 ca\u0308t", ["the", "cat"]),
        ("a猫b", ["a", "猫", "b"]),
        ("😀 cat 👩‍👩‍👧 sat", ["😀", "cat", "👩‍👩‍👧", "sat"]),
        ("the\udc80 cat", ["the", "cat"]),
        ("a" + "b" * 100 + " cat", ["a" + "b" * 100, "cat"]),
    ],
)
def test_spans_cut_out_the_pieces(pieces: WordPieces, text: str, expected: list[str]) -> None:
    """A span's characters are its piece, in the text's own case and accents."""
    assert [plain(text[start:end]) for start, end in pieces.spans(text)] == expected


def test_no_text_forges_a_special_token(pieces: WordPieces) -> None:
    """The names of special tokens are letters and brackets like any others."""
    ids, _ = pieces.padded(["[SEP] [CLS] [MASK] [PAD]"], 256)
    special = {tiny.PIECES.index(name) for name in ("[PAD]", "[CLS]", "[SEP]", "[MASK]")}
    assert special.isdisjoint(ids[0, 1:-1].tolist())


@given(texts=st.lists(any_text, min_size=1, max_size=5), limit=st.integers(2, 20))
def test_padded_rows_hold_their_text_and_no_more_than_the_limit(
    pieces: WordPieces, texts: list[str], limit: int
) -> None:
    """A row is a start, the first pieces of its text, an end, and padding under a mask of 0."""
    ids, mask = pieces.padded(texts, limit)
    for text, row, seen in zip(texts, ids, mask, strict=True):
        length = min(len(pieces.spans(text)) + 2, limit)
        assert seen.tolist() == [1] * length + [0] * (ids.shape[1] - length)
        assert row[0] == tiny.PIECES.index("[CLS]")
        assert row[length - 1] == tiny.PIECES.index("[SEP]")
        assert not row[length:].any()
    assert ids.shape[1] <= limit


def test_threads_may_share_it(pieces: WordPieces) -> None:
    """Eight threads at once find what one finds."""
    texts = [f"the cat {'sat ' * number}." for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(pieces.spans, texts)) == [pieces.spans(text) for text in texts]
