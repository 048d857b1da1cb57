"""A model's vocabulary: text to tokens and back. It may be used from any thread."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp as llama

PIECE_BYTES = 512


class Vocabulary:
    """Text to tokens and back."""

    def __init__(self, model: Any) -> None:
        self._vocab = llama.llama_model_get_vocab(model)
        self.size: int = llama.llama_vocab_n_tokens(self._vocab)
        self.begin: int = llama.llama_vocab_bos(self._vocab)
        self.end: int = llama.llama_vocab_eos(self._vocab)
        self.adds_begin: bool = llama.llama_vocab_get_add_bos(self._vocab)
        self._pieces: dict[int, bytes] = {}

    @property
    def handle(self) -> Any:
        """For llama.cpp's own functions."""
        return self._vocab

    def tokens(self, text: str, *, trusted: bool) -> list[int]:
        """The tokens of a text; only a trusted one can hold special tokens."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (llama.llama_token * room)()
        count = llama.llama_tokenize(
            self._vocab,
            data,
            len(data),
            buffer,
            room,
            False,  # noqa: FBT003  C knows no names
            trusted,
        )
        return list(buffer[:count])

    def text(self, token: int) -> str:
        """The text of any token, special ones included; "" for none."""
        if token < 0:
            return ""
        return self._piece(token, special=True).decode("utf-8", "replace")

    def piece(self, token: int) -> bytes:
        """The bytes that a token adds to an answer; control tokens add none."""
        found = self._pieces.get(token)
        if found is None:
            found = self._pieces[token] = self._piece(token, special=False)
        return found

    def show(self, wanted: Sequence[str]) -> None:
        """Let control tokens add their text where it is part of one of these texts."""
        for token in range(self.size):
            if self.is_control(token):
                text = self.text(token)
                if text and any(text in each for each in wanted):
                    self._pieces[token] = text.encode()

    def ends(self, token: int) -> bool:
        """Whether a token ends the model's turn."""
        return bool(llama.llama_vocab_is_eog(self._vocab, token))

    def is_control(self, token: int) -> bool:
        """Whether a token is the template's, and no text."""
        return bool(llama.llama_vocab_is_control(self._vocab, token))

    def _piece(self, token: int, *, special: bool) -> bytes:
        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        size = llama.llama_token_to_piece(self._vocab, token, buffer, PIECE_BYTES, 0, special)
        return buffer.raw[: max(size, 0)]
