"""The memory of tokens."""

from __future__ import annotations

import numpy as np
import pytest

from footnote.bot.verifying.tokens import TokenMemory
from tests.hashing import TellingEmbedder


async def test_the_last_texts_are_remembered() -> None:
    """The one that was asked for longest ago is embedded again, and no other."""
    embedder = TellingEmbedder()
    memory = TokenMemory(embedder, 2)
    for texts in (["annual", "leave"], ["annual"], ["travel"], ["annual"], ["leave"]):
        await memory.read(texts)
    assert embedder.texts == ["annual", "leave", "travel", "leave"]


async def test_more_texts_than_are_remembered_are_read_at_once() -> None:
    """Each is embedded once, and told with what it says in half the bits."""
    embedder = TellingEmbedder()
    fresh, tokens = await TokenMemory(embedder, 1).read(["annual leave", "travel", "annual leave"])
    assert embedder.texts == list(fresh) == ["annual leave", "travel"]
    vectors, exact = await embedder.embed_with_tokens(["annual leave", "travel"])
    assert np.array_equal(np.stack(list(fresh.values())), vectors)
    for told, each in zip(tokens, (exact[0], exact[1], exact[0]), strict=True):
        assert told.dtype == np.float32
        assert told == pytest.approx(each, abs=1e-3)


async def test_a_vector_comes_only_with_what_was_embedded() -> None:
    """What is remembered of a text are its tokens alone."""
    memory = TokenMemory(TellingEmbedder(), 8)
    await memory.read(["annual"])
    fresh, tokens = await memory.read(["annual", "leave"])
    assert list(fresh) == ["leave"]
    assert len(tokens) == 2
    assert await memory.read([]) == ({}, [])
