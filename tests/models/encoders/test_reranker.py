"""The reranker over a child process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.models.encoders.options import EncoderOptions
from footnote.models.encoders.reranker import open_gguf_reranker
from tests.models.encoders.serving import child_that, reranking
from tests.models.gguf_bert import CLOSE, RERANKER, score, tokens_of


async def test_scores_come_from_the_child(tmp_path: Path, seed: int) -> None:
    """They are those of numpy, in the order of the texts."""
    bert = replace(RERANKER, seed=seed)
    async with open_gguf_reranker(reranking(tmp_path, bert)) as reranker:
        assert (reranker.name, reranker.max_tokens) == ("tiny bert", 256)
        found = await reranker.scores("the cat", ["mat", "on the mat", "\ud800"])
        assert await reranker.scores("the cat", []) == []
    expected = [
        score(bert, tokens_of(f"[CLS] the cat [SEP] {text} [SEP]"))
        for text in ("mat", "on the mat", "?")
    ]
    assert found == pytest.approx(expected, abs=CLOSE)


async def test_a_cancelled_call_judges_no_further_pair() -> None:
    """The pair that is being computed is the last one."""
    code = """
read()
send(READY)
count = 0
while True:
    command = read()
    count += 1
    if command.question != "slow":
        send(Judged(command.id, float(count)))
"""
    options = EncoderOptions(Path("stand-in.gguf"), "rank")
    async with open_gguf_reranker(options, start=child_that(code)) as reranker:
        assert await reranker.scores("quick", ["a"]) == [1.0]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reranker.scores("slow", ["b", "c", "d"])
        assert await reranker.scores("quick", ["e"]) == [3.0]
