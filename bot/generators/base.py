"""The Generator seam: a prompt in, pieces of text out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from footnote.models.generation import Message, Queued, Sampling
from footnote.retrieval.passages import Passage

__all__ = [
    "GenerationError",
    "Generator",
    "Message",
    "NumberedPassage",
    "Prompt",
    "Queued",
    "Sampling",
]


class GenerationError(Exception):
    """A generator could not go on; its text is for the log."""


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A passage under the number that the generator cites it by, from 1 in each thread."""

    number: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that a generator may use for one answer.

    Attributes:
        question: The question as asked.
        passages: What was found for it, best first.
        messages: The same as a chat model's messages.
        conversation: Names the thread, so that a generator can keep its state, or None.
        allowed_citations: The numbers that may be cited.
        sampling: How tokens are chosen.
        deadline: When to have ended, in the event loop's time, or None.
        earlier: What the messages hold of earlier questions' passages; it may be cited as well.
    """

    question: str
    passages: tuple[NumberedPassage, ...]
    messages: tuple[Message, ...]
    conversation: str | None = None
    allowed_citations: frozenset[int] = frozenset()
    sampling: Sampling = field(default_factory=Sampling)
    deadline: float | None = None
    earlier: tuple[NumberedPassage, ...] = ()


class Generator(Protocol):
    """Writes an answer piece by piece. Closing the iterator cancels the work at once."""

    @property
    def name(self) -> str:
        """What records call it: "quote", or the model's name."""
        ...

    @property
    def note(self) -> str:
        """A sentence that goes with every answer of this generator, or ""."""
        ...

    @property
    def verbatim(self) -> bool:
        """True where every sentence is a quotation, so that there is nothing to verify."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    @property
    def prefill_rate(self) -> float | None:
        """Tokens of a prompt read a second, or None where it does not matter."""
        ...

    @property
    def decode_rate(self) -> float | None:
        """Tokens of an answer written a second, or None where it does not matter."""
        ...

    def read_already(self, prompt: Prompt) -> int:
        """How many of a prompt's tokens need not be read, since the thread's last one began so."""
        ...

    def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Pieces of Markdown that cite passages as [1] or [1, 2].

        Raises:
            GenerationError: The generator failed; what came before it stands.
        """
        ...

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens of the context these messages take."""
        ...

    @property
    def adapter(self) -> str | None:
        """Which adapter the answers that begin now are written with."""
        ...

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Get an adapter ready for `use_adapter`, while answers are written.

        Args:
            adapter: Its name; one that is known already is not loaded again.
            path: Its GGUF file, which has to stay there.

        Raises:
            GenerationError: It cannot be used, or this generator has none at all.
        """
        ...

    async def use_adapter(self, adapter: str | None) -> None:
        """Write further answers with this adapter, or with none.

        Raises:
            GenerationError: There is no such adapter, or this generator has none at all.
        """
        ...
