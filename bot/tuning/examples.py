"""Examples: a prompt as the bot builds it, and the answer that people want to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.base import Message, NumberedPassage, Prompt, Sampling


class Origin(StrEnum):
    """Where an example comes from."""

    PRAISED = "praised"
    CORRECTED = "corrected"
    PERSON = "person"
    FILE = "file"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt and the answer that is wanted.

    Attributes:
        id: Unique in a dataset, and the same each time that it is made of the same.
        conversation: Names its conversation; a split never cuts through one.
        origin: Where it comes from.
        question: The question as it can be understood by itself.
        messages: The prompt, as `build_prompt` makes it.
        answer: What is to be written, with the prompt's citation numbers.
        passages: What stands in the prompt under which number.
        question_id: The question that it was made of, so that it can be forgotten; "" for files.
        earlier_ids: The questions before it in its conversation whose turns stand in its prompt.
    """

    id: str
    conversation: str
    origin: Origin
    question: str
    messages: tuple[Message, ...]
    answer: str
    passages: tuple[NumberedPassage, ...] = ()
    question_id: str = ""
    earlier_ids: tuple[str, ...] = ()

    @property
    def question_ids(self) -> tuple[str, ...]:
        """Every question of which it holds words; where one is forgotten, it has to go."""
        return tuple(filter(None, (self.question_id, *self.earlier_ids)))

    def prompt(self, sampling: Sampling) -> Prompt:
        """The prompt as a generator takes it, with no thread of its own."""
        return Prompt(
            question=self.question,
            passages=self.passages,
            messages=self.messages,
            allowed_citations=frozenset(item.number for item in self.passages),
            sampling=sampling,
        )


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write a dataset, one example a line; what trains on it reads `messages` alone.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(_to_json(example)) + "\n")


def read_examples(path: Path) -> Iterator[Example]:
    """Every example of a dataset.

    Raises:
        FootnoteError: A line is no example, or the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _from_json(line, f"line {number} of {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise FootnoteError(
            f"The dataset {path} cannot be read ({error}): make it anew with footnote tune dataset."
        ) from error


def _to_json(example: Example) -> dict[str, object]:
    fields: dict[str, object] = _adapter().dump_python(example, mode="json")
    written = [*example.messages, Message("assistant", example.answer)]
    fields["messages"] = [{"role": each.role, "content": each.text} for each in written]
    del fields["answer"]
    return fields


def _from_json(line: str, where: str) -> Example:
    try:
        fields = json.loads(line)
        *before, last = (Message(each["role"], each["content"]) for each in fields["messages"])
        fields |= {"messages": before, "answer": last.text}
        return _adapter().validate_python(fields)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise FootnoteError(
            f"{where} is no example: make the dataset anew with footnote tune dataset."
        ) from error


@cache
def _adapter() -> TypeAdapter[Example]:
    return TypeAdapter(Example)
