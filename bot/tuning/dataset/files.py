"""Chats and questions with answers from the files that the settings name.

    *.jsonl   {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", …}]} a line:
              the last answer is learned, what stands before it is its conversation
    *.csv     with the columns question and answer; an answer NOT IN THE SOURCES is a refusal

A line that is broken is named and left out; a file that cannot be read at all is an error.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from footnote.bot.errors import SettingsError
from footnote.bot.prompts import SYSTEM
from footnote.bot.tuning.dataset.candidates import Left, Why

_SEPARATORS = (",", ";", "\t")
_COLUMNS = ("question", "answer")


@dataclass(frozen=True, slots=True)
class Told:
    """A question and the answer that is wanted, from a file.

    Attributes:
        name: The file and the line.
        question: What is asked.
        answer: What shall be answered.
        before: The questions and answers before it.
    """

    name: str
    question: str
    answer: str
    before: tuple[tuple[str, str], ...] = ()


class _BrokenLineError(ValueError):
    """A line that is none of the format; its text says what is wrong with it."""


def told_in(path: Path) -> Iterator[Told | Left]:
    """What a file holds, in its order.

    Raises:
        SettingsError: It cannot be read, or is of no format that is known.
    """
    formats = {".jsonl": _chats, ".csv": _rows}
    if path.suffix.lower() not in formats:
        raise SettingsError(
            f"{path} below [tune] files is neither a .jsonl file of chats nor a .csv file of "
            "questions and answers: convert it, or take it out."
        )
    try:
        # Bytes that are no UTF-8 come as surrogates, so that one such line does not hide the rest.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from formats[path.suffix.lower()](file, path)
    except OSError as error:
        raise SettingsError(
            f"{path} below [tune] files cannot be read ({error.strerror or error}): correct the "
            "path, or take it out."
        ) from error


def _chats(file: TextIO, path: Path) -> Iterator[Told | Left]:
    for number, line in enumerate(file, 1):
        name = f"{path.name}, line {number}"
        if line.strip():
            try:
                yield _chat(_utf8(line), name)
            except _BrokenLineError as error:
                yield Left(name, Why.BROKEN, str(error))


def _chat(line: str, name: str) -> Told:
    try:
        messages = [_message(message) for message in json.loads(line)["messages"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, _BrokenLineError):
            raise
        raise _BrokenLineError('it is no JSON object with "messages"') from error
    if messages and messages[0] == ("system", SYSTEM):
        raise _BrokenLineError("it is a prompt of Footnote's own, which is made anew each time")
    said = [message for message in messages if message[0] != "system"]
    roles = [role for role, _ in said]
    if not said or roles != ["user", "assistant"] * (len(said) // 2):
        raise _BrokenLineError("user and assistant do not take turns, with an answer at the end")
    texts = [text for _, text in said]
    pairs = list(zip(texts[::2], texts[1::2], strict=True))
    return Told(name, *pairs[-1], tuple(pairs[:-1]))


def _message(message: Mapping[str, Any]) -> tuple[str, str]:
    role, text = message["role"], message["content"]
    if role not in {"system", "user", "assistant"}:
        raise _BrokenLineError(f"it has a message of the role {role}")
    if not isinstance(text, str) or (role != "system" and not text.strip()):
        raise _BrokenLineError("it has a message without text")
    return role, text.strip() if role != "system" else text


def _rows(file: TextIO, path: Path) -> Iterator[Told | Left]:
    header = file.readline()
    separator = max(_SEPARATORS, key=header.count)
    names = [
        name.strip().casefold() for name in next(csv.reader([header], delimiter=separator), [])
    ]
    if not set(_COLUMNS) <= set(names):
        raise SettingsError(
            f"{path} below [tune] files has no columns question and answer: name them in its "
            "first line."
        )
    places = [names.index(column) for column in _COLUMNS]
    reader = csv.reader(file, delimiter=separator, strict=True)
    while True:
        name = f"{path.name}, line {reader.line_num + 2}"
        try:
            row = next(reader, None)
            if row is None:
                return
            if any(field.strip() for field in row):
                yield _row(row, places, name)
        except _BrokenLineError as error:
            yield Left(name, Why.BROKEN, str(error))
        except csv.Error as error:
            yield Left(name, Why.BROKEN, f"it is no row of a CSV file: {error}")


def _row(row: list[str], places: list[int], name: str) -> Told:
    texts = [_utf8(row[place]).strip() if place < len(row) else "" for place in places]
    for column, text in zip(_COLUMNS, texts, strict=True):
        if not text:
            raise _BrokenLineError(f"it has no {column}")
    question, answer = texts
    return Told(name, question, answer)


def _utf8(text: str) -> str:
    """The text, unless bytes of it were none of UTF-8.

    JSON's own escapes may still bring halves of surrogate pairs, as chat platforms do.
    """
    if any("\udc80" <= sign <= "\udcff" for sign in text):
        raise _BrokenLineError("it is not UTF-8")
    return text
