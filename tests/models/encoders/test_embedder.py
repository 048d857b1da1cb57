"""The embedder over a child process: the real one, and stand-ins that misbehave."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from footnote.models.encoders import keeper
from footnote.models.encoders.embedder import GgufEmbedder, Prefixes, open_gguf_embedder
from footnote.models.encoders.options import EncoderOptions
from footnote.models.errors import EngineError, EngineStoppedError, ModelError, UnusableModelError
from tests.models.encoders.serving import DIMENSION, QUICK, child_that, embedding
from tests.models.gguf_bert import Bert, states, tokens_of, write_bert
from tests.models.numpy_bert import sentence

ECHO = """
read()
send(READY)
seen = 0
while True:
    command = read()
    seen += 1
    rows = [[1.0 if text.endswith("the") else 0.0, 0.0, 0.0, float(seen)] for text in command.texts]
    send(Embedded(command.id, rows))
"""
"""The vector's last number says which step computed it."""

STAND_IN = EncoderOptions(Path("stand-in.gguf"), "embed")


async def ended(embedder: GgufEmbedder) -> None:
    """Kill the child, and wait until that is known."""
    assert embedder.pid
    os.kill(embedder.pid, signal.SIGKILL)
    while embedder.pid:  # noqa: ASYNC110  nobody is told of an end
        await asyncio.sleep(0.01)


async def test_vectors_come_from_the_child(tmp_path: Path, seed: int) -> None:
    """They are those of numpy, in the order of the texts, and progress is told; a kill is no end.

    What is no text is read as a sign in its place.
    """
    bert = Bert(seed=seed)
    texts = ["the cat", "a mat on the mat " * 30, "", "cat \ud800"]
    done: list[int] = []
    async with open_gguf_embedder(embedding(tmp_path, bert), pauses=QUICK) as embedder:
        assert (embedder.dimension, embedder.max_tokens) == (64, 256)
        vectors = await embedder.embed(texts, progress=done.append)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        assert vectors[0] @ sentence(states(bert, tokens_of("[CLS] the cat [SEP]"))) > 0.9999
        assert done[-1] == len(texts)
        assert (await embedder.embed([])).shape == (0, 64)
        assert embedder.token_spans("the cats") == [(0, 3), (4, 7), (7, 8)]
        await ended(embedder)
        again = await embedder.embed(texts)
    assert np.array_equal(vectors, again)
    with pytest.raises(ModelError, match="was closed"):
        await embedder.embed(["the cat"])


async def test_a_question_goes_before_a_sync() -> None:
    """An urgent call waits for the step that is being computed, and for no other."""
    long = "cat " * 400
    async with open_gguf_embedder(STAND_IN, start=child_that(ECHO)) as embedder:
        sync = asyncio.create_task(embedder.embed([long] * 5))
        await asyncio.sleep(0)
        question = await embedder.embed(["the"], urgent=True)
        assert not sync.done()
        assert question[0, -1] <= 2
        assert max((await sync)[:, -1]) == 6


async def test_an_index_tells_uses_of_one_file_apart(tmp_path: Path) -> None:
    """The id holds the file's hash, and what else makes other vectors of the same text."""
    options = embedding(tmp_path)
    ids: list[str] = []
    found: list[tuple[list[float], list[float]]] = []
    uses = (
        (options, Prefixes()),
        (replace(options, pooling="cls"), Prefixes()),
        (replace(options, pooling="last"), Prefixes()),
        (options, Prefixes(question="a ")),
        (options, Prefixes(passage="a ")),
    )
    for used, prefixes in uses:
        async with open_gguf_embedder(used, prefixes) as embedder:
            ids.append(embedder.model_id)
            assert embedder.marks_questions == (prefixes != Prefixes())
            asked = await embedder.embed(["cat"], urgent=True)
            read = await embedder.embed(["cat"])
            found.append((asked[0].tolist(), read[0].tolist()))
    assert len(set(ids)) == 5
    assert ids[0].startswith("tiny bert@")
    async with open_gguf_embedder(options) as embedder:
        prefixed, plain = (await embedder.embed(["a cat", "cat"])).tolist()
    assert found[0] == (plain, plain)
    assert found[1][0] == found[1][1] != plain
    assert found[3:] == [(prefixed, plain), (plain, prefixed)]
    write_bert(options.model, Bert(seed=2))
    async with open_gguf_embedder(options) as other:
        assert other.model_id not in ids


