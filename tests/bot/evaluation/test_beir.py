"""Reading evaluation data, and saying where it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from footnote.bot.evaluation import beir


def _write(folder: Path, name: str, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_corpus_keeps_texts_as_they_are(tmp_path: Path) -> None:
    """Spans count characters, so that not one may be stripped, folded or split at U+2028."""
    text = " a\u2028b\r\n\x85 c\n\n"
    row = json.dumps({"_id": 7, "text": text}, ensure_ascii=False)
    assert beir.read_corpus(_write(tmp_path, "corpus.jsonl", row)) == [
        beir.CorpusText("7", "", text)
    ]


@pytest.mark.parametrize(
    ("history", "earlier"),
    [
        (["user: one", "agent: x", "user: two"], ("one", "two")),
        (["user: one", "agent: x", "user:  which  now?"], ("one",)),
        (["User: one", "agent: user: no"], ("one",)),
        ([], ()),
    ],
)
def test_history_is_what_the_user_asked_before(
    tmp_path: Path, history: list[str], earlier: tuple[str, ...]
) -> None:
    """Only the user's turns count, and the question itself is not doubled."""
    row = {"_id": "q", "text": "which now?", "history": history}
    (question,) = beir.read_questions(_write(tmp_path, "queries.jsonl", row))
    assert question.history == earlier


def test_labels_and_spans_are_optional(tmp_path: Path) -> None:
    """A question may say whether it is answerable, and where its answer stands."""
    _write(
        tmp_path,
        "queries.jsonl",
        {"_id": "1", "text": "a"},
        "",
        {"_id": "2", "text": "b", "answerable": False, "corpus_id": "c", "spans": [[3, 9]]},
    )
    plain, marked = beir.read_questions(tmp_path)
    assert (plain.answerable, plain.corpus_id, plain.spans) == (None, None, ())
    assert (marked.answerable, marked.corpus_id, marked.spans) == (False, "c", ((3, 9),))


@pytest.mark.parametrize("header", [["query-id\tcorpus-id\tscore"], []])
def test_judgments_with_and_without_header(tmp_path: Path, header: list[str]) -> None:
    """Gains above 0 are kept; a judgment of 0 makes no document right."""
    _write(tmp_path, "qrels.tsv", *header, "q\ta\t2", "q\tb\t0", "r\tb\t0", "")
    assert beir.read_judgments(tmp_path) == {"q": {"a": 2}}


def test_evidence_leaves_out_questions_without_any(tmp_path: Path) -> None:
    """Annotators who selected nothing, and questions without annotators, do not count."""
    _write(
        tmp_path,
        "answers.jsonl",
        {"_id": "1", "passage": "p", "answers": [{"selected_sentences": ["a", "b"]}, {}]},
        {"_id": "2", "passage": "p", "answers": [{"selected_sentences": []}]},
        {"_id": "3", "passage": "p", "answers": []},
    )
    assert beir.read_evidence(tmp_path) == {"1": beir.Evidence("p", (frozenset({"a", "b"}),))}


def test_off_topic_questions_may_open_threads(tmp_path: Path) -> None:
    """queries.jsonl comes first, then first_questions.jsonl; neither is a sentence."""
    with pytest.raises(beir.DataError, match=r"neither queries\.jsonl nor first_questions"):
        beir.read_off_topic(tmp_path)
    _write(tmp_path, "first_questions.jsonl", {"_id": "t", "text": "hi", "channel": "x"})
    assert [question.id for question in beir.read_off_topic(tmp_path)] == ["t"]
    _write(tmp_path, "queries.jsonl", {"_id": "q", "text": "hi"})
    assert [question.id for question in beir.read_off_topic(tmp_path)] == ["q"]


@pytest.mark.parametrize(
    ("name", "lines", "sentence"),
    [
        ("corpus.jsonl", [{"_id": "a", "text": "x"}, "{oops"], "line 2: not valid JSON"),
        ("corpus.jsonl", [{"_id": "a"}], "line 1: the key 'text' is missing"),
        ("corpus.jsonl", [{"_id": "a", "text": 3}], "line 1: not in the expected layout"),
        ("corpus.jsonl", ["[]"], "line 1: not in the expected layout"),
        ("corpus.jsonl", [{"_id": "a", "text": "x"}] * 2, "the _id a stands twice"),
        ("queries.jsonl", [{"_id": "q", "text": "x", "spans": [[1]]}], "line 1: not in the"),
        ("qrels.tsv", ["a\tb\tc", "q\td"], "line 2: a judgment is"),
        ("answers.jsonl", [{"_id": "q"}], "line 1: the key 'answers' is missing"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    tmp_path: Path, name: str, lines: list[object], sentence: str
) -> None:
    """File, line and reason stand in one sentence."""
    _write(tmp_path, name, *lines)
    readers: dict[str, Callable[[Path], object]] = {
        "corpus.jsonl": beir.read_corpus,
        "queries.jsonl": beir.read_questions,
        "qrels.tsv": beir.read_judgments,
        "answers.jsonl": beir.read_evidence,
    }
    with pytest.raises(beir.DataError) as caught:
        readers[name](tmp_path)
    assert sentence in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_foreign_encoding_are_sentences(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    with pytest.raises(beir.DataError, match="does not exist"):
        beir.read_corpus(tmp_path)
    (tmp_path / "corpus.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(beir.DataError, match="has to be a UTF-8 file"):
        beir.read_corpus(tmp_path)
