"""Sentences that are known to be true of a document, to see what the verifier makes of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from footnote.bot.evaluation.beir import Judgments, read_judgments, read_written_answers
from footnote.bot.evaluation.corpus import document_id
from footnote.bot.markdown import plain
from footnote.retrieval.chunking.sentences import sentence_spans
from footnote.retrieval.passages import Passage

SAMPLE = 600
"""How many sentences of plain documents are taken."""

_SEED = "claims"
_LEAST_WORDS = 8
_MARKUP = re.compile(r"[|`{}<>]")


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence.

    Attributes:
        group: What it belongs to: its question, or the document that it stands in.
        text: The sentence.
        documents: The ids in the index of the documents that it is true of.
    """

    group: str
    text: str
    documents: tuple[str, ...]


def written_claims(folder: Path) -> list[Claim]:
    """The sentences of the answers that people wrote, each once a question.

    Raises:
        DataError: The answers cannot be read.
    """
    judgments: Judgments = {}
    if (folder / "qrels.tsv").is_file():
        judgments = read_judgments(folder)
    found: dict[Claim, None] = {}
    for answer in read_written_answers(folder):
        own = [answer.corpus_id] if answer.corpus_id else list(judgments.get(answer.question, ()))
        documents = tuple(map(document_id, own))
        for start, end in sentence_spans(answer.text):
            if documents:
                found[Claim(answer.question, answer.text[start:end], documents)] = None
    return list(found)


def own_claims(documents: Mapping[str, Sequence[Passage]]) -> list[Claim]:
    """Sentences of plain documents, the same ones each time, without lists, tables and code."""
    every = {
        Claim(id_, text, (id_,)): None
        for id_, passages in sorted(documents.items())
        for passage in passages
        for start, end in sentence_spans(passage.text)
        if _is_prose(text := passage.text[start:end])
    }
    draw = random.Random(_SEED)  # noqa: S311  nothing here is secret
    return draw.sample(list(every), min(SAMPLE, len(every)))


def _is_prose(text: str) -> bool:
    enough = len(plain(text).split()) >= _LEAST_WORDS
    return enough and text[0].isupper() and not _MARKUP.search(text)