async def test_a_file_that_is_replaced_meanwhile_is_refused(tmp_path: Path) -> None:
    """After a restart, other weights would go by the same name."""
    options = embedding(tmp_path)
    async with open_gguf_embedder(options, pauses=QUICK) as embedder:
        write_bert(options.model, Bert(seed=2))
        await ended(embedder)
        with pytest.raises(UnusableModelError, match="was replaced while it was in use"):
            await embedder.embed(["cat"])


async def test_a_process_that_ends_once_costs_nobody_anything(tmp_path: Path) -> None:
    """What it was asked is asked of the next one."""
    code = f"""
from pathlib import Path
read()
send(READY)
command = read()
lived = Path({str(tmp_path / "lived")!r})
if not lived.exists():
    lived.touch()
    os.kill(os.getpid(), signal.SIGABRT)
send(Embedded(command.id, [[1.0, 0.0, 0.0, 0.0]]))
read()
"""
    async with open_gguf_embedder(STAND_IN, start=child_that(code), pauses=QUICK) as embedder:
        assert (await embedder.embed(["the"])).shape == (1, DIMENSION)
    assert (tmp_path / "lived").exists()


async def test_a_text_that_ends_the_process_twice_is_given_up() -> None:
    """Its caller gets a sentence, and the next text is served."""
    code = """
read()
send(READY)
command = read()
if "the" in command.texts:
    os.kill(os.getpid(), signal.SIGSEGV)
send(Embedded(command.id, [[1.0, 0.0, 0.0, 0.0]]))
read()
"""
    async with open_gguf_embedder(STAND_IN, start=child_that(code), pauses=QUICK) as embedder:
        with pytest.raises(EngineStoppedError, match="embedder's process ended") as raised:
            await embedder.embed(["the"])
        assert str(raised.value).count(".") == 1
        assert (await embedder.embed(["cat"])).shape == (1, DIMENSION)


async def test_what_cannot_be_computed_is_said() -> None:
    """The child's sentence reaches the caller, and the child goes on."""
    code = """
from footnote.models.engine.messages import Failed
read()
send(READY)
command = read()
send(Failed(command.id, "It could not: try again."))
command = read()
send(Embedded(command.id, [[1.0, 0.0, 0.0, 0.0]]))
read()
"""
    async with open_gguf_embedder(STAND_IN, start=child_that(code)) as embedder:
        with pytest.raises(EngineError, match="It could not: try again"):
            await embedder.embed(["the"])
        assert (await embedder.embed(["cat"])).shape == (1, DIMENSION)


async def test_a_crash_at_the_start_is_tried_with_plain_weights() -> None:
    """The second child is told so; what crashes with these too is refused in one sentence."""
    code = """
start = read()
if start.options.extra_buffers:
    os.kill(os.getpid(), signal.SIGILL)
send(READY)
read()
"""
    async with open_gguf_embedder(STAND_IN, start=child_that(code)) as embedder:
        assert embedder.dimension == DIMENSION
    crash = child_that("read(); os.kill(os.getpid(), signal.SIGILL)")
    with pytest.raises(UnusableModelError, match=r"could not try stand-in.gguf out .*\(SIGILL\)"):
        async with open_gguf_embedder(STAND_IN, start=crash):
            pass


async def test_prefixes_that_take_up_the_room_are_refused(tmp_path: Path) -> None:
    """Nothing of a text would be read."""
    options = embedding(tmp_path, Bert(context=32))
    with pytest.raises(UnusableModelError, match="which the prefixes of the embedder take up"):
        async with open_gguf_embedder(options, Prefixes(question="cat " * 20)):
            pass


async def test_without_llama_cpp_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the extra, and no process is started."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(keeper, "started", None)
    with pytest.raises(UnusableModelError, match=r"footnote-bot\[gguf\]"):
        async with open_gguf_embedder(embedding(tmp_path)):
            pass


async def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    """The child's sentence comes up."""
    path = tmp_path / "embedder.gguf"
    path.write_bytes(b"no model")
    with pytest.raises(UnusableModelError, match="is no GGUF file"):
        async with open_gguf_embedder(EncoderOptions(path, "embed")):
            pass
