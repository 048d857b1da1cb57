"""A judge of passages over any reranking model in a GGUF file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from footnote.models.children.keeping import Pauses
from footnote.models.encoders.keeper import Keeper, Spawn, open_keeper, spawn
from footnote.models.encoders.messages import Judge, Judged, Ready
from footnote.models.encoders.options import EncoderOptions


class GgufReranker:
    """Scores how well texts answer a question, in a child process."""

    def __init__(self, keeper: Keeper, ready: Ready) -> None:
        """Judge; `open_gguf_reranker` makes one.

        Args:
            keeper: Keeps the child alive.
            ready: What the first child said.
        """
        self._keeper = keeper
        self._ready = ready

    @property
    def name(self) -> str:
        """What the file calls the model."""
        return self._ready.name

    @property
    def max_tokens(self) -> int:
        """Tokens that question and text may have together; the rest is cut off."""
        return self._ready.max_tokens

    @property
    def pid(self) -> int | None:
        """The child's process, or None while there is none."""
        return self._keeper.pid

    async def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, in the model's own range; higher is better.

        A cancelled call computes at most the pair that it is in.

        Raises:
            ModelError: The process ended twice over one pair, or the model failed.
        """
        return [await self._score(_clean(question), _clean(text)) for text in texts]

    async def _score(self, question: str, text: str) -> float:
        answer = await self._keeper.asked(lambda number: Judge(number, question, text))
        assert isinstance(answer, Judged)  # noqa: S101  it answers a Judge
        return answer.score


@asynccontextmanager
async def open_gguf_reranker(
    options: EncoderOptions, *, start: Spawn = spawn, pauses: Pauses | None = None
) -> AsyncIterator[GgufReranker]:
    """Serve a reranking model for as long as the block lasts.

    Args:
        options: What is served, for the task "rank".
        start: Starts a child process.
        pauses: How long to wait before a child that ended is started again.

    Raises:
        UnusableModelError: It cannot be served, and the text says why and what to do.
    """
    async with open_keeper(options, start, pauses) as (keeper, ready):
        yield GgufReranker(keeper, ready)


def _clean(text: str) -> str:
    """The text without lone surrogates, which are no text and cannot be sent."""
    return text.encode("utf-8", "replace").decode()
