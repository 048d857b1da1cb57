"""What can go wrong with the Weaviate on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """What goes wrong, until it is set otherwise.

    Attributes:
        version: What the server says of itself.
        key: The API key that it wants, or "".
        slow_s: How long each answer takes.
        read_only: Whether it takes no writes.
        refuses: Says of an object of a batch, by its collection and properties, why it is not
            taken, or "".
        dies: Called before each write with its collection; what it raises ends the request.
        deleted_at_once: How many objects one deletion removes at most.
        calls: The name of every call that was made.
        levels: How many replicas calls wanted to agree, by their gRPC names.
    """

    version: str = "1.39.0"
    key: str = ""
    slow_s: float = 0.0
    read_only: bool = False
    refuses: Callable[[str, dict[str, object]], str] = field(default=lambda *_: "")
    dies: Callable[[str], None] = field(default=lambda _: None)
    deleted_at_once: int = 10_000
    calls: list[str] = field(default_factory=list)
    levels: set[str] = field(default_factory=set)

    async def called(self, name: str) -> None:
        """Take note of a call, and let it wait."""
        self.calls.append(name)
        if self.slow_s:
            await asyncio.sleep(self.slow_s)

    def lets_in(self, authorization: str | None) -> bool:
        """Whether a call with this header may go on."""
        return not self.key or authorization == f"Bearer {self.key}"
