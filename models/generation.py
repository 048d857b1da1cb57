"""What every language model here does: messages in, pieces of text out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat model's prompt."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen.

    Attributes:
        temperature: 0 is greedy.
        top_p: Share of probability that is kept.
        max_tokens: Length of the answer in tokens at most.
        seed: For repeatable answers, or None.
    """

    temperature: float = 0.2
    top_p: float = 0.95
    max_tokens: int = 700
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked to write.

    Attributes:
        messages: The conversation so far; the model writes the next message.
        sampling: How tokens are chosen.
        conversation: Names the thread, so that a model can keep its state, or None.
        deadline: When to have ended, in the event loop's time, or None.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    conversation: str | None = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits; `ahead` requests come before it."""

    ahead: int


class LanguageModel(Protocol):
    """Writes the next message of a conversation, piece by piece."""

    @property
    def name(self) -> str:
        """What people call the model."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[str | Queued, None]:
        """The next message in pieces; closing the generator cancels the work at once.

        Raises:
            ModelError: The model failed; what came before it stands.
        """
        ...

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens of the context these messages take."""
        ...
