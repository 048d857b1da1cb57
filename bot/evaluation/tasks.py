"""Each task over a folder: read the data, index the corpus, evaluate, name the commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.bot.evaluation import ablation, answers, fit_gate, retrieval, spans, verification
from footnote.bot.evaluation.beir import (
    DataError,
    DataSet,
    EvalQuestion,
    read_corpus,
    read_data_set,
    read_evidence,
    read_off_topic,
    read_questions,
)
from footnote.bot.evaluation.claims import own_claims, written_claims
from footnote.bot.evaluation.corpus import SOURCE, CorpusConnector
from footnote.bot.evaluation.gate import Looks, figures, look
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.revision import revision
from footnote.bot.evaluation.workbench import Workbench, open_workbench
from footnote.bot.gate import Strictness
from footnote.connectors.base import Connector
from footnote.connectors.files import FilesConnector
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.parts import Parts

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks, with what they all need.

    Attributes:
        embedder: The one that the product uses.
        keep: A folder for indexes that the next run can use again, or None.
        progress: Told how far a task is.
        parts: What the search is made of, or None for the product's default.
    """

    embedder: Embedder
    keep: Path | None = None
    progress: Progress = silent
    parts: Parts | None = None

    async def retrieval(self, folder: Path) -> Figures:
        """How well the right documents are ranked."""
        data = read_data_set(folder)
        async with self._bench(CorpusConnector(data.corpus)) as bench:
            found = await retrieval.evaluate(bench, data.questions, data.judgments, self.progress)
        return {**found, "commit": await revision()}

    async def ablation(self, folder: Path) -> Figures:
        """What each part of the search does for how the right documents are ranked."""
        data = read_data_set(folder)
        async with self._bench(CorpusConnector(data.corpus)) as bench:
            return await ablation.evaluate(bench, data.questions, data.judgments, self.progress)

    async def spans(self, folder: Path) -> Figures:
        """How much of the marked answers is found."""
        corpus, questions = read_corpus(folder), read_questions(folder)
        if not any(question.spans for question in questions):
            raise DataError(f"{folder}: no question has spans, so there is nothing to measure.")
        async with self._bench(CorpusConnector(corpus)) as bench:
            found = await spans.evaluate(bench, questions, self.progress)
        return {**found, "commit": await revision()}

    async def answers(self, folder: Path) -> Figures:
        """How well citations hit the sentences that people marked."""
        corpus, questions, evidence = (
            read_corpus(folder),
            read_questions(folder),
            read_evidence(folder),
        )
        if not evidence:
            raise DataError(f"{folder}: no answer has selected_sentences to compare with.")
        async with self._bench(CorpusConnector(corpus)) as bench:
            found = await answers.evaluate(bench, corpus, questions, evidence, self.progress)
        return {**found, "commit": await revision()}

    async def verification(self, folder: Path, changes: Path | None = None) -> Figures:
        """What the verifier accepts of sentences that are true, and of the same made wrong.

        Args:
            folder: Evaluation data with written answers, or plain documents, whose own sentences
                are taken.
            changes: A file for every sentence, what was changed in it and what was found.
        """
        documents = _corpus_or_documents(folder)[1]
        async with self._bench(documents) as bench:
            ids = [ref.id async for ref in documents.list()]
            passages = await verification.passages_by_document(bench, ids)
            written = (folder / "answers.jsonl").is_file()
            claims = written_claims(folder) if written else own_claims(passages)
            if not claims or len(passages) <= 1:
                raise DataError(f"{folder}: no sentence is written there about several documents.")
            checked = await verification.check(bench, claims, passages, self.progress)
        if changes:
            verification.write(checked, changes)
        return {**verification.figures(checked), "commit": await revision()}

    async def gate(self, folder: Path, off_topic: Sequence[Path] = ()) -> Figures:
        """What the gate refuses; a folder of plain documents is only asked off topic."""
        looks = await self._looks(folder, off_topic)
        return {**figures(looks), "commit": await revision()}

    async def fit_gate(
        self,
        folder: Path,
        also: Sequence[Path] = (),
        off_topic: Sequence[Path] = (),
        *,
        write: bool = False,
    ) -> Figures:
        """Fit the gate to a labelled folder, its thresholds to all folders.

        Args:
            folder: Its questions are marked answerable true and false.
            also: Further folders, whose answerable questions the thresholds must let through.
            off_topic: Folders whose questions are asked over every corpus but their own.
            write: Put the result into gate.json.
        """
        looks = {path.name: await self._looks(path, off_topic) for path in (folder, *also)}
        own = looks[folder.name]
        origin = {
            "command": " ".join(
                (
                    f"footnote eval fit-gate --data {folder.name}",
                    *(f"--also {path.name}" for path in also),
                    *(f"--off-topic {path.name}" for path in off_topic),
                )
            ),
            "commit": await revision(),
            "questions": len(own.answerable) + len(own.near),
        }
        result: Figures = {}
        for kind, names in (
            ("embedder", fit_gate.FEATURES),
            ("lexical", fit_gate.LEXICAL_FEATURES),
        ):
            fitted = fit_gate.fit(own, names)
            levels = fit_gate.thresholds(fitted, looks.values())
            result[kind] = {
                "cross_validated": fit_gate.cross_validated(own, names),
                "balanced": {
                    name: fit_gate.rates(fitted, levels[Strictness.BALANCED], each)
                    for name, each in looks.items()
                },
                "parameters": fit_gate.as_json(fitted, levels, origin),
            }
        if write:
            path = fit_gate.write(
                self.embedder.model_id,
                result["embedder"]["parameters"],
                result["lexical"]["parameters"],
            )
            result["written"] = path.name
        return {**result, "commit": origin["commit"]}

    async def _looks(self, folder: Path, off_topic: Sequence[Path]) -> Looks:
        asked = _asked_off_topic(folder, off_topic)
        data, connector = _corpus_or_documents(folder)
        if not data.questions and not asked:
            raise DataError(
                f"{folder} holds documents but no questions: name some with --off-topic."
            )
        async with self._bench(connector) as bench:
            return await look(bench, data, asked, self.progress)

    @asynccontextmanager
    async def _bench(self, connector: Connector) -> AsyncIterator[Workbench]:
        async with open_workbench(
            connector,
            self.embedder,
            parts=self.parts,
            keep=self.keep,
            progress=self.progress,
        ) as bench:
            yield bench


def _asked_off_topic(folder: Path, off_topic: Sequence[Path]) -> dict[str, Sequence[EvalQuestion]]:
    """The questions of the other folders, by name; a folder's own are not off its topic."""
    others = [path for path in off_topic if path.resolve() != folder.resolve()]
    return {path.name: read_off_topic(path) for path in others}


def _corpus_or_documents(folder: Path) -> tuple[DataSet, Connector]:
    """A data set with its corpus, or plain documents without any questions."""
    if (folder / "corpus.jsonl").is_file():
        data = read_data_set(folder)
        return data, CorpusConnector(data.corpus)
    if folder.is_dir():
        return DataSet(), FilesConnector(SOURCE, folder)
    raise DataError(f"{folder} is not a folder: name one with evaluation data or documents.")
