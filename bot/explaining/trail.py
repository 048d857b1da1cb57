"""What the way of one answer leaves behind for whoever wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from footnote.bot.gate import GateView
from footnote.bot.generators.base import Prompt
from footnote.bot.questions import Unsupported
from footnote.retrieval.search import Found, SearchResult


@dataclass(slots=True)
class Trail:
    """Filled in step by step by the parts that make an answer; what was not reached stays empty.

    Attributes:
        traced: Whether to find out also what costs time: each candidate's fate.
        result: What was found, with what became of each candidate where that is traced.
        view: What the gate saw.
        kept: The passages that the answer is made from, or would have been.
        prompt: What the generator got.
        turns: How many of the turns before stand in that, or None where they are not read.
        tokens: How many tokens of the generator's context that takes.
        generator: The name of the generator that wrote, or "" where nothing was written.
        adapter: Which adapter it wrote with, or None for none.
        unsupported: What the generator wrote and verification did not let through as it was.
    """

    traced: bool = True
    result: SearchResult | None = None
    view: GateView | None = None
    kept: tuple[Found, ...] = ()
    prompt: Prompt | None = None
    turns: int | None = None
    tokens: int | None = None
    generator: str = ""
    adapter: str | None = None
    unsupported: Sequence[Unsupported] = field(default_factory=list)
