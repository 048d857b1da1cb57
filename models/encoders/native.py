"""llama.cpp's models and contexts that make one result of a whole input.

Everything here must be called from one thread, the one that loaded the model. One input is
computed at a time: in a batch of several, attention would be computed across all of them, which
takes longer than one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from footnote.models.encoders.head import has_head
from footnote.models.encoders.kinds import RANK, pooling_for
from footnote.models.encoders.options import LONGEST, EncoderOptions
from footnote.models.encoders.pairs import Form, Separators, form_of_template
from footnote.models.engine.native import ComputeError, Log, Model
from footnote.models.engine.options import EngineOptions
from footnote.models.errors import UnusableModelError

Numbers = NDArray[np.float32]

TEMPLATE = "tokenizer.chat_template.rerank"
_LEAST_ROOM = 16


class Encoder:
    """A loaded model with its context.

    Attributes:
        metadata: What the file says about the model.
        length: Tokens of one input at most.
        dimension: How many numbers a result has.
    """

    def __init__(self, options: EncoderOptions, log: Log) -> None:
        """Load it.

        Raises:
            UnusableModelError: llama.cpp refuses it, or it is not made for the task.
        """
        self._model = Model(
            EngineOptions(
                options.model,
                gpu_layers=options.gpu_layers,
                split_mode=options.split_mode,
                extra_buffers=options.extra_buffers,
            ),
            log,
        )
        self.metadata = self._model.metadata()
        pooling = pooling_for(options, self.metadata, has_head=has_head(options.model))
        self.length = min(self._model.trained_context, LONGEST)
        self._context = self._opened(options, pooling, log)
        self._memory = llama.llama_get_memory(self._context)
        handle = self._model.handle
        self.dimension: int = 1 if pooling == RANK else int(llama.llama_model_n_embd_out(handle))
        self._before, self._after = self._frame()
        self._form = self._form_of_pairs() if pooling == RANK else None
        taken = self._form.length if self._form else len(self._before) + len(self._after)
        if self.length < taken + _LEAST_ROOM:
            raise UnusableModelError(
                f"{options.model.name} was made for inputs of {self.length} tokens, which leave no "
                "room for a text: choose another model."
            )

    @property
    def word_pieces(self) -> bool:
        """Whether its vocabulary is BERT's kind."""
        vocabulary = self._model.vocabulary.handle
        return bool(llama.llama_vocab_type(vocabulary) == llama.LLAMA_VOCAB_TYPE_WPM)

    def pieces(self) -> tuple[str, ...]:
        """The vocabulary in text, with a space before what begins a word."""
        vocabulary = self._model.vocabulary
        found = (vocabulary.piece(token) for token in range(vocabulary.size))
        # A piece that is a part of a letter's bytes is no text.
        texts = (piece.decode("utf-8", "ignore") for piece in found)
        return tuple(dict.fromkeys(text for text in texts if text))

    def vector(self, text: str) -> Numbers:
        """A text's vector, scaled to length 1; what is too long is cut off.

        Raises:
            ComputeError: llama.cpp failed, or the model gave no numbers.
        """
        room = self.length - len(self._before) - len(self._after)
        tokens = self._tokens(text)[:room]
        found = self._result([*self._before, *tokens, *self._after]).astype(np.float64)
        size = float(np.linalg.norm(found))
        if not size:
            raise ComputeError("the model gave nothing but zeros")
        return np.asarray(found / size, np.float32)

    def score(self, question: str, passage: str) -> float:
        """How well a passage answers a question.

        Raises:
            ComputeError: llama.cpp failed, or the model gave no number.
        """
        assert self._form  # noqa: S101  a model that judges has one
        asked, read = self._tokens(question), self._tokens(passage)
        return float(self._result(self._form.filled(asked, read, self.length))[0])

    def _result(self, tokens: Sequence[int]) -> Numbers:
        given = tokens or [max(self._model.vocabulary.end, 0)]
        if self._memory:
            llama.llama_memory_clear(self._memory, False)  # noqa: FBT003  C knows no names
        row = (llama.llama_token * len(given))(*given)
        code = llama.llama_decode(self._context, llama.llama_batch_get_one(row, len(given)))
        if code:
            raise ComputeError(f"llama_decode returned {code}")
        found = llama.llama_get_embeddings_seq(self._context, 0)
        if not found:
            raise ComputeError("the model gave no result")
        numbers: Numbers = np.ctypeslib.as_array(found, (self.dimension,)).copy()
        if not np.isfinite(numbers).all():
            raise ComputeError("the model gave something else than numbers")
        return numbers

    def _opened(self, options: EncoderOptions, pooling: int, log: Log) -> Any:
        wanted = llama.llama_context_default_params()
        wanted.n_ctx = wanted.n_batch = wanted.n_ubatch = self.length
        wanted.n_seq_max = 1
        wanted.n_threads = wanted.n_threads_batch = options.threads
        wanted.embeddings = True
        wanted.pooling_type = pooling
        wanted.flash_attn_type = _flash_attention(options)
        wanted.no_perf = True
        context = llama.llama_init_from_model(self._model.handle, wanted)
        if not context:
            raise UnusableModelError(
                f"There is no room for {options.model.name} ({log.drain()}): choose a smaller one."
            )
        return context

    def _tokens(self, text: str) -> list[int]:
        """The tokens of a text, in which nothing becomes a special token."""
        return self._model.vocabulary.tokens(text, trusted=False)

    def _frame(self) -> tuple[list[int], list[int]]:
        """The special tokens that the vocabulary puts before and after a text."""
        plain = self._tokens("a")
        room = len(plain) + 8
        buffer = (llama.llama_token * room)()
        count = llama.llama_tokenize(
            self._model.vocabulary.handle,
            b"a",
            1,
            buffer,
            room,
            True,  # noqa: FBT003  C knows no names
            False,  # noqa: FBT003  likewise
        )
        whole = list(buffer[:count])
        starts = range(len(whole) - len(plain) + 1)
        at = next((at for at in starts if whole[at : at + len(plain)] == plain), 0)
        return whole[:at], whole[at + len(plain) :]

    def _form_of_pairs(self) -> Form:
        template = self.metadata.get(TEMPLATE)
        vocabulary = self._model.vocabulary
        if template:
            return form_of_template(template, lambda text: vocabulary.tokens(text, trusted=True))
        handle = vocabulary.handle
        return Separators(
            begin=vocabulary.begin,
            end=vocabulary.end,
            separator=llama.llama_vocab_sep(handle),
            adds_begin=vocabulary.adds_begin,
            adds_end=llama.llama_vocab_get_add_eos(handle),
            adds_separator=llama.llama_vocab_get_add_sep(handle),
            word_pieces=self.word_pieces,
        ).form()


def _flash_attention(options: EncoderOptions) -> int:
    """In one pass where llama.cpp can: a fifth faster on a processor too, at 215 tokens."""
    if options.flash_attention is None:
        return int(llama.LLAMA_FLASH_ATTN_TYPE_AUTO)
    return int(options.flash_attention)
