"""What commands say, and to whom."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.audience import Audience, Audiences
from footnote.bot.commands import DENIED, FORGET, FORGOTTEN, HELP, ServedCommands
from footnote.bot.conversations import conversation_key
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.records import answer_from_json
from footnote.bot.settings.load import load_settings
from footnote.bot.state.base import State
from tests.bot.finished import finish
from tests.bot.state.bench import sqlite_bench
from tests.hashing import HashEmbedder


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """An empty source for everyone, and one for a group."""
    (tmp_path / "docs").mkdir()
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[sources.open]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[sources.pay]\nkind = "files"\npath = "docs"\naudience = ["group:hr"]\n'
        '[groups]\nhr = ["slack:U7"]\n',
        encoding="utf-8",
    )
    async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as opened:
        yield opened


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    """An empty state."""
    async with sqlite_bench(tmp_path) as bench:
        yield bench.state


@pytest.fixture
def commands(app: App, state: State) -> ServedCommands:
    """The commands of chat platforms."""
    return ServedCommands(app, state, Audiences({"hr": frozenset({"slack:U7"})}))


async def said(commands: ServedCommands, command: Command) -> str:
    """The last of what a command has to say."""
    return [text async for text in commands(command)][-1]


async def test_sources_are_listed_for_those_who_may_see_them(commands: ServedCommands) -> None:
    """Not even the name of another one is told."""
    public = await said(commands, Command("sources"))
    member = Audience(frozenset({"slack:U7"}), private=True)
    outside = Audience(outsiders=True)
    assert public == "- open: 0 documents, never synced completely"
    assert "pay" in await said(commands, Command("sources", audience=member))
    assert await said(commands, Command("sources", audience=outside)) == (
        "There is nothing that you may see."
    )


async def test_new_forgets_the_conversation_of_its_place(
    commands: ServedCommands, state: State
) -> None:
    """The public one in public, the asker's own in private."""
    for private in (False, True):
        audience = Audience(private=private)
        asked = Question(f"q {private}", "?", "U7", "C1/1", "slack", audience)
        await finish(state, Answer(asked, Outcome.ANSWERED), turn="remembered")
    public, own = (conversation_key(asked) for asked in await _asked(state))
    for audience, left in ((Audience(), [own]), (Audience(private=True), [])):
        assert (
            await said(commands, Command("new", "", "U7", "C1/1", "slack", audience)) == FORGOTTEN
        )
        turns = {thread: await state.conversations.turns(thread) for thread in (public, own)}
        assert [thread for thread, kept in turns.items() if kept] == left


async def _asked(state: State) -> list[Question]:
    return [answer_from_json(kept.body).question for kept in await state.journal.finished()]


async def test_forget_removes_what_its_asker_asked(commands: ServedCommands, state: State) -> None:
    """And says how much that was."""
    for number, asker in enumerate(("U7", "U8", "U7")):
        question = Question(f"q{number}", "?", asker=asker)
        await finish(state, Answer(question, Outcome.ANSWERED))
    forget = Command("forget", asker="U7")
    assert await said(commands, forget) == "2 questions of yours and their answers are forgotten."
    assert await said(commands, forget) == "There is nothing of yours that is kept."
    kept = await state.queue.kept("q1")
    assert kept
    assert kept.body


async def test_footnote_says_what_it_is(commands: ServedCommands) -> None:
    """Its version, how much waits, and what can be done."""
    last = await said(commands, Command("footnote"))
    assert re.match(r"Footnote \d+\.\d+\.\d+, 0 questions waiting[.]\n", last)
    assert last.endswith(HELP + FORGET)


async def test_what_failed_is_named_for_admins(
    commands: ServedCommands, app: App, tmp_path: Path
) -> None:
    """Others are told how much of it there is."""
    (tmp_path / "docs" / "salaries.pdf").write_bytes(b"no PDF")
    await app.sync.run(app.connectors["open"], "open")
    everybody = await said(commands, Command("sources"))
    boss = await said(commands, Command("sources", audience=Audience(private=True, admin=True)))
    assert "1 document could not be read" in everybody
    assert "salaries" not in everybody
    assert "1 document could not be read: salaries.pdf (" in boss


async def test_only_admins_have_the_sources_read_anew(commands: ServedCommands) -> None:
    """The others are told so, whatever they name."""
    admin = Audience(private=True, admin=True)
    assert await said(commands, Command("reindex", "open")) == DENIED
    last = await said(commands, Command("reindex", "open", audience=admin))
    assert last.startswith("- open: 0 listed; 0 new")


async def test_help_and_what_there_is_not(commands: ServedCommands) -> None:
    """An unknown command is told where to look."""
    assert await said(commands, Command("help")) == HELP + FORGET
    assert await said(commands, Command("frob")) == "There is no /frob: /help says what there is."
