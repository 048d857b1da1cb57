"""A Weaviate ranks and decides as the file does, on a public collection."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from footnote.bot.app import Core, assemble
from footnote.bot.evaluation.beir import read_corpus, read_questions
from footnote.bot.evaluation.corpus import SOURCE, CorpusConnector, readers_without
from footnote.bot.evaluation.workbench import open_embedder, open_workbench
from footnote.bot.gate import PASSAGES
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.moving import MovableStore, Move
from footnote.retrieval.readers import EVERYONE, Readers
from footnote.retrieval.search import Query
from footnote.retrieval.stores.base import Hit, PassageStore
from footnote.retrieval.stores.weaviate import open_store
from footnote.retrieval.stores.weaviate_options import VectorIndex
from footnote.retrieval.text import Analyzer
from tests.retrieval.stores.real_weaviate import own_collections

pytestmark = pytest.mark.soak

QUESTIONS = int(os.environ.get("FOOTNOTE_SOAK_QUESTIONS", "150"))
KEEP = os.environ.get("FOOTNOTE_SOAK_KEEP")
"""A folder in which index and vectors stay for the next run, as `footnote eval` keeps them."""

TOP, POOL = 10, 300


@dataclass(slots=True)
class Agreement:
    """How far two stores agree, a number a question."""

    lexical: list[float] = field(default_factory=list)
    nearest: list[float] = field(default_factory=list)
    gate: list[float] = field(default_factory=list)

    def note(self, mine: Sequence[Sequence[Hit]], theirs: Sequence[Sequence[Hit]]) -> None:
        """Add the share of the first ten that both lists have."""
        self.lexical.append(_overlap(mine[0], theirs[0]))
        self.nearest.append(_overlap(mine[1], theirs[1]))


def _overlap(mine: Sequence[Hit], theirs: Sequence[Hit]) -> float:
    first = {hit.passage_id for hit in mine[:TOP]}
    return len(first & {hit.passage_id for hit in theirs[:TOP]}) / len(first) if first else 1.0


async def _found(
    store: PassageStore, core: Core, text: str, readers: Readers
) -> tuple[list[list[Hit]], bool]:
    result = await core.search.find(Query(text), readers, limit=PASSAGES)
    view = await core.gate.look(Query(text), [found.passage for found in result.found])
    lexical = await store.lexical(Analyzer().query(text), readers, limit=POOL)
    return [lexical, await store.nearest(result.vector, readers, limit=POOL)], view.passed


@pytest.mark.parametrize("index", VectorIndex)
async def test_both_stores_find_and_decide_the_same(
    index: VectorIndex, seed: int, test_data: Path, tmp_path: Path
) -> None:
    """The first ten agree to .95 by words and by vectors (.9 with HNSW), the gate to .98."""
    folder = test_data / "eval" / "clapnq-dev"
    corpus = read_corpus(folder)
    # Each document has a label of its own, so these readers carry hundreds.
    readers = readers_without(corpus, ())
    questions = random.Random(seed).sample(read_questions(folder), QUESTIONS)  # noqa: S311  no secret
    agreement = Agreement()
    async with (
        open_embedder(print) as embedder,
        open_workbench(
            CorpusConnector(corpus), embedder, keep=Path(KEEP) if KEEP else None
        ) as bench,
        own_collections(index) as options,
        open_store(options) as weaviate,
    ):
        await weaviate.set_audiences({SOURCE: frozenset({EVERYONE})})
        await Move(
            cast("MovableStore", bench.store),
            weaviate,
            index_terms=Analyzer().terms,
            locks=FileLocks(tmp_path),
            tell=lambda _: None,
        ).run()
        core = assemble(weaviate, bench.embedder)
        for question in questions:
            mine, passed = await _found(bench.store, bench.core, question.text, readers)
            theirs, passed_too = await _found(weaviate, core, question.text, readers)
            agreement.note(mine, theirs)
            agreement.gate.append(float(passed == passed_too))
    means = [sum(x) / len(x) for x in (agreement.lexical, agreement.nearest, agreement.gate)]
    print(f"{index}: lexical, nearest, gate:", *(f"{mean:.4f}" for mean in means))  # noqa: T201  for the record
    assert means[0] >= 0.95
    assert means[1] >= (0.95 if index == VectorIndex.FLAT else 0.9)
    assert means[2] >= 0.98
