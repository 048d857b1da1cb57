"""Reading folders of evaluation data in the BEIR layout (Thakur et al. 2021).

corpus.jsonl    {_id, title, text} and, where the sentences are marked, sentences
queries.jsonl   {_id, text} and, where the data has them, history, answerable, corpus_id, spans
qrels.tsv       query-id, corpus-id, score, with a header
answers.jsonl   {_id, answers: [{answer, selected_sentences}], passage}, or {_id, answer}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from footnote.bot.errors import FootnoteError

T = TypeVar("T")

_USER = "user:"


class DataError(FootnoteError):
    """A folder of evaluation data cannot be read."""


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One document of a corpus.

    Attributes:
        id: As the judgments name it.
        title: Its title, or "".
        text: Its text; spans count characters in it.
        sentences: Its sentences in order where the corpus marks them, else none.
    """

    id: str
    title: str
    text: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question of a data set.

    Attributes:
        id: As the judgments name it.
        text: The question.
        history: What the same person asked before in the conversation, oldest first.
        answerable: Whether the corpus holds the answer, or None where nobody said.
        corpus_id: The document that `spans` are in, or None.
        spans: Where the answer stands: (start, end) in characters of that document's text.
    """

    id: str
    text: str
    history: tuple[str, ...] = ()
    answerable: bool | None = None
    corpus_id: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What people marked as the answer to one question.

    Attributes:
        corpus_id: The document that it stands in.
        annotators: For each annotator the sentences that they selected.
    """

    corpus_id: str
    annotators: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What a person wrote as the answer to one question.

    Attributes:
        question: The question's id.
        corpus_id: The document that it was written from, or None where the judgments tell.
        text: The answer.
    """

    question: str
    corpus_id: str | None
    text: str


Judgments = Mapping[str, Mapping[str, int]]
"""Question id → document id → gain above 0."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A corpus with the questions about it.

    Attributes:
        corpus: Its documents.
        questions: Questions, answerable or not.
        judgments: Which documents are right for which question.
    """

    corpus: Sequence[CorpusText] = ()
    questions: Sequence[EvalQuestion] = ()
    judgments: Judgments = field(default_factory=dict)


def read_data_set(folder: Path) -> DataSet:
    """The corpus, questions and judgments of a folder.

    Raises:
        DataError: One of the three files is missing or cannot be used.
    """
    return DataSet(read_corpus(folder), read_questions(folder), read_judgments(folder))


def read_corpus(folder: Path) -> list[CorpusText]:
    """The documents of `corpus.jsonl`.

    Raises:
        DataError: It is missing, a line of it cannot be used, or two have one `_id`.
    """
    path = folder / "corpus.jsonl"
    corpus = list(_objects(path, _corpus_text))
    _refuse_doubles(path, [document.id for document in corpus])
    return corpus


def read_questions(folder: Path, name: str = "queries.jsonl") -> list[EvalQuestion]:
    """The questions of `queries.jsonl`, or of another file of the same layout.

    Raises:
        DataError: It is missing, a line of it cannot be used, or two have one `_id`.
    """
    path = folder / name
    questions = list(_objects(path, _question))
    _refuse_doubles(path, [question.id for question in questions])
    return questions


def read_off_topic(folder: Path) -> list[EvalQuestion]:
    """The questions of a folder, whatever they are about: of threads, the opening ones.

    Raises:
        DataError: The folder holds no questions, or they cannot be read.
    """
    for name in ("queries.jsonl", "first_questions.jsonl"):
        if (folder / name).is_file():
            return read_questions(folder, name)
    raise DataError(
        f"{folder} holds neither queries.jsonl nor first_questions.jsonl: name a folder that does."
    )


def read_judgments(folder: Path) -> Judgments:
    """The judgments of `qrels.tsv` with a gain above 0.

    Raises:
        DataError: It is missing, or a line of it cannot be used.
    """
    path = folder / "qrels.tsv"
    judgments: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        fields = line.split("\t")
        if number == 1 and not fields[-1].strip().lstrip("-").isdecimal():
            continue
        try:
            question, document, gain = fields[0], fields[1], int(fields[2])
        except (IndexError, ValueError) as error:
            raise DataError(
                f"{path}, line {number}: a judgment is a question's id, a document's id and a "
                "whole number, with tabs between them."
            ) from error
        if gain > 0:
            judgments.setdefault(question, {})[document] = gain
    return judgments


def read_evidence(folder: Path) -> dict[str, Evidence]:
    """Question id → marked sentences, from `answers.jsonl`; those without any are left out.

    Raises:
        DataError: It is missing, or a line of it cannot be used.
    """
    rows = _objects(folder / "answers.jsonl", _evidence)
    return {question: evidence for question, evidence in rows if evidence.annotators}


def read_written_answers(folder: Path) -> list[WrittenAnswer]:
    """The answers in people's own words, from `answers.jsonl`; empty ones are left out.

    Raises:
        DataError: It is missing, or a line of it cannot be used.
    """
    rows = _objects(folder / "answers.jsonl", _written_answers)
    return [answer for answers in rows for answer in answers if answer.text.strip()]


def _written_answers(row: Mapping[str, Any]) -> list[WrittenAnswer]:
    passage = row.get("passage")
    written = [row] if "answer" in row else row["answers"]
    return [
        WrittenAnswer(
            str(row["_id"]),
            None if passage is None else str(passage),
            _text(each.get("answer") or ""),
        )
        for each in written
    ]


def _corpus_text(row: Mapping[str, Any]) -> CorpusText:
    return CorpusText(
        id=str(row["_id"]),
        title=_text(row.get("title") or ""),
        text=_text(row["text"]),
        sentences=tuple(_text(sentence) for sentence in row.get("sentences") or ()),
    )


def _question(row: Mapping[str, Any]) -> EvalQuestion:
    text, corpus_id, answerable = _text(row["text"]), row.get("corpus_id"), row.get("answerable")
    return EvalQuestion(
        id=str(row["_id"]),
        text=text,
        history=_earlier(text, [_text(turn) for turn in row.get("history") or ()]),
        answerable=None if answerable is None else bool(answerable),
        corpus_id=None if corpus_id is None else str(corpus_id),
        spans=tuple((int(start), int(end)) for start, end in row.get("spans") or ()),
    )


def _earlier(text: str, history: list[str]) -> tuple[str, ...]:
    """The earlier turns of the user; some data sets repeat the question as the last turn."""
    turns = [turn[len(_USER) :].strip() for turn in history if turn.lower().startswith(_USER)]
    if turns and turns[-1].split() == text.split():
        turns.pop()
    return tuple(turns)


def _evidence(row: Mapping[str, Any]) -> tuple[str, Evidence]:
    selected = (
        frozenset(_text(sentence) for sentence in answer.get("selected_sentences") or ())
        for answer in row["answers"]
    )
    annotators = tuple(sentences for sentences in selected if sentences)
    return str(row["_id"]), Evidence(str(row.get("passage", "")), annotators)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _objects(path: Path, convert: Callable[[Mapping[str, Any]], T]) -> Iterator[T]:
    for number, line in _lines(path):
        try:
            yield convert(json.loads(line))
        except json.JSONDecodeError as error:
            raise DataError(
                f"{path}, line {number}: not valid JSON ({error.msg}); "
                "each line has to be one object."
            ) from error
        except KeyError as error:
            raise DataError(f"{path}, line {number}: the key {error} is missing.") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise DataError(
                f"{path}, line {number}: not in the expected layout ({error})."
            ) from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank; only a line feed ends one, since texts hold other ends."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise DataError(
            f"{path} does not exist: name a folder with evaluation data in the BEIR layout."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}): it has to be a UTF-8 file.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _refuse_doubles(path: Path, ids: list[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            raise DataError(f"{path}: the _id {id_} stands twice; each has to be its own.")
        seen.add(id_)
