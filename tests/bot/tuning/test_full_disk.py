"""A disk that fills up at a step: one sentence, nothing half, and with room again it is done.

What `/dev/full` takes is refused by the system with the very error of a full disk. That of the
training is proved where one is real.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from footnote.bot.tuning import exporting
from footnote.bot.tuning.dataset import writing
from footnote.bot.tuning.examples import Example, write_examples
from footnote.bot.tuning.exporting import FILE, export
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.gating import ANSWERS, gate
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import Done, Run, open_run, runs
from footnote.bot.tuning.training import ADAPTER
from footnote.models.errors import ModelError
from tests.bot.cli.conftest import Footnote, folder, footnote, log_as_before, synced
from tests.bot.state.bench import FakeClock
from tests.bot.tuning.gate.stage import Players, exported, opens
from tests.bot.tuning.gate.world import World, world
from tests.bot.tuning.registry.made import filed
from tests.models.export.checkpoints import write_adapter, write_checkpoint

__all__ = ["folder", "footnote", "log_as_before", "synced"]

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
SETTINGS = """[sources.docs]
kind = "files"
path = "docs"
audience = ["everyone"]
[gguf]
path = "model.gguf"
"""
PAGES = {
    "travel": "A hotel costs at most 140 euros a night.",
    "laptops": "The service desk orders a new laptop every four years.",
    "bicycles": "Bicycles stand in the yard behind the house.",
}


@pytest.fixture
def small() -> World:
    """Some held-out examples."""
    whole = world(Random(3))  # noqa: S311  no secret
    return World(tuple(item for item in whole.items if item.id.endswith("-8")), whole.facts)


def settings_in(path: Path) -> Settings:
    """Settings with a model file, which nobody opens."""
    (path / "model.gguf").write_bytes(b"model")
    (path / "footnote.toml").write_text(SETTINGS, "utf-8")
    return load_settings(path / "footnote.toml")


def silent(line: str) -> None:
    """Take a report, and tell nobody."""
    del line


def test_at_the_dataset(synced: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is no dataset, and the next step says so."""
    rows = ["question,answer"]
    for name, text in PAGES.items():
        (folder / "docs" / f"{name}.md").write_text(text, "utf-8")
        rows.append(f'"What about {name}?","{text}"')
    (folder / "faq.csv").write_text("\n".join(rows), "utf-8")
    assert synced("sync").code == 0
    monkeypatch.setenv("FOOTNOTE_TUNE__FILES", '["faq.csv"]')
    monkeypatch.setenv("FOOTNOTE_TUNE__MIN_EXAMPLES", "1")

    def full(path: Path, examples: Iterable[Example]) -> None:
        write_examples(FULL if path.stem == "heldout" else path, examples)

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write_examples", full)
        ran = synced("tune", "dataset")
    assert ran.code == 1
    assert "heldout.jsonl cannot be written (No space left on device): free some" in ran.err
    assert len(ran.err.splitlines()) == 1
    root = folder / ".footnote" / "tuning"
    (broken,) = runs(root)
    assert "has no dataset yet: run footnote tune dataset first" in synced("tune", "gate").err
    assert synced("tune", "dataset").code == 0
    assert [name for name in runs(root) if not open_run(root, name).done("dataset")] == [broken]


async def test_at_the_export(tmp_path: Path, small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No adapter is there, and the training is done still."""
    settings = settings_in(tmp_path)
    checkpoint = write_checkpoint(tmp_path)

    async def served(_: Settings) -> Path:
        return checkpoint

    monkeypatch.setattr(exporting, "check_served", served)
    run = exported(settings.folder / "tuning", small)
    write_adapter(run.folder / ADAPTER, checkpoint)
    run.finish("train", Done("now"))
    target = run.folder / FILE
    target.unlink()
    target.with_name(f"{target.name}.part").symlink_to(FULL)
    with pytest.raises(ModelError, match=r"cannot be written .*\(No space left on device\): free"):
        await export(run, settings, report=silent)
    assert _done(run) == ["dataset", "train"]
    assert not list(target.parent.iterdir())
    await export(run, settings, report=silent)
    assert _done(run) == ["dataset", "train", "export"]


async def test_at_the_gate(tmp_path: Path, small: World) -> None:
    """The answers are kept, and none is asked again."""
    settings = settings_in(tmp_path)
    run = exported(settings.folder / "tuning", small)
    players = Players(small, dict.fromkeys((None, "candidate"), lambda *_: "NOT IN THE SOURCES"))
    (run.folder / "gate").mkdir()
    (run.folder / keeping.HTML).symlink_to(FULL)
    with pytest.raises(
        FootnoteError, match=r"cannot be written \(No space left .* asks nothing twice"
    ):
        await gate(run, settings, report=silent, opened=opens(players), standing=())
    asked, kept = len(players.asked), (run.folder / ANSWERS).read_bytes()
    assert asked == 2 * len(small.items)
    assert _done(run) == ["dataset", "train", "export"]
    (run.folder / keeping.HTML).unlink()
    await gate(run, settings, report=silent, opened=opens(players), standing=())
    assert len(players.asked) == asked
    assert (run.folder / ANSWERS).read_bytes() == kept
    assert _done(run)[-1] == "gate"


async def test_at_the_filing(tmp_path: Path) -> None:
    """Nothing is filed of which a part is missing; all that was there before is."""
    lane = ThreadLane(tmp_path / "state.db", FakeClock())
    try:
        registry = Registry(SqliteState(lane))
        before = await filed(registry, tmp_path, "before")
        pages = await lane.run(lambda c, _: c.execute("PRAGMA page_count").fetchone()[0])
        await lane.run(lambda c, _: c.execute(f"PRAGMA max_page_count = {pages + 5}"))
        with pytest.raises(StateUnavailableError, match="the disk is full: free some space"):
            await filed(registry, tmp_path, "an adapter that is too large " * 8)
        assert await registry.adapters() == {before.id: before}
        await lane.run(lambda c, _: c.execute("PRAGMA max_page_count = 100000"))
        after = await filed(registry, tmp_path, "an adapter that is too large " * 8)
        for each in (before, after):
            await registry.fetch(each, tmp_path / "cache")
    finally:
        await lane.close()


def _done(run: Run) -> list[str]:
    """The steps that are done, as the manifest on the disk has it."""
    return list(open_run(run.folder.parent, run.id).manifest.steps)
