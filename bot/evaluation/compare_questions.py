"""Reading a team's own questions with their answers: CSV with a header, or JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.bot.evaluation.beir import DataError


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question and its answer.

    Attributes:
        question: The question.
        answer: The answer; "" where the sources are not to hold any.
        document: The id of the document that holds it, or "" where nobody said.
    """

    question: str
    answer: str
    document: str = ""


def read_asked(path: Path) -> list[AskedQuestion]:
    """The questions of a file whose name ends in .csv or .jsonl.

    Raises:
        DataError: It cannot be read, or a line of it is no question.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    match path.suffix.lower():
        case ".csv":
            rows = _of_csv(text, path)
        case ".jsonl":
            rows = _of_json(text, path)
        case _:
            raise DataError(
                f"{path} is neither CSV nor JSON lines: name a file that ends in .csv or .jsonl."
            )
    found = [_asked(row, line, path) for line, row in rows]
    if not found:
        raise DataError(f"{path} holds no question: write one a line, with its answer.")
    return found


def _of_csv(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = csv.DictReader(text.splitlines(keepends=True))
    try:
        if not {"question", "answer"} <= set(lines.fieldnames or ()):
            raise DataError(
                f"{path}: the first line has to name the columns question and answer, and document "
                "where you know it."
            )
        for row in lines:
            yield lines.line_num, row
    except csv.Error as error:
        raise DataError(f"line {lines.line_num} of {path} is no CSV: {error}.") from error


def _of_json(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(f"line {number} of {path} is no JSON: {error}.") from error
        if not isinstance(row, dict):
            raise DataError(f"line {number} of {path} is no JSON object.")
        yield number, row


def _lines(text: str) -> Iterable[str]:
    # splitlines would also cut at signs that JSON allows within a text.
    return text.split("\n")


def _asked(row: Mapping[str, Any], line: int, path: Path) -> AskedQuestion:
    cells = [row.get(name) or "" for name in ("question", "answer", "document")]
    if not all(isinstance(cell, str) for cell in cells) or not cells[0].strip():
        raise DataError(
            f"line {line} of {path}: question, answer and document have to be texts, and the "
            "question may not be empty."
        )
    return AskedQuestion(*(cell.strip() for cell in cells))
