"""A folder that changes is indexed at once, by one replica, and safely when it goes away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.platforms.base import Intake
from footnote.bot.questions import Question
from footnote.bot.schedule import watcher
from footnote.bot.schedule.freshness import keeping_fresh
from footnote.bot.schedule.health import Healths
from footnote.bot.serving import serve
from footnote.bot.settings.load import load_settings
from footnote.bot.state.base import State
from footnote.bot.state.opening import open_state
from footnote.connectors import watching
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import IndexedDocument
from tests.bot.plaza import Plaza, PlazaKind
from tests.bot.schedule.town import Admins
from tests.hashing import HashEmbedder
from tests.waiting import PATIENCE_S, until

LEAVE = "Every employee gets 28 days of annual leave."
SETTINGS = """
[sources.docs]
kind = "files"
path = "docs"
audience = ["everyone"]
[answer]
gate = "eager"
"""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at and tried again every few seconds is so at once."""
    monkeypatch.setattr(watching, "LOOK_MS", 100)
    monkeypatch.setattr(watching, "network_share", lambda _: "")
    monkeypatch.setattr(watcher, "RETRY_S", 0.1)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with one page."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(f"# Leave\n\n{LEAVE}\n", "utf-8")
    (tmp_path / "footnote.toml").write_text(SETTINGS, "utf-8")
    return folder


@asynccontextmanager
async def watched(folder: Path, admins: Admins | None = None) -> AsyncIterator[tuple[App, State]]:
    """An app that keeps its sources fresh."""
    settings = load_settings(folder / "footnote.toml")
    async with (
        open_app(settings, report=print, embedder=HashEmbedder()) as app,
        open_state(settings) as state,
        keeping_fresh(app, state, {"plaza": admins or Admins()}, grace_s=0.0),
    ):
        yield app, state


async def soon_true(look: Callable[[], Awaitable[object]]) -> None:
    """Return when something is true, however busy the machine is."""
    async with asyncio.timeout(PATIENCE_S):
        while not await look():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


async def indexed(app: App, name: str) -> str:
    """What the index has of a document, or nothing."""
    found = await app.store.document(f"docs:{name}", ADMIN)
    return found.text if found else ""


def holds(app: App, name: str, text: str) -> Callable[[], Awaitable[bool]]:
    """Whether a document is indexed with a text in it."""

    async def look() -> bool:
        return text in await indexed(app, name)

    return look


async def test_what_changed_before_is_indexed_at_the_start(docs: Path) -> None:
    """And what changes afterwards as it does; only the files that changed are read."""
    async with watched(docs.parent) as (app, _):
        await soon_true(holds(app, "leave.md", LEAVE))

        async def ended() -> bool:
            return bool((await app.store.stats()).sources[0].last_sync)

        await soon_true(ended)
        complete = (await app.store.stats()).sources[0].last_sync
        (docs / "leave.md").write_text("# Leave\n\nIt is 30 days now.\n", "utf-8")
        await soon_true(holds(app, "leave.md", "30 days"))
        (docs / "new.md").write_text("# New\n\nA page.\n", "utf-8")
        await soon_true(holds(app, "new.md", "A page."))
        (docs / "leave.md").unlink()

        async def gone() -> bool:
            return not await indexed(app, "leave.md")

        await soon_true(gone)
        assert (await app.store.stats()).sources[0].last_sync == complete


async def test_an_edit_can_be_asked_about(docs: Path) -> None:
    """Served as it is in production, from the edit to the answer; how long it took is printed."""
    settings = load_settings(docs.parent / "footnote.toml")
    stop = asyncio.Event()
    took: list[float] = []
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:

        async def visit(intake: Intake) -> None:
            await soon_true(holds(app, "leave.md", LEAVE))
            (docs / "lunch.md").write_text("# Lunch\n\nLunch is at noon on every day.\n", "utf-8")
            began, number = time.monotonic(), 0
            while not any("noon" in text for text in plaza.messages.values()):
                number += 1
                name = f"q{number}"
                question = Question(name, "when is lunch?", place=name, platform="plaza")
                await intake.take(question)
                await until(lambda: f"{name}#0" in plaza.final)  # noqa: B023  awaited at once
            took.append(time.monotonic() - began)
            stop.set()

        plaza = Plaza(visit)
        await serve(app, {"plaza": PlazaKind(plaza)}, stop, report=print)
    print(f"answered {took[0]:.2f} s after the edit")  # noqa: T201  for the curious


async def test_one_of_two_replicas_indexes_a_change(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one finds it done."""
    async with AsyncExitStack() as stack:
        apps = [(await stack.enter_async_context(watched(docs.parent)))[0] for _ in range(2)]
        put = [0, 0]
        for number, app in enumerate(apps):
            _count(app, put, number, monkeypatch)
        for version in range(3):
            text = f"This is version {version}."
            (docs / "leave.md").write_text(text, "utf-8")
            for app in apps:
                await soon_true(holds(app, "leave.md", text))
    assert 3 <= sum(put) <= 4


def _count(app: App, put: list[int], number: int, patch: pytest.MonkeyPatch) -> None:
    """Count the documents that an app puts into the index."""
    done = app.store.put

    async def counted(indexed: IndexedDocument) -> None:
        put[number] += 1
        await done(indexed)

    patch.setattr(app.store, "put", counted)


async def test_a_folder_that_goes_away_and_comes_back(docs: Path) -> None:
    """Nothing is deleted; admins are told, and again when it is back; then edits are seen."""
    admins = Admins()
    away = docs.parent / "away"
    async with watched(docs.parent, admins) as (app, state):
        await soon_true(holds(app, "leave.md", LEAVE))
        await asyncio.to_thread(docs.rename, away)
        await until(lambda: admins.heard)
        assert admins.heard[0].startswith("The source docs could not be synced: Source docs cannot")
        assert LEAVE in await indexed(app, "leave.md")
        (away / "leave.md").write_text("It is 31 days.", "utf-8")
        away.rename(docs)
        await soon_true(holds(app, "leave.md", "31 days"))
        await until(lambda: len(admins.heard) == 2)
        assert "is synced again" in admins.heard[1]
        assert (await Healths(state.records).get("docs")).failures == 0
        (docs / "leave.md").write_text("It is 32 days.", "utf-8")
        await soon_true(holds(app, "leave.md", "32 days"))


async def test_what_cannot_be_watched_is_said_once(
    docs: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And its schedule goes on without it."""
    text = SETTINGS.replace("[answer]", 'schedule = "every 1 second"\n[answer]')
    (docs.parent / "footnote.toml").write_text(text + "[schedule]\njitter_s = 0\n", "utf-8")
    monkeypatch.setattr(watching, "network_share", lambda _: "nfs4")
    async with watched(docs.parent) as (app, _):
        await soon_true(holds(app, "leave.md", LEAVE))
        (docs / "leave.md").write_text("It is 30 days.", "utf-8")
        await soon_true(holds(app, "leave.md", "30 days"))
    said = [each.getMessage() for each in caplog.records if "not watched" in each.getMessage()]
    assert len(said) == 1


async def test_with_watching_off_nothing_is_read(docs: Path) -> None:
    """Not even at the start."""
    text = SETTINGS.replace("[answer]", "watch = false\n[answer]")
    (docs.parent / "footnote.toml").write_text(text, "utf-8")
    async with watched(docs.parent) as (app, _):
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not (await app.store.stats()).documents
