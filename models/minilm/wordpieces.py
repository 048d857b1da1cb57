"""Texts to the word pieces of the original tokenizer: lower case, without accents.

Nothing in a text becomes a special token: a document that says "[SEP]" is read as those letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

TokenIds = NDArray[np.int64]

_LONGEST_WORD = 100  # characters; the original calls a longer word unknown
_SURROGATES = re.compile("[\ud800-\udfff]")


class WordPieces:
    """A vocabulary and the rules to apply it; safe to use from several threads at once."""

    def __init__(self, vocabulary: Path) -> None:
        """Read a vocabulary.

        Args:
            vocabulary: One piece a line; its line number, from 0, is its id.
        """
        pieces = {
            line: number
            for number, line in enumerate(vocabulary.read_text(encoding="utf-8").split("\n"))
            if line
        }
        self._padding, self._first, self._last = (
            pieces[name] for name in ("[PAD]", "[CLS]", "[SEP]")
        )
        self._tokenizer = Tokenizer(
            WordPiece(pieces, unk_token="[UNK]", max_input_chars_per_word=_LONGEST_WORD)  # noqa: S106  a token of text
        )
        self._tokenizer.normalizer = BertNormalizer(lowercase=True)
        self._tokenizer.pre_tokenizer = BertPreTokenizer()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the pieces, in order, without special tokens."""
        # Only a batch lets other threads run meanwhile; a single text keeps the interpreter's lock.
        (encoding,) = self._tokenizer.encode_batch([_encodable(text)], add_special_tokens=False)
        return list(encoding.offsets)

    def padded(self, texts: Sequence[str], limit: int) -> tuple[TokenIds, TokenIds]:
        """Token ids and their mask for the model, special tokens included.

        Args:
            texts: At least one.
            limit: Tokens a text may have; the rest of it is cut off.

        Returns:
            Two arrays of shape (len(texts), longest): the ids, and 1 where there is a token.
        """
        encodings = self._tokenizer.encode_batch_fast(
            [_encodable(text) for text in texts], add_special_tokens=False
        )
        rows = [[self._first, *each.ids[: limit - 2], self._last] for each in encodings]
        ids = np.full((len(rows), max(map(len, rows))), self._padding, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return ids, mask


def _encodable(text: str) -> str:
    """The text with lone surrogates, which no encoding allows, replaced one for one."""
    return _SURROGATES.sub("\ufffd", text)
