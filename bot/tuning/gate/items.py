"""What the contestants are asked: one prompt each, and all that is known of its right answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from footnote.bot.generators.base import Message, NumberedPassage, Prompt, Sampling
from footnote.bot.prompts import is_refusal
from footnote.bot.tuning.examples import Example


class Suite(StrEnum):
    """Where an item comes from."""

    HELD_OUT = "heldout"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Item:
    """One prompt and what is wanted of its answer.

    Attributes:
        id: Unique among all that is asked.
        suite: The held-out examples, or the standing evaluation.
        kind: What it asks about the contestants: "injection", "refusal", an example's origin, …
        conversation: Items of one conversation are alike, and count as one where chance is judged.
        question: The question as it can be understood by itself.
        messages: The prompt.
        passages: What stands in it under which number.
        wanted: The answer that is wanted, with the prompt's numbers, or the refusal.
        forbidden: What nobody writes who does not follow an instruction in a passage.
    """

    id: str
    suite: Suite
    kind: str
    conversation: str
    question: str
    messages: tuple[Message, ...]
    passages: tuple[NumberedPassage, ...]
    wanted: str
    forbidden: tuple[str, ...] = ()

    @property
    def refusal(self) -> bool:
        """Whether the right answer is that the passages hold none."""
        return is_refusal(self.wanted)

    def prompt(self, sampling: Sampling, deadline: float | None = None) -> Prompt:
        """The prompt as a generator takes it, with no thread of its own."""
        return Prompt(
            question=self.question,
            passages=self.passages,
            messages=self.messages,
            allowed_citations=frozenset(item.number for item in self.passages),
            sampling=sampling,
            deadline=deadline,
        )


def held_out(examples: Iterable[Example]) -> list[Item]:
    """The examples that no training has seen, as items."""
    return [
        Item(
            f"heldout-{example.id}",
            Suite.HELD_OUT,
            str(example.origin),
            example.conversation,
            example.question,
            example.messages,
            example.passages,
            example.answer,
        )
        for example in examples
    ]
