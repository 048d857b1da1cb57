"""A question, the blocks of its answer and its one outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from footnote.bot.audience import Audience
from footnote.bot.turns import Conversation
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC, Readers
from footnote.retrieval.search import Found

REFERENCE_LENGTH = 12


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_IN_SOURCES = "not_in_sources"
    BUSY = "busy"
    CANCELLED = "cancelled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said who was asked.

    Attributes:
        text: What they said.
        by: What people call them.
    """

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the core knows it, whatever the platform.

    Attributes:
        id: Unique; `footnote explain` and the log know it.
        text: What was asked.
        asker: Who asked, as the platform names them.
        place: Where: a thread, a channel, a terminal. Questions of one place follow up on each
            other, and are answered in order.
        platform: The name of the platform that it comes from.
        audience: Who will see the answer.
        address: What the platform needs to know to answer there.
        mentioned: False where the bot was not addressed, and takes it for a question only if it is
            engaged in that place.
        revision: 0 as it was first asked; each edit has a higher one.
        readers: What the audience may see; filled in by the core.
        conversation: The turns before it; filled in by the core.
        said: Its answer, where a person gives it: nothing is searched then.
    """

    id: str
    text: str
    asker: str = ""
    place: str = ""
    platform: str = ""
    audience: Audience = field(default_factory=Audience)
    address: Mapping[str, str] = field(default_factory=dict)
    mentioned: bool = True
    revision: int = 0
    readers: Readers = PUBLIC
    conversation: Conversation = field(default_factory=Conversation)
    said: Said | None = None

    @property
    def reference(self) -> str:
        """Its id, or something short that stands for it, by which a person can name it."""
        if len(self.id) <= REFERENCE_LENGTH:
            return self.id
        return sha256(self.id.encode("utf-8", "surrogatepass")).hexdigest()[:REFERENCE_LENGTH]


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in the sources that a claim stands on.

    Attributes:
        number: The number that the text shows; two quotes of one passage share it.
        passage: The passage.
        quote: The words of the passage that support the claim.
        start: First character of the quote in the document's text.
        end: One past its last character.
    """

    number: int
    passage: Passage
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Status:
    """What is happening while no block is there yet, for a person to read."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """The unit of streaming: a finished sentence, list item, table, heading or code fence.

    Attributes:
        text: Markdown, with citation markers such as [1].
        gap: The white space between the block before it and this one.
        citations: What its markers stand for.
    """

    text: str
    gap: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something that a generator wrote and the passages do not support.

    Attributes:
        text: What it wrote, without markers.
        reason: What is missing, or what is wrong with it.
        marked: Whether it is shown with a mark, as soon as anything is; else it is left out.
        coverage: Share of its stems in the passages that it cites, or None where that was not
            asked.
        cosine: Cosine to their nearest sentence, or None likewise.
    """

    text: str
    reason: str
    marked: bool = False
    coverage: float | None = None
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The one final message of a question.

    Attributes:
        question: What was asked.
        outcome: How it ended.
        blocks: What was shown, in order.
        closest: For `not_in_sources`: passages that come nearest, best first.
        passages: The passages that the answer was made from, best first.
        generator: Name of the generator that wrote it.
        note: What a reader has to know about the answer as a whole, or "".
        gate: What the gate saw, by feature, its score, and the threshold that this had to reach.
        timings_ms: "search", "first_block" (absent without a block) and "total".
        unsupported: What was written and failed verification, in order.
        turns: How many of the turns before it its generator was given, or None where that was not
            one that reads them.
        adapter: The adapter that it was written with, or None for none.
    """

    question: Question
    outcome: Outcome
    blocks: tuple[Block, ...] = ()
    closest: tuple[Passage, ...] = ()
    passages: tuple[Found, ...] = ()
    generator: str = ""
    note: str = ""
    gate: Mapping[str, float] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    unsupported: tuple[Unsupported, ...] = ()
    turns: int | None = None
    adapter: str | None = None

    @property
    def text(self) -> str:
        """The whole answer as Markdown."""
        return "".join(block.gap + block.text for block in self.blocks).strip()

    @property
    def read(self) -> tuple[Passage, ...]:
        """Every passage that it was made from or cites."""
        found = (item.passage for item in self.passages)
        return tuple(dict.fromkeys((*found, *(item.passage for item in self.citations))))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number and then in reading order."""
        seen = dict.fromkeys(citation for block in self.blocks for citation in block.citations)
        return tuple(sorted(seen, key=lambda citation: citation.number))


Event = Status | Block | Answer


@dataclass(frozen=True, slots=True)
class View:
    """All there is to show of one question at a moment.

    Attributes:
        question: The question.
        blocks: The blocks that are there, in order.
        status: What is happening meanwhile; "" with the answer.
        answer: The answer, once there will be no other.
    """

    question: Question
    blocks: tuple[Block, ...] = ()
    status: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage in its surroundings.

    Attributes:
        citation: What was cited, and from where.
        before: What stands before the passage in its document.
        after: What stands behind it.
    """

    citation: Citation
    before: str
    after: str


def before_yours(ahead: int) -> str:
    """What an asker is told while so many questions come first."""
    return f"{ahead:,} question{'s' if ahead > 1 else ''} before yours…"
