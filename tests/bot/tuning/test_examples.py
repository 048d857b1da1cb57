"""Examples in files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.base import Message, NumberedPassage, Sampling
from footnote.bot.tuning.examples import Example, Origin, read_examples, write_examples
from tests.bot.tuning.made import example, passage


def test_a_dataset_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every field comes back, whatever the text holds."""
    examples = [
        example("1", answer="28 days. [1]"),
        example("2", answer="\ud800 \n</s>", origin=Origin.REFUSAL),
        replace(example("3"), earlier_ids=("question-1", "question-2")),
    ]
    write_examples(tmp_path / "train.jsonl", examples)
    assert list(read_examples(tmp_path / "train.jsonl")) == examples


def test_it_names_every_question_of_which_it_holds_words() -> None:
    """Its own and those of the turns before; what comes from a file has none."""
    made = example("1")
    assert replace(made, earlier_ids=("a",)).question_ids == ("question-1", "a")
    assert replace(made, question_id="").question_ids == ()


def test_a_line_is_a_chat_for_whatever_trains(tmp_path: Path) -> None:
    """`messages` holds the whole chat with the answer at its end, as chat models are trained on."""
    write_examples(tmp_path / "train.jsonl", [example("1", answer="28 days. [1]")])
    line = json.loads((tmp_path / "train.jsonl").read_text("utf-8"))
    assert [each["role"] for each in line["messages"]] == ["system", "user", "assistant"]
    assert line["messages"][-1]["content"] == "28 days. [1]"


def test_a_prompt_allows_its_own_numbers() -> None:
    """What a generator gets of an example may cite what stands in it, and nothing else."""
    made = Example(
        "1",
        "c",
        Origin.FILE,
        "Leave?",
        (Message("user", "Leave?"),),
        "28. [3]",
        (NumberedPassage(3, passage("28 days.")),),
    )
    prompt = made.prompt(Sampling())
    assert prompt.allowed_citations == {3}
    assert prompt.messages == made.messages


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"messages": []}', "nonsense"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    """One sentence says which line is no example, and what to do."""
    path = tmp_path / "train.jsonl"
    write_examples(path, [example("1")])
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(FootnoteError, match=r"line 2 of .* is no example: make the dataset anew"):
        list(read_examples(path))


def test_a_dataset_that_is_not_there_is_named(tmp_path: Path) -> None:
    """One sentence says that it cannot be read."""
    with pytest.raises(FootnoteError, match="cannot be read"):
        list(read_examples(tmp_path / "none.jsonl"))
