"""A client that nobody here wrote: npm's @slack/bolt against the Slack server."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.servers.npm.packages import FOLDER, NoPackagesError, install
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace

READY_S = 20.0


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A server."""
    async with checked_slack() as server:
        yield server


@pytest.fixture(scope="module")
def packages() -> Path:
    """Where npm's packages are, or a skip."""
    try:
        return install("slack")
    except NoPackagesError as error:
        pytest.skip(f"npm's @slack/bolt cannot be had: {error}")


@asynccontextmanager
async def bolt_js(
    slack: SlackServer, workspace: Workspace, packages: Path, *, sockets: bool
) -> AsyncIterator[None]:
    """The app, connected, until the block ends."""
    mode = (
        {"SLACK_APP_TOKEN": slack.app_token}
        if sockets
        else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    )
    node = await asyncio.create_subprocess_exec(
        "node",
        str(FOLDER / "slack" / "app.cjs"),
        env={
            "PATH": os.environ["PATH"],
            "NODE_PATH": str(packages / "node_modules"),
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.bot_token,
            **mode,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert node.stdout
        async with asyncio.timeout(READY_S):
            ready = json.loads(await node.stdout.readline())
        if sockets:
            await slack.until(lambda: slack.sockets.open)
        else:
            await slack.use_request_url(f"http://127.0.0.1:{ready['port']}/slack/events")
        yield
    finally:
        node.kill()
        await node.wait()


@pytest.mark.parametrize("sockets", [True, False], ids=["socket mode", "signed http"])
async def test_bolt_js_answers_a_mention_a_command_and_a_button(
    slack: SlackServer, packages: Path, *, sockets: bool
) -> None:
    """Slack's own JavaScript framework takes this server for Slack."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with bolt_js(slack, acme, packages, sockets=sockets):
        asked = await alice.says(general, f"{acme.mention} how long is the annual leave?")
        answer = await slack.reply_to(asked)
        assert "28 days" in answer.shown

        assert (await alice.slash("/ask", "where is the garage?", general)).ok
        said = await slack.until(lambda: alice.sees)
        assert said[0].text == "You asked: where is the garage?"

        assert (await alice.clicks(answer, "better")).ok
        view = (await slack.until(lambda: alice.views))[0]
        assert view.blocks[0]["text"]["text"] == "answer-1"
        await slack.settled()
