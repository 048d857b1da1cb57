"""`footnote serve`: every platform that can run, in one process, until it is asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import time

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.heartbeat import beats
from footnote.bot.platforms.base import Command, Intake
from footnote.bot.questions import Outcome, Question
from footnote.bot.serving import ready, serve
from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from footnote.retrieval.stores.sqlite import SqliteStore
from tests.bot.plaza import Plaza, PlazaKind
from tests.hashing import HashEmbedder
from tests.waiting import until

SENTENCE = "Every employee gets 28 days of annual leave."
QUESTION = Question(
    "q1", "how many days of annual leave does every employee get?", place="a", platform="plaza"
)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """One public page; the gate lets through whatever may have an answer."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(f"# Leave\n\n{SENTENCE}\n", "utf-8")
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[answer]\ngate = "eager"\n',
        encoding="utf-8",
    )
    async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as opened:
        await opened.sync.run(opened.connectors["docs"], "docs")
        yield opened


async def test_it_gives_signs_of_life(app: App) -> None:
    """For as long as it answers, and none afterwards."""
    stop = asyncio.Event()

    async def visit(intake: Intake) -> None:
        del intake
        await until(lambda: beats(app.settings.folder, time()))
        stop.set()

    await serve(app, {"plaza": PlazaKind(Plaza(visit))}, stop, report=print)
    assert stop.is_set()
    assert not beats(app.settings.folder, time())


async def test_the_index_is_in_memory_before_anybody_asks(app: App) -> None:
    """It is read as soon as serving begins, so that the first question does not wait for it."""
    stop, store = asyncio.Event(), app.store
    assert isinstance(store, SqliteStore)

    async def visit(intake: Intake) -> None:
        del intake
        await until(lambda: store._memory is not None)
        stop.set()

    await serve(app, {"plaza": PlazaKind(Plaza(visit))}, stop, report=print)
    assert store._memory is not None


async def test_a_question_is_answered_and_kept(app: App) -> None:
    """From the event to the record; stopping lets the answer end."""
    stop = asyncio.Event()

    async def visit(intake: Intake) -> None:
        await intake.take(QUESTION)
        await intake.take(Command("sources", platform="plaza"))
        stop.set()

    plaza = Plaza(visit)
    reports: list[str] = []
    await serve(app, {"plaza": PlazaKind(plaza)}, stop, report=reports.append)
    assert plaza.messages == {"q1#0": f"{SENTENCE} [1]"}
    assert plaza.final == ["q1#0"]
    assert plaza.replies == ["- docs: 1 document, synced just now"]
    assert reports[0] == "Answering on plaza; Ctrl-C or SIGTERM stops."
    async with open_state(app.settings) as state:
        kept = await state.queue.kept("q1")
        assert kept
        assert kept.outcome is Outcome.ANSWERED
        assert await state.queue.idle()


async def test_a_platform_that_ends_leaves_the_others_running(app: App) -> None:
    """Its sentence is in the log; the rest goes on."""
    stop = asyncio.Event()
    broken = Plaza(failure=UnavailableError("The token was revoked: make a new one."))

    async def visit(intake: Intake) -> None:
        await asyncio.sleep(0.05)
        await intake.take(QUESTION)
        stop.set()

    plaza = Plaza(visit)
    kinds = {"broken": PlazaKind(broken), "plaza": PlazaKind(plaza)}
    await serve(app, kinds, stop, report=print)
    assert plaza.final == ["q1#0"]


async def test_serving_ends_when_no_platform_is_left(app: App) -> None:
    """With the sentence of what ended it, and everything closed."""
    kind = PlazaKind(Plaza(failure=UnavailableError("The token was revoked: make a new one.")))
    with pytest.raises(FootnoteError, match="revoked"):
        await serve(app, {"plaza": kind}, asyncio.Event(), report=print)
    assert not kind.opened


async def test_only_what_lacks_nothing_runs(app: App) -> None:
    """The others do not keep it from running."""
    kinds = {"one": PlazaKind(Plaza()), "other": PlazaKind(Plaza(), "other needs a token.")}
    assert list(ready(kinds, app.settings)) == ["one"]


async def test_with_no_platform_the_terminal_is_suggested(app: App) -> None:
    """And what each of them lacks is said."""
    kinds = {
        "one": PlazaKind(Plaza(), "one needs ONE_TOKEN."),
        "other": PlazaKind(Plaza(), "other needs OTHER_TOKEN."),
    }
    with pytest.raises(UnavailableError) as told:
        ready(kinds, app.settings)
    assert str(told.value) == (
        "No platform can run yet. one needs ONE_TOKEN. other needs OTHER_TOKEN. Until then "
        "`footnote chat` asks in the terminal."
    )
    with pytest.raises(UnavailableError, match=r"No platform can run yet[.] Until then"):
        ready({}, app.settings)
