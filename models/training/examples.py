"""Examples from a file, as tokens; what cannot be trained is named and left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.models.errors import ChatTemplateError
from footnote.models.generation import Message
from footnote.models.training.errors import TrainingError
from footnote.models.training.job import Dropped
from footnote.models.training.spans import Spans, Tokens

_ROLES = frozenset({"system", "user", "assistant"})


@dataclass(frozen=True, slots=True)
class Examples:
    """What a file holds.

    Attributes:
        tokens: Of each example that can be trained, in order.
        answers: Their answers.
        dropped: The others.
    """

    tokens: tuple[Tokens, ...]
    answers: tuple[str, ...]
    dropped: tuple[Dropped, ...]


class _NoExampleError(ValueError):
    """A line is no example; the text says why."""


def read_examples(path: Path, spans: Spans, longest: int) -> Examples:
    """Every example of a file.

    Args:
        path: JSONL; each line has `messages`, the last of which is the answer, and may have an id.
        spans: Turns chats into tokens.
        longest: Tokens that an example may have.

    Raises:
        TrainingError: The file cannot be read.
    """
    tokens: list[Tokens] = []
    answers: list[str] = []
    dropped: list[Dropped] = []
    for number, line in _lines(path):
        name = f"line {number}"
        try:
            found = _object(line)
            name = str(found.get("id") or name)
            messages = _messages(found)
            example = _short_enough(spans.of(messages), longest)
        except (_NoExampleError, ChatTemplateError) as error:
            dropped.append(Dropped(name, str(error).rstrip(".")))
        else:
            tokens.append(example)
            answers.append(messages[-1].text)
    return Examples(tuple(tokens), tuple(answers), tuple(dropped))


def check_trainable(examples: Examples, path: Path) -> None:
    """Refuse examples that teach nothing.

    Raises:
        TrainingError: None is left, or all have the same answer.
    """
    if not examples.tokens:
        first = examples.dropped[:1]
        why = "".join(f", for example {each.id}: {each.reason}" for each in first)
        raise TrainingError(
            f"No example of {path.name} can be trained{why}: make a dataset of shorter examples, "
            "or allow more tokens."
        )
    if len(examples.answers) > 1 and len(set(examples.answers)) == 1:
        raise TrainingError(
            f"All {len(examples.answers)} examples of {path.name} have the same answer, so the "
            "model would learn to write nothing else: add examples of other kinds."
        )


def _short_enough(example: Tokens, longest: int) -> Tokens:
    count = len(example.input_ids)
    if count > longest:
        raise _NoExampleError(f"it has {count} tokens, and {longest} are allowed")
    return example


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise TrainingError(
            f"The examples in {path} cannot be read ({error.strerror or error}): make the dataset "
            "again."
        ) from error


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise _NoExampleError("it is no JSON") from error
    if not isinstance(found, dict):
        raise _NoExampleError("it is no JSON object")
    return found


def _messages(found: dict[str, Any]) -> list[Message]:
    given = found.get("messages")
    if not isinstance(given, list) or len(given) < len(("question", "answer")):
        raise _NoExampleError("it has no messages with a question and an answer")
    messages = []
    for each in given:
        if not isinstance(each, dict) or each.get("role") not in _ROLES:
            raise _NoExampleError("a message has no role that there is")
        if not isinstance(each.get("content"), str):
            raise _NoExampleError("a message has no text")
        messages.append(Message(each["role"], each["content"]))
    if messages[-1].role != "assistant" or not messages[-1].text.strip():
        raise _NoExampleError("its last message is no answer")
    return messages
