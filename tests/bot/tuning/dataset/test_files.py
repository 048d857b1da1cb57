"""Examples from files: chats, and questions with answers."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st

from footnote.bot.errors import SettingsError
from footnote.bot.prompts import SYSTEM
from footnote.bot.tuning.dataset.candidates import Left, Why
from footnote.bot.tuning.dataset.files import Told, told_in
from footnote.bot.tuning.examples import Origin
from tests.bot.tuning.dataset.team import (
    COSTS,
    ENDS,
    EXPIRES,
    IS_28,
    LEAVE,
    TRAVEL,
    team,
    why,
)
from tests.library import HANDBOOK, Page
from tests.properties import holds_for


def chat(*texts: str, system: str = "") -> str:
    """A line of a chat file, in which user and assistant take turns."""
    said = [
        {"role": ("user", "assistant")[number % 2], "content": text}
        for number, text in enumerate(texts)
    ]
    before = [{"role": "system", "content": system}] if system else []
    return json.dumps({"messages": [*before, *said]})


def read(folder: Path, name: str, content: str | bytes) -> list[Told | Left]:
    """What a file with this content holds."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(told_in(path))


def test_a_chat_ends_in_what_is_learned(tmp_path: Path) -> None:
    """The last answer, behind the questions and answers before it; another's system is nothing."""
    lines = f"{chat('Hi', 'Hello.', 'Leave?', '28 days.', system='Be nice.')}\n\n{chat('A?', 'B.')}"
    assert read(tmp_path, "a.jsonl", lines) == [
        Told("a.jsonl, line 1", "Leave?", "28 days.", (("Hi", "Hello."),)),
        Told("a.jsonl, line 3", "A?", "B."),
    ]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("nonsense", 'no JSON object with "messages"'),
        ("[]", 'no JSON object with "messages"'),
        ("[" * 100_000, 'no JSON object with "messages"'),
        ('{"messages": 3}', 'no JSON object with "messages"'),
        ('{"messages": [{"role": "user"}]}', 'no JSON object with "messages"'),
        ('{"messages": []}', "do not take turns"),
        (chat("A?"), "do not take turns"),
        (chat("A?", "B.", "C?"), "do not take turns"),
        (chat("A?", " "), "a message without text"),
        ('{"messages": [{"role": "tool", "content": "x"}]}', "a message of the role tool"),
        ('{"messages": [{"role": "user", "content": [1]}]}', "a message without text"),
        (chat("A?", "B.", system=SYSTEM), "a prompt of Footnote's own"),
    ],
)
def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path, line: str, wrong: str) -> None:
    """One sentence says what is wrong with which line; the lines around it are not lost."""
    good = chat("A?", "B.")
    before, broken, after = read(tmp_path, "a.jsonl", f"{good}\n{line}\n{good}\n")
    assert isinstance(broken, Left)
    assert (broken.name, broken.why) == ("a.jsonl, line 2", Why.BROKEN)
    assert wrong in broken.detail
    assert isinstance(before, Told)
    assert isinstance(after, Told)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    """In a chat as in a row, and only theirs is left out; a mark at the beginning is nothing."""
    good = chat("Müll?", "Nein.").encode()
    found = read(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + good + b"\n" + b"\xff\xfe\n" + good)
    assert [isinstance(one, Told) for one in found] == [True, False, True]
    found = read(tmp_path, "a.csv", b"question,answer\nA?,B.\nC?,\xff\nE?,F.\n")
    assert [isinstance(one, Told) for one in found] == [True, False, True]
    assert found[1] == Left("a.csv, line 3", Why.BROKEN, "it is not UTF-8")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_names_its_columns(tmp_path: Path, separator: str) -> None:
    """In any order and case, beside others, with line breaks in a field, and any separator."""
    rows = [
        ["Answer", "note", "QUESTION "],
        ['"28\ndays"', "x", "Leave?"],
        ["", "", ""],
        ["", "", "Travel?"],
        ["B."],
        ["B.", "", "A?"],
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert read(tmp_path, "faq.CSV", text) == [
        Told("faq.CSV, line 2", "Leave?", "28\ndays"),
        Left("faq.CSV, line 5", Why.BROKEN, "it has no answer"),
        Left("faq.CSV, line 6", Why.BROKEN, "it has no question"),
        Told("faq.CSV, line 7", "A?", "B."),
    ]


def test_a_row_with_a_stray_quotation_mark_is_named(tmp_path: Path) -> None:
    """And the rows around it are read."""
    found = read(tmp_path, "faq.csv", 'question,answer\nA?,B.\nC?,"D" or E\nF?,G.\n')
    assert isinstance(found[1], Left)
    assert found[1].name == "faq.csv, line 3"
    assert [one.question for one in found if isinstance(one, Told)] == ["A?", "F?"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "", "has no columns question and answer"),
        ("a.csv", "q,a\n1,2\n", "has no columns question and answer"),
        ("a.xlsx", "", r"is neither a \.jsonl file of chats nor a \.csv file"),
    ],
)
def test_a_file_that_is_none_is_an_error(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    """What is meant by it cannot be guessed; one sentence says what to do."""
    with pytest.raises(SettingsError, match=rf"{name} below \[tune\] files {sentence}"):
        read(tmp_path, name, content)
    with pytest.raises(SettingsError, match=r"cannot be read \(No such file or directory\)"):
        list(told_in(tmp_path / "none.csv"))


@holds_for(st.binary(max_size=60), st.sampled_from(["a.jsonl", "a.csv"]))
def test_no_content_breaks_the_reading(content: bytes, name: str) -> None:
    """Whatever stands in a file, lines are told or named, or one sentence refuses the file."""
    with TemporaryDirectory() as folder:
        whole = b"question,answer\n" + content if name == "a.csv" else content
        for one in read(Path(folder), name, whole):
            assert isinstance(one, Told) or one.detail


async def test_files_are_learned_with_what_is_found_for_them(tmp_path: Path) -> None:
    """The live prompt with today's passages, citations by verification, turns in their place."""
    (tmp_path / "faq.csv").write_text(
        f"question,answer\n{LEAVE},{IS_28} [4]\n{TRAVEL},It costs 500 euros.\n"
        "Who brews beer on Mars?,NOT IN THE SOURCES\n",
        "utf-8",
    )
    lines = [chat(LEAVE, f"{IS_28} [1]", EXPIRES, ENDS), "{", chat(TRAVEL, COSTS)]
    (tmp_path / "chats.jsonl").write_text("\n".join(lines), "utf-8")
    settings = '[tune]\nfiles = ["faq.csv", "chats.jsonl"]\n'
    async with team(tmp_path, settings) as made:
        found = await made.gathered()
        again = await made.gathered()
    first, thread, travel = found.examples
    assert first.answer.startswith(f"{IS_28} [")
    assert "Passages:\n\n[1] " in first.messages[-1].text
    assert first.messages[-1].text.endswith(f"Question: {LEAVE}")
    assert [message.text for message in thread.messages[1:3]] == [LEAVE, IS_28]
    assert thread.question.startswith(EXPIRES)
    assert travel.answer.startswith(COSTS)
    assert {example.origin for example in found.examples} == {Origin.FILE}
    assert {example.question_id for example in found.examples} == {""}
    assert why(found) == {
        "faq.csv, line 3": Why.UNSUPPORTED,
        "chats.jsonl, line 2": Why.BROKEN,
        "faq.csv, line 4": Why.TOO_MANY_REFUSALS,
    }
    assert len(found.inputs) == 3
    assert found == again


async def test_files_find_only_what_may_be_learned_from(tmp_path: Path) -> None:
    """A passage that is for fewer is not found, and so its words are no support."""
    (tmp_path / "faq.csv").write_text(f"question,answer\n{LEAVE},{IS_28}\n", "utf-8")
    hidden = Page("leave", HANDBOOK[0].text, restrictions=frozenset({"group:hr"}))
    async with team(
        tmp_path, '[tune]\nfiles = ["faq.csv"]\n', pages=[hidden, *HANDBOOK[1:]]
    ) as made:
        found = await made.gathered()
    assert why(found) == {"faq.csv, line 2": Why.UNSUPPORTED}


async def test_halves_of_signs_do_no_harm(tmp_path: Path) -> None:
    """JSON can escape half of a surrogate pair, which no file can hold."""
    line = chat(f"{LEAVE} \ud83d", IS_28)
    (tmp_path / "chats.jsonl").write_text(line, "utf-8")
    async with team(tmp_path, '[tune]\nfiles = ["chats.jsonl"]\n') as made:
        found = await made.gathered()
    assert len(found.examples) + len(found.left) == 1
