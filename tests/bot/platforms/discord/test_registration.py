"""Discord is told of the commands when they are not those that it was last told of."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from discord import app_commands

from footnote.bot.platforms.discord import commands, platform
from tests.bot.platforms.discord.pressing import answered
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene

pytestmark = pytest.mark.usefixtures("brisk")

PUT = "bulk_set_application_commands"
NAMES = {"ask", "footnote", "forget", "reindex", "sources"}


async def told(s: Scene, count: int) -> list[set[str]]:
    """What Discord was told of, once that was so often, and what was asked before is answered."""
    await s.discord.until(lambda: len(s.discord.recording.statuses(PUT)) >= count)
    await s.settled()
    return [{command["name"] for command in call} for call in s.discord.recording.calls(PUT)]


async def restarted(s: Scene) -> None:
    """Another process is there, for as long as a question takes."""
    async with footnote_in(s.discord, s.state, s.script, replica="two"):
        await s.settled()


async def test_it_is_told_once(tmp_path: Path) -> None:
    """However often Footnote starts."""
    async with scene(tmp_path) as s:
        assert await told(s, 1) == [NAMES]
        for _ in range(2):
            await restarted(s)
        assert await told(s, 1) == [NAMES]


async def test_it_is_told_of_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once more, and once again when the change is taken back."""
    made = commands.command_tree

    def changed(*given: object) -> app_commands.CommandTree:
        tree = made(*given)  # type: ignore[arg-type]  # what it is given
        tree.remove_command("forget")
        return tree

    async with scene(tmp_path) as s:
        await told(s, 1)
        with monkeypatch.context() as patched:
            patched.setattr(platform, "command_tree", changed)
            await restarted(s)
            assert await told(s, 2) == [NAMES, NAMES - {"forget"}]
        await restarted(s)
        assert (await told(s, 3))[2:] == [NAMES]


async def test_another_application_is_told_for_itself(tmp_path: Path) -> None:
    """What one was told says nothing of what another was."""
    async with scene(tmp_path) as s:
        await told(s, 1)
        client = discord.Client(intents=discord.Intents.none())
        tree = commands.command_tree(client, None, None, ())  # type: ignore[arg-type]  # unused
        synced: list[int] = []

        async def sync() -> list[app_commands.AppCommand]:
            synced.append(1)
            return []

        tree.sync = sync  # type: ignore[method-assign,assignment]  # it counts
        for application in (int(s.discord.application.id), 1, 1):
            await commands.sync(tree, s.state.records, application)
        assert len(synced) == 1


@pytest.mark.parametrize("trouble", ["limit", "fail", "refuse", "drop"])
async def test_what_discord_does_not_take(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """Stops nobody from asking; the next start tells it again."""
    async with scene(tmp_path, runs=False) as s:
        faults = s.discord.faults
        match trouble:
            case "limit":
                faults.limit(PUT, retry_after=60.0)
            case "fail":
                faults.fail(PUT, 503)
            case "refuse":
                faults.refuse(PUT, 30_034)
            case _:
                faults.drop(PUT, taken=False, times=2)  # aiohttp repeats a PUT
        async with footnote_in(s.discord, s.state, s.script):
            await s.discord.until(lambda: s.discord.recording.calls(PUT))
            _, answer = await answered(s)
            assert answer.content == "About leave?"
            await s.soon(lambda: "was not told of the commands" in caplog.text)
        before = len(s.discord.recording.calls(PUT))
        async with footnote_in(s.discord, s.state, s.script):
            await s.discord.until(lambda: len(s.discord.recording.calls(PUT)) > before)
            await s.settled()


async def test_while_the_state_is_away(tmp_path: Path) -> None:
    """Discord is told, since nobody knows whether it was; that is kept when the state is back."""
    async with scene(tmp_path, runs=False) as s:
        s.link.away = True
        async with footnote_in(s.discord, s.state, s.script):
            await s.discord.until(lambda: s.discord.recording.statuses(PUT))
            s.link.away = False
            await s.settled()
        for _ in range(2):
            async with footnote_in(s.discord, s.state, s.script):
                await s.settled()
        assert len(s.discord.recording.calls(PUT)) == 2
