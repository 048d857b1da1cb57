"""Replicas follow the current adapter, and keep the old one where anything goes wrong."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.base import GenerationError
from footnote.bot.generators.scripted import Pause, ScriptedGenerator
from footnote.bot.settings.file import SettingsFile
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import State
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.tuning import swapping
from footnote.bot.tuning.adapters import Current
from footnote.bot.tuning.base_model import base_digest
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.replicas import Using, replicas_using
from footnote.bot.tuning.runs import digest_of
from footnote.bot.tuning.swapping import Swapper, following
from tests.bot.parts import prompt_of
from tests.bot.state.bench import Bench
from tests.bot.tuning.registry.made import BASE, filed
from tests.waiting import until

PROMPT = prompt_of("How many days?", ())


class Refusing(ScriptedGenerator):
    """Refuses what it is to load, for as long as it has a reason."""

    reason = ""

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Load it, or do not."""
        if self.reason:
            raise GenerationError(self.reason)
        await super().load_adapter(adapter, path)


async def _base() -> str:
    return BASE


def swapper(state: State, generator: ScriptedGenerator, folder: Path) -> Swapper:
    """What keeps a generator on what is current in a state."""
    return Swapper(generator, Registry(state), folder / "cache", _base)


def settings(folder: Path, generator: str = "gguf") -> Settings:
    """Settings with a model file, which nobody opens."""
    (folder / "model.gguf").write_bytes(b"model")
    content = {"answer": {"generator": generator}, "gguf": {"path": "model.gguf"}}
    return Settings.of(SettingsFile(folder / "footnote.toml", "", content))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas that look all the time."""
    monkeypatch.setattr(swapping, "POLL_S", 0.01)


async def test_it_is_used_from_the_next_look_on(bench: Bench, tmp_path: Path) -> None:
    """And no longer when somebody goes back; a look at what has not changed does nothing."""
    registry, generator = Registry(bench.state), ScriptedGenerator()
    made = await filed(registry, tmp_path, "friendly")
    looking = swapper(bench.state, generator, tmp_path)
    await looking.look()
    assert generator.adapter is None
    await registry.promote(made.id, "ann")
    await looking.look()
    assert looking.using == Using(made.id)
    assert (tmp_path / "cache" / f"{made.id}.gguf").read_bytes() == b"friendly" * 1000
    await generator.use_adapter(None)
    await looking.look()
    assert generator.adapter is None
    await generator.use_adapter(made.id)
    await registry.roll_back("ann")
    await looking.look()
    assert looking.using == Using("")


@pytest.mark.usefixtures("quick")
async def test_three_replicas_swap_while_they_answer(bench: Bench, tmp_path: Path) -> None:
    """All do, no answer that runs is dropped or changed, and one that starts later begins so."""
    made = await filed(
        Registry(bench.state), tmp_path, "friendly", base=await base_digest(settings(tmp_path))
    )
    begun: list[tuple[str | None, str | None]] = []
    stop = asyncio.Event()

    async def asks(generator: ScriptedGenerator) -> None:
        while not stop.is_set():
            generator.enqueue("28 ", Pause(0.001), "days [1].")
            adapter = generator.adapter
            said = "".join([str(piece) async for piece in generator.generate(PROMPT)])
            assert said == "28 days [1]."
            begun.append((adapter, generator.adapter))

    generators = [ScriptedGenerator() for _ in range(3)]
    async with AsyncExitStack() as stack:
        for number, generator in enumerate(generators):
            folder = tmp_path / str(number)
            folder.mkdir()
            state = await stack.enter_async_context(bench.second())
            await stack.enter_async_context(
                following(settings(folder), generator, state, f"replica {number}")
            )
        asking = [asyncio.ensure_future(asks(generator)) for generator in generators for _ in "ab"]
        await until(lambda: len(begun) > 20)
        await Registry(bench.state).promote(made.id, "ann")
        await until(lambda: {each.adapter for each in generators} == {made.id})
        before = len(begun)
        await until(lambda: len(begun) > before + 20)
        using = {f"replica {number}": Using(made.id) for number in range(3)}
        await _until_said(bench.state, using)
        stop.set()
        await asyncio.gather(*asking)
        late = ScriptedGenerator()
        async with following(settings(tmp_path), late, bench.state, "late"):
            assert late.adapter == made.id
    assert not await replicas_using(bench.state.records)
    assert {adapter for adapter, _ in begun} == {None, made.id}


async def _until_said(state: State, using: dict[str, Using]) -> None:
    async with asyncio.timeout(20):
        while await replicas_using(state.records) != using:  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("wrong", ["bytes", "engine", "base"])
async def test_what_goes_wrong_leaves_the_old_one_in_use(
    bench: Bench,
    tmp_path: Path,
    wrong: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said once, however often it is tried again, and used as soon as it can be."""
    monkeypatch.setattr(swapping, "AGAIN_S", 0.0)
    registry, generator = Registry(bench.state), Refusing()
    old = await filed(registry, tmp_path, "old")
    looking = swapper(bench.state, generator, tmp_path)
    await registry.promote(old.id, "ann")
    await looking.look()
    new = await filed(registry, tmp_path, "new", base="c" * 64 if wrong == "base" else BASE)
    if wrong == "bytes":
        blobs, get = bench.state.blobs, bench.state.blobs.get

        async def missing(digest: str) -> bytes | None:
            return None if digest in new.parts else await get(digest)

        monkeypatch.setattr(type(blobs), "get", lambda _, digest: missing(digest))
    if wrong == "engine":
        generator.reason = "The adapter new does not fit this model: use its own."
    await registry.promote(new.id, "bob")
    for _ in range(3):
        await looking.look()
    expected = {
        "bytes": f"The adapter {new.id} in the state is not whole",
        "engine": "The adapter new does not fit this model",
        "base": f"The adapter {new.id} was trained for another model file than the one that",
    }[wrong]
    assert looking.using.adapter == old.id
    assert looking.using.trouble.startswith(expected)
    warnings = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each.getMessage() for each in warnings] == [looking.using.trouble]
    if wrong == "base":
        await filed(registry, tmp_path, "new")
    if wrong == "bytes":
        monkeypatch.setattr(type(bench.state.blobs), "get", lambda _, digest: get(digest))
    generator.reason = ""
    await looking.look()
    assert looking.using == Using(new.id)


