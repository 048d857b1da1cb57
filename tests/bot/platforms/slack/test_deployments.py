"""One process for several workspaces, and one that Slack reaches over HTTP."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path

import pytest

from footnote.bot.errors import SettingsError
from footnote.bot.platforms.slack.examination import NoBudgets
from footnote.bot.platforms.slack.settings import Mode, SlackSettings
from footnote.bot.platforms.slack.workspaces import find_workspaces
from footnote.bot.state.sqlite import open_state
from tests.bot.platforms.scripts import Script
from tests.bot.platforms.slack.scene import footnote_in, scene
from tests.servers.redis import free_port
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.recording import What
from tests.servers.slack.world import Message

pytestmark = pytest.mark.usefixtures("brisk")


async def test_two_workspaces_in_one_process(tmp_path: Path) -> None:
    """Each question is answered where it was asked, with that workspace's token."""
    script = Script()
    async with checked_slack() as slack, open_state(tmp_path / "state.db") as state:
        both = [slack.workspace("acme"), slack.workspace("globex")]
        async with footnote_in(slack, both, state, script):
            for workspace in both:
                person = workspace.person("alice")
                channel = workspace.channel("general", person)
                asked = await person.says(channel, f"{workspace.mention} {workspace.team.domain}?")
                answer = await slack.reply_to(asked)
                await slack.until(partial(_says, answer, f"About {workspace.team.domain}?"))
                assert answer.author.team_id == workspace.id
            await slack.settled()
    assert [question.address["team"] for question in script.asked] == [team.id for team in both]


async def test_over_http_behind_a_path(tmp_path: Path) -> None:
    """Signed requests are taken at the path that a proxy keeps, and answered in the thread."""
    port = free_port()
    settings = SlackSettings(mode=Mode.HTTP, port=port, path="/bots/footnote/slack")
    async with scene(tmp_path, settings) as room:
        await _listening(port)
        await room.slack.use_request_url(f"http://127.0.0.1:{port}/bots/footnote/slack")
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")


async def test_a_forged_request_is_refused(tmp_path: Path) -> None:
    """What is not signed with the app's secret, or long ago, is no question."""
    port = free_port()
    async with scene(tmp_path, SlackSettings(mode=Mode.HTTP, port=port)) as room:
        await _listening(port)
        await room.slack.use_request_url(f"http://127.0.0.1:{port}/slack/events")
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        posted = [entry.data["payload"] for entry in room.slack.recording.of(What.POSTED)]
        forged = next(body for body in posted if body.get("event", {}).get("ts") == asked.ts)
        forged = {**forged, "event": {**forged["event"], "ts": "1.000001"}}
        requests = room.slack.requests
        right = await requests.post("events_api", forged)
        forged = {**forged, "event": {**forged["event"], "ts": "1.000002"}}
        wrong = await requests.post("events_api", forged, secret="another")  # noqa: S106  a wrong one
        old = await requests.post("events_api", forged, signed_at=time.time() - 3600)
        await room.quiet()
    assert (right.status, wrong.status, old.status) == (200, 401, 401)
    assert len(room.script.asked) == 2


async def test_a_wrong_token_is_told_at_the_start() -> None:
    """In one sentence that names the variable and the page, and not the token."""
    async with checked_slack() as slack:
        settings = SlackSettings(api_url=slack.api_url)
        with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN") as raised:
            await find_workspaces(["xoxb-never-given"], settings, NoBudgets())
    assert "https://api.slack.com/apps" in str(raised.value)
    assert "never-given" not in str(raised.value)


def _says(message: Message, text: str) -> bool:
    return message.text == text


async def _listening(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return
