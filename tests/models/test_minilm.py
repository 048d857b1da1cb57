"""The real weights; skipped where `footnote models pull` was never run."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.models.cache import default_cache
from footnote.models.embedding import MiniLM, Vectors, open_minilm
from footnote.models.errors import ModelMissingError
from footnote.models.minilm.fetch import FOLDER, is_pulled
from footnote.retrieval.embedder import Embedder

DATA = Path(__file__).parent / "data"
SIXTEEN_BITS = 1e-3
"""How far a reference vector's length may be from 1, as it is kept in 16 bits a number."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not is_pulled(default_cache()), reason="the embedder is not here: footnote models pull"
    ),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[MiniLM]:
    """The default embedder."""
    async with open_minilm(default_cache()) as opened:
        yield opened


def cosines(first: Vectors, second: Vectors) -> Vectors:
    """Of each row with the same row of the other."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(np.einsum("ij,ij->i", first, second) / lengths)


async def test_vectors_are_those_of_the_original(model: MiniLM) -> None:
    """Every reference text, in one call, has the direction that another implementation gives."""
    texts = json.loads((DATA / "reference_texts.json").read_text(encoding="utf-8"))
    expected = np.load(DATA / "reference_vectors.npy").astype(np.float32)
    assert abs(np.linalg.norm(expected, axis=1) - 1).max() < SIXTEEN_BITS
    found = await model.embed(texts)
    assert found.dtype == np.float32
    assert cosines(found, expected).min() >= 0.999


async def test_it_is_the_embedder_that_retrieval_asks_for(model: MiniLM) -> None:
    """It fits the seam, and its id holds the weights' hash."""
    embedder: Embedder = model
    assert embedder.model_id == "all-MiniLM-L6-v2@53aa51172d14"
    assert (embedder.dimension, embedder.max_tokens) == (384, 256)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(st.text(st.characters(), max_size=80), min_size=1, max_size=6))
async def test_every_text_has_a_unit_vector_of_its_own(model: MiniLM, texts: list[str]) -> None:
    """Rows are finite, of length 1, and the same whatever else is in the call."""
    together = await model.embed(texts)
    alone = np.concatenate([await model.embed([text]) for text in texts])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-4)


async def test_what_is_past_the_limit_is_not_seen(model: MiniLM) -> None:
    """The first 254 pieces and two special tokens make the vector."""
    text = "the cat sat on the mat " * 60
    end = model.token_spans(text)[model.max_tokens - 3][1]
    whole, seen, less = await model.embed([text, text[:end], text[: end - 4]])
    np.testing.assert_allclose(whole, seen, atol=1e-4)
    assert abs(whole - less).max() > 1e-3


async def test_each_piece_has_a_unit_vector(model: MiniLM) -> None:
    """There are as many as pieces, up to the limit, and the same in every call, as the text's."""
    texts = ["the cat sat on the unrecognisable mat", "", "the cat sat on the mat " * 60]
    vectors, found = await model.embed_with_tokens(texts)
    np.testing.assert_allclose(vectors, await model.embed(texts), atol=1e-5)
    pieces = [len(model.token_spans(text)) for text in texts]
    assert [each.shape for each in found] == [(pieces[0], 384), (0, 384), (254, 384)]
    for each in found:
        np.testing.assert_allclose(np.linalg.norm(each, axis=1), 1, atol=1e-5)
    _, (alone,) = await model.embed_with_tokens(texts[:1])
    np.testing.assert_allclose(alone, found[0], atol=1e-5)
    nothing, no_tokens = await model.embed_with_tokens([])
    assert (nothing.shape, no_tokens) == ((0, 384), [])


async def test_a_piece_is_near_one_of_the_same_meaning(model: MiniLM) -> None:
    """Nearer than to any other piece of the text."""
    _, (asked, read) = await model.embed_with_tokens(["quit", "he left the job, and the cat sat"])
    nearest = int((asked @ read.T)[0].argmax())
    start, end = model.token_spans("he left the job, and the cat sat")[nearest]
    assert "he left the job, and the cat sat"[start:end] in {"left", "job"}


async def test_like_texts_are_near(model: MiniLM) -> None:
    """A question is nearer to the sentence that answers it than to another."""
    question, answer, other = await model.embed(
        ["How do I get my money back?", "Refunds are paid in two weeks.", "The cat is asleep."]
    )
    assert question @ answer > question @ other + 0.2


async def test_spans_of_a_long_text_are_found(model: MiniLM) -> None:
    """A hundred thousand characters are no special case, and the spans cover every letter."""
    text = "Ünïcödé words, kube_pod_status and 你好 stand here. " * 2000
    spans = model.token_spans(text)
    covered = sum(end - start for start, end in spans)
    assert covered == sum(1 for sign in text if not sign.isspace())
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


async def test_calls_at_once_get_their_own_rows(model: MiniLM) -> None:
    """Calls that run side by side do not mix."""
    texts = [f"Room {number} is on floor {number % 7}." for number in range(24)]
    expected = await model.embed(texts)
    calls = [model.embed([text], urgent=number % 2 == 0) for number, text in enumerate(texts)]
    found = np.concatenate(await asyncio.gather(*calls))
    np.testing.assert_allclose(found, expected, atol=1e-4)


async def test_a_damaged_model_is_said_to_be(tmp_path: Path) -> None:
    """A file of the right size and no sense is one sentence with what to do."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    manifest = default_cache() / FOLDER / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8")) | {"onnx_bytes": 8}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "model.onnx").write_bytes(b"nonsense")
    (folder / "vocab.txt").write_text("")
    with pytest.raises(ModelMissingError, match="cannot be loaded"):
        async with open_minilm(tmp_path):
            pass
