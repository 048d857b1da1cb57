"""Examples that cannot be trained are named, and never dropped silently."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.models.errors import ChatTemplateError
from footnote.models.generation import Message
from footnote.models.training.errors import TrainingError
from footnote.models.training.examples import check_trainable, read_examples
from footnote.models.training.spans import Spans, Tokens
from tests.models.training.chats import chat, write_chats

LONGEST = 40


class Words:
    """Takes each word for a token."""

    def of(self, messages: Sequence[Message]) -> Tokens:
        """One token a word."""
        if messages[0].text == "refused":
            raise ChatTemplateError("The model's chat template refuses it.")
        count = sum(len(message.text.split()) for message in messages)
        return Tokens((1,) * count, (1,) * count)


WORDS = cast("Spans", Words())


def messages(*texts: tuple[str, Any]) -> dict[str, Any]:
    """A chat of these roles and texts."""
    return {"messages": [{"role": role, "content": text} for role, text in texts]}


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        ("{", "line 2", "it is no JSON"),
        ("[1]", "line 2", "it is no JSON object"),
        ({"id": "x"}, "x", "it has no messages with a question and an answer"),
        (messages(("user", "a")), "line 2", "it has no messages with a question and an answer"),
        (messages(("boss", "a"), ("assistant", "b")), "line 2", "a message has no role"),
        (messages(("user", None), ("assistant", "b")), "line 2", "a message has no text"),
        (messages(("user", "a"), ("assistant", " ")), "line 2", "its last message is no answer"),
        (messages(("assistant", "a"), ("user", "b")), "line 2", "its last message is no answer"),
        (messages(("user", "refused"), ("assistant", "b")), "line 2", "refuses it"),
        (chat(7, "day " * 50), "e7", "it has 56 tokens, and 40 are allowed"),
    ],
)
def test_what_cannot_be_trained_is_named(
    tmp_path: Path, line: dict[str, Any] | str, name: str, reason: str
) -> None:
    """A broken, refused or too long example is left out by its name; the others are trained."""
    path = write_chats(tmp_path / "train.jsonl", [chat(1), line, chat(2)])
    found = read_examples(path, WORDS, LONGEST)
    assert len(found.tokens) == 2
    assert [each.id for each in found.dropped] == [name]
    assert reason in found.dropped[0].reason


@given(lengths=st.lists(st.integers(1, 80), min_size=1, max_size=12))
def test_every_example_is_trained_or_named(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int]
) -> None:
    """What is trained and what is named are together all that there is, whatever the lengths."""
    path = tmp_path_factory.mktemp("chats") / "train.jsonl"
    write_chats(path, [chat(number, "day " * length) for number, length in enumerate(lengths)])
    found = read_examples(path, WORDS, LONGEST)
    named = {each.id for each in found.dropped}
    too_long = {f"e{at}" for at, length in enumerate(lengths) if length + 6 > LONGEST}
    assert named == too_long
    assert len(found.tokens) + len(named) == len(lengths)


def test_nothing_to_train_is_one_sentence(tmp_path: Path) -> None:
    """Where all are left out, the sentence names one and its reason."""
    path = write_chats(tmp_path / "train.jsonl", [chat(1, "day " * 50)])
    with pytest.raises(TrainingError, match=r"for example e1: it has 56 tokens.*allow more tokens"):
        check_trainable(read_examples(path, WORDS, LONGEST), path)
    empty = write_chats(tmp_path / "empty.jsonl", [])
    with pytest.raises(TrainingError, match=r"No example of empty\.jsonl can be trained:"):
        check_trainable(read_examples(empty, WORDS, LONGEST), empty)


def test_examples_of_one_kind_are_refused(tmp_path: Path) -> None:
    """With the same answer to everything, the model would learn to write nothing else."""
    path = write_chats(tmp_path / "train.jsonl", [chat(number, "No.") for number in range(5)])
    with pytest.raises(TrainingError, match=r"All 5 examples of train\.jsonl have the same answer"):
        check_trainable(read_examples(path, WORDS, LONGEST), path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """It says to make the dataset again."""
    with pytest.raises(TrainingError, match="make the dataset again"):
        read_examples(tmp_path / "none.jsonl", WORDS, LONGEST)


def test_other_fields_are_not_read(tmp_path: Path) -> None:
    """Training reads messages and an id; whatever else a line has does no harm."""
    line = json.dumps({**chat(1), "passages": [{"number": 1}], "origin": "corrected"})
    found = read_examples(write_chats(tmp_path / "train.jsonl", [line]), WORDS, LONGEST)
    assert len(found.tokens) == 1
