"""Passages are cut to what an embedder reads."""

from __future__ import annotations

import pytest

from footnote.retrieval.chunking.cutter import MAX_TOKENS, cutter_for
from tests.hashing import HashEmbedder
from tests.retrieval.chunking.documents import document, prose


@pytest.mark.parametrize("reads", [32, 128, 256, 8192])
def test_an_embedder_reads_its_passages_whole(reads: int) -> None:
    """With its special tokens; one that reads more gets no longer passages."""
    embedder = HashEmbedder(max_tokens=reads)
    passages = cutter_for(embedder).cut(document(prose(600)))
    longest = max(len(embedder.token_spans(passage.searched)) for passage in passages)
    assert longest <= min(MAX_TOKENS, reads - 2)
    assert longest > min(MAX_TOKENS, reads) // 2
