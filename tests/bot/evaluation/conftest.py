"""A small data set of every kind that the tasks read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TEXTS = {
    "tea": ("Tea", ("Green tea is steeped for two minutes .", "Black tea takes four minutes .")),
    "bikes": ("Bikes", ("A bike chain is oiled every month .", "Brakes wear down in rain .")),
    "cats": (
        "Cats",
        ("Cats sleep sixteen hours a day .", "Kittens drink milk from their mother ."),
    ),
    "bare": ("Opening hours of the library", ()),
}
QUESTIONS = {
    "steep": ("how long is green tea steeped", "tea", 0, True),
    "chain": ("how often is a bike chain oiled", "bikes", 0, True),
    "sleep": ("how many hours do cats sleep a day", "cats", 0, True),
    "library": ("opening hours of the library", "bare", None, True),
    "price": ("what does green tea cost", "tea", None, False),
}


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a corpus, questions, judgments, spans and evidence."""
    folder = tmp_path / "small"
    folder.mkdir()
    _write(
        folder,
        "corpus.jsonl",
        [
            {"_id": id_, "title": title, "text": " ".join(lines), "sentences": lines}
            for id_, (title, lines) in TEXTS.items()
        ],
    )
    questions: list[dict[str, object]] = []
    answers: list[dict[str, object]] = []
    for id_, (text, document, line, answerable) in QUESTIONS.items():
        question: dict[str, object] = {"_id": id_, "text": text, "answerable": answerable}
        if line is not None:
            words = TEXTS[document][1][line]
            start = " ".join(TEXTS[document][1]).index(words)
            question |= {"corpus_id": document, "spans": [[start, start + len(words)]]}
            answers.append(
                {"_id": id_, "passage": document, "answers": [{"selected_sentences": [words]}]}
            )
        questions.append(question)
    _write(folder, "queries.jsonl", questions)
    _write(folder, "answers.jsonl", answers)
    judged = [f"{id_}\t{row[1]}\t1\n" for id_, row in QUESTIONS.items() if row[3]]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(judged), "utf-8")
    return folder


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """A folder of questions about something else."""
    folder = tmp_path / "chat"
    folder.mkdir()
    _write(folder, "first_questions.jsonl", [{"_id": "t1", "text": "docker daemon refuses socket"}])
    return folder