async def test_trouble_is_not_tried_at_every_look(bench: Bench, tmp_path: Path) -> None:
    """But after a while, or when something else was decided."""
    registry, generator = Registry(bench.state), Refusing()
    made = await filed(registry, tmp_path, "new")
    looking = swapper(bench.state, generator, tmp_path)
    generator.reason = "No."
    await registry.promote(made.id, "ann")
    await looking.look()
    generator.reason = ""
    await looking.look()
    assert looking.using == Using("", "No.")
    await registry.roll_back("ann")
    await looking.look()
    assert looking.using == Using("")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [StateUnavailableError("It is away."), ZeroDivisionError()])
async def test_without_the_state_all_stays_as_it_is(
    bench: Bench,
    tmp_path: Path,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said once, a defect with its traceback, and followed again when that is over."""
    registry, generator, chosen = Registry(bench.state), ScriptedGenerator(), settings(tmp_path)
    made = await filed(registry, tmp_path, "friendly", base=await base_digest(chosen))
    usual = Registry.current
    trouble: Exception | None = None

    async def current(self: Registry) -> Current:
        if trouble:
            raise trouble
        return await usual(self)

    monkeypatch.setattr(Registry, "current", current)
    async with following(chosen, generator, bench.state, "one"):
        await registry.promote(made.id, "ann")
        await until(lambda: generator.adapter == made.id)
        trouble = error
        await until(lambda: caplog.records)
        await asyncio.sleep(0.05)
        (told,) = caplog.records
        assert bool(told.exc_info) is isinstance(error, ZeroDivisionError)
        assert generator.adapter == made.id
        trouble = None
        await registry.roll_back("ann")
        await until(lambda: generator.adapter is None)


@pytest.mark.usefixtures("quick")
async def test_where_nothing_was_promoted_nothing_is_said(bench: Bench, tmp_path: Path) -> None:
    """Nor does what has no adapters follow any."""
    generator = ScriptedGenerator()
    async with following(settings(tmp_path), generator, bench.state, "one"):
        await asyncio.sleep(0.05)
        assert not await replicas_using(bench.state.records)
    registry = Registry(bench.state)
    made = await filed(registry, tmp_path, "friendly", base=digest_of(tmp_path / "model.gguf"))
    await registry.promote(made.id, "ann")
    async with following(settings(tmp_path, "quote"), generator, bench.state, "one"):
        assert generator.adapter is None


async def test_a_models_hash_is_found_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each state of its file; one that is not there is named."""
    chosen = settings(tmp_path)
    first = await base_digest(chosen)
    assert first == digest_of(tmp_path / "model.gguf")
    with monkeypatch.context() as patched:
        patched.setattr("footnote.bot.tuning.base_model.digest_of", lambda _: "anew")
        assert await base_digest(chosen) == first
        (tmp_path / "model.gguf").write_bytes(b"other")
        os.utime(tmp_path / "model.gguf", ns=(1, 1))
        assert await base_digest(chosen) == "anew"
    (chosen.folder / "tuning" / "models.json").write_text("[]", "utf-8")
    assert await base_digest(chosen) == digest_of(tmp_path / "model.gguf")
    (tmp_path / "model.gguf").unlink()
    with pytest.raises(FootnoteError, match=r"model\.gguf cannot be read .*: correct path below"):
        await base_digest(chosen)
