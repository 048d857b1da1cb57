"""`kill -9` of Footnote in a process of its own: whatever it was at, one final message is there."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from footnote.bot.questions import Outcome
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from tests.bot.platforms.discord.scene import PATIENCE_S, Scene
from tests.bot.platforms.scripts import Link, Script
from tests.servers.discord import rest
from tests.servers.discord.call import Call, Reply
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.desk import Desk, Handler, Route
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Message
from tests.servers.discord_replica import MODULE, shared
from tests.servers.forking import Forks, open_forks
from tests.servers.replicas import Replicas
from tests.servers.slack_replica import Step

FIRST, SECOND = 0, 1
POSTED: list[Step] = ["One.\n\nTwo."]
"""Ends before there is time to show anything of it."""
STREAMED: list[Step] = ["One.", 0.3, "Two.", 0.3, "Three."]
ENDLESS: list[Step] = ["One.", 1.1, "Two.", None]
ANOTHER: list[Step] = ["Another."]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Room:
    """A server whose replicas can be killed.

    Attributes:
        scene: The server.
        replicas: Footnote.
    """

    scene: Scene
    replicas: Replicas

    async def start(self, number: int, steps: list[Step]) -> None:
        """Start a replica, and return once Discord knows it."""
        recording = self.scene.discord.gateway.recording
        before = len(recording.sent("READY"))
        await self.replicas.start(number, steps=steps)
        await self.scene.discord.until(lambda: len(recording.sent("READY")) > before, 20.0)
        await self.scene.discord.until(lambda: self.scene.alice.commands(self.scene.general))

    async def ask(self, *, by_command: bool) -> Message | Interaction:
        """A question of alice's."""
        if by_command:
            return await self.scene.alice.slash("ask", self.scene.general, question="leave?")
        return await self.scene.alice.says(self.scene.general, self.scene.mention("leave?"))

    async def mid_stream(self, asked: Message | Interaction) -> Message:
        """The message of an answer, as soon as it has grown."""
        seen = await self.scene.discord.reply_to(asked)
        await self.scene.discord.until(lambda: seen.content.endswith("One.\n\nTwo."))
        return seen

    async def final(self, asked: Message | Interaction) -> Message:
        """The one message of a question that has ended."""
        kept = await self.scene.ended(asked)
        await self.scene.quiet()
        (final,) = self.scene.discord.messages_in(self.scene.general)
        assert [sent.message.rpartition("/")[2].lstrip("@") for sent in kept.sent] == [final.id]
        assert kept.outcome is Outcome.ANSWERED
        assert not final.loading
        assert "feedback" in str(final.components)
        assert "Cancel" not in str(final.components)
        return final


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def forks() -> AsyncIterator[Forks]:
    """What Footnote's processes are forked off from."""
    async with open_forks(MODULE) as opened:
        yield opened


@asynccontextmanager
async def room_of(forks: Forks, folder: Path) -> AsyncIterator[Room]:
    """A server with no replica yet; those that are started in it share a state."""
    lane = ThreadLane(folder / "state.db", time.time)
    try:
        async with checked_discord() as discord:
            discord.application.bot_public = False
            discord.gateway.handshake.identify_every_s = 0.0
            acme = discord.guild("acme")
            alice = acme.person("alice")
            general = acme.channel("general")
            link = Link(lane)
            scene = Scene(discord, acme, alice, general, Script(), SqliteState(link), link)
            yield Room(scene, Replicas(forks, shared(discord, folder), folder))
    finally:
        await lane.close()


@pytest.mark.parametrize("by_command", [False, True])
async def test_killed_in_mid_stream(forks: Forks, tmp_path: Path, by_command: bool) -> None:  # noqa: FBT001  a parameter
    """The next process on the same state makes what was begun the one final message."""
    async with room_of(forks, tmp_path) as room:
        await room.start(FIRST, ENDLESS)
        asked = await room.ask(by_command=by_command)
        seen = await room.mid_stream(asked)
        await room.replicas.kill(FIRST)
        await room.start(FIRST, ANOTHER)
        assert await room.final(asked) is seen
        assert seen.content.endswith("Another.")
        await room.replicas.stop(FIRST)


async def test_killed_while_another_replica_runs(forks: Forks, tmp_path: Path) -> None:
    """The other one does the same, when the lease of the dead one runs out."""
    async with room_of(forks, tmp_path) as room:
        await room.start(FIRST, ENDLESS)
        asked = await room.ask(by_command=False)
        seen = await room.mid_stream(asked)
        await room.start(SECOND, ANOTHER)
        await room.replicas.kill(FIRST)
        assert await room.final(asked) is seen
        assert seen.content.endswith("Another.")
        await room.replicas.stop(SECOND)


@pytest.mark.parametrize(
    ("route", "steps", "by_command"),
    [
        ("create_message", POSTED, False),
        ("create_message", STREAMED, False),
        ("update_message", STREAMED, False),
        ("create_interaction_response", POSTED, True),
        ("update_original_webhook_message", POSTED, True),
        ("update_webhook_message", STREAMED, True),
    ],
)
async def test_killed_before_it_knows_what_discord_did(  # noqa: PLR0913, PLR0917  parameters
    forks: Forks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    steps: list[Step],
    by_command: bool,  # noqa: FBT001  a parameter
) -> None:
    """Discord has taken a call whose answer nobody reads: the next process finds its message."""
    deadly = Deadly(route)
    monkeypatch.setattr(rest, "ROUTES", deadly.routes())
    async with room_of(forks, tmp_path) as room:
        await room.start(FIRST, steps)
        deadly.replicas = room.replicas
        asked = await room.ask(by_command=by_command)
        async with asyncio.timeout(PATIENCE_S):
            await deadly.killed.wait()
        (seen,) = room.scene.discord.messages_in(room.scene.general)
        await room.replicas.kill(FIRST)
        await room.start(FIRST, ANOTHER)
        assert await room.final(asked) is seen
        decided = steps is POSTED and route != "create_interaction_response"
        assert seen.content.endswith("One.\n\nTwo." if decided else "Another.")
        await room.replicas.stop(FIRST)


class Deadly:
    """A route whose next call kills the first replica when it is done, before it is told.

    Args:
        name: The route's name.

    Attributes:
        killed: Set when the replica is dead.
        replicas: Whose first one is killed; nobody as long as there are none.
    """

    def __init__(self, name: str) -> None:
        self.killed = asyncio.Event()
        self.replicas: Replicas | None = None
        self._name = name

    def routes(self) -> list[Route]:
        """All routes, this one among them."""
        return [
            replace(route, handler=self._deadly(route)) if route.name == self._name else route
            for route in rest.ROUTES
        ]

    def _deadly(self, route: Route) -> Handler:
        def handle(desk: Desk, call: Call) -> Reply:
            reply = route.handler(desk, call)
            if self.replicas:
                pid = self.replicas.pids[FIRST]
                assert pid
                os.kill(pid, signal.SIGKILL)
                self.replicas = None
                self.killed.set()
            return reply

        return handle
