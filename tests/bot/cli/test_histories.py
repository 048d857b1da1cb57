"""The kinds that read chats, from the command line: listed, added and tried."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote
from tests.servers.slack.server import SlackServer


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a Slack beside the command, which has a loop of its own."""
    started, stop, addresses = threading.Event(), asyncio.Event(), list[str]()
    loop = asyncio.new_event_loop()

    async def served() -> None:
        async with SlackServer() as made:
            acme = made.workspace("acme")
            ann = acme.person("ann")
            await ann.says(acme.channel("general", ann), "The key is in the drawer.")
            monkeypatch.setenv("SLACK_BOT_TOKEN", acme.bot_token)
            addresses.append(made.api_url)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(served(),))
    thread.start()
    started.wait(20.0)
    yield addresses[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_a_channel_of_slack_is_added_and_tried(
    footnote: Footnote, folder: Path, slack: str
) -> None:
    """Channels may be written without brackets; what is read of them is shown, or what lacks."""
    ran = footnote(
        *("source", "add", "slack_history", "channels=#general", f"api_url={slack}"),
        *("--name", "talk", "--audience", "everyone"),
    )
    assert (ran.code, ran.err) == (0, "")
    ran = footnote("source", "test", "talk")
    assert ran.code == 0
    assert "✓ list: 1 found" in ran.out
    assert "✓ read: #general: " in ran.out
    assert "https://acme.slack.com/archives/" in ran.out
    assert (folder / ".footnote" / "sources" / "talk" / "messages.db").is_file()
    ran = footnote("sync", "talk")
    assert (ran.code, ran.out[:31]) == (0, "talk: 1 listed; 1 new, 0 change")
    settings = folder / "footnote.toml"
    settings.write_text(settings.read_text("utf-8").replace("#general", "#genral"), "utf-8")
    ran = footnote("source", "test", "talk")
    assert ran.code == 1
    assert "the app is in no channel #genral: invite it there" in ran.out


def test_a_channel_of_discord_is_added(footnote: Footnote, folder: Path) -> None:
    """An id is taken as it is written, and something else is refused with what it should be."""
    wanted = ("--name", "chat", "--audience", "everyone")
    ran = footnote("source", "add", "discord_history", "channels=1098765432109876543", *wanted)
    assert (ran.code, ran.err) == (0, "")
    ran = footnote("source", "test", "chat")
    assert ran.code == 1
    assert "needs the environment variable DISCORD_BOT_TOKEN, which is not set." in ran.out
    (folder / "footnote.toml").unlink()
    ran = footnote("source", "add", "discord_history", "channels=general", *wanted)
    assert ran.code == 1
    assert "channels" in ran.err
    assert not (folder / "footnote.toml").exists()


def test_both_kinds_are_listed(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a line on what it reads."""
    monkeypatch.setenv("COLUMNS", "200")
    lines = [" ".join(line.split()) for line in footnote("connectors").out.splitlines()]
    assert "slack_history What was said in channels of Slack" in lines
    assert "discord_history What was said in channels of Discord" in lines
