"""What commands say, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.audience import Audience, Audiences
from footnote.bot.commands import FORGOTTEN, HELP, ServedCommands
from footnote.bot.conversations import conversation_key
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Question
from footnote.bot.settings_load import load_settings
from tests.hashing import HashEmbedder


class Threads:
    """Conversations that only remember what was forgotten."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def turns(self, thread: str, *, before: str = "") -> list[str]:
        """None."""
        del thread, before
        return []

    async def forget(self, thread: str) -> None:
        """Keep its name."""
        self.forgotten.append(thread)

    async def engaged(self, thread: str) -> bool:
        """Nowhere."""
        del thread
        return False


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
def threads() -> Threads:
    """No conversation yet."""
    return Threads()


@pytest.fixture
def commands(app: App, threads: Threads) -> ServedCommands:
    """The commands of chat platforms."""
    return ServedCommands(app, threads, Audiences({"hr": frozenset({"slack:U7"})}))


async def test_sources_are_listed_for_those_who_may_see_them(commands: ServedCommands) -> None:
    """Not even the name of another one is told."""
    public = await commands(Command("sources"))
    member = Audience(frozenset({"slack:U7"}), private=True)
    outside = Audience(outsiders=True)
    assert public == "- open: 0 documents, synced never"
    assert "pay" in await commands(Command("sources", audience=member))
    assert await commands(Command("sources", audience=outside)) == (
        "There is nothing that you may see."
    )


async def test_new_forgets_the_conversation_of_its_place(
    commands: ServedCommands, threads: Threads
) -> None:
    """The public one in public, the asker's own in private."""
    private = Audience(private=True)
    for audience in (Audience(), private):
        command = Command("new", asker="U7", place="C1/1", platform="slack", audience=audience)
        assert await commands(command) == FORGOTTEN
        question = Question("q", "?", asker="U7", place="C1/1", platform="slack", audience=audience)
        assert threads.forgotten.pop() == conversation_key(question)


async def test_help_and_what_there_is_not(commands: ServedCommands) -> None:
    """An unknown command is told where to look."""
    assert await commands(Command("help")) == HELP
    assert await commands(Command("frob")) == "There is no /frob: /help says what there is."
