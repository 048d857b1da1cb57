"""`kill -9` of Footnote in a process of its own: whatever it was at, one final message is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from footnote.bot.questions import Outcome
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from tests.bot.platforms.scripts import Link, Script
from tests.bot.platforms.slack.scene import Scene
from tests.servers.forking import Forks, open_forks
from tests.servers.replicas import Replicas
from tests.servers.slack.call import Call
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.desk import Desk
from tests.servers.slack.web import METHODS
from tests.servers.slack.world import Json, Message
from tests.servers.slack_replica import MODULE, Step, shared

FIRST, SECOND = 0, 1
POSTED: list[Step] = ["One.\n\nTwo."]
"""Ends before there is time to show anything of it."""
STREAMED: list[Step] = ["One.", 0.3, "Two.", 0.3, "Three."]
ENDLESS: list[Step] = ["One.", 0.1, "Two.", None]
ANOTHER: list[Step] = ["Another."]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Room:
    """A workspace whose replicas can be killed.

    Attributes:
        scene: The workspace.
        replicas: Footnote.
    """

    scene: Scene
    replicas: Replicas

    async def ask(self) -> Message:
        """A question of alice's."""
        return await self.scene.alice.says(self.scene.general, self.scene.mention("leave?"))

    async def mid_stream(self, asked: Message) -> Message:
        """The message of an answer, as soon as it has grown."""
        seen = await self.scene.slack.reply_to(asked)
        await self.scene.slack.until(lambda: seen.text == "One.\n\nTwo.")
        assert seen.streaming
        return seen

    async def final(self, asked: Message) -> Message:
        """The one message of a question that has ended."""
        kept = await self.scene.ended(asked)
        await self.scene.quiet()
        (final,) = self.scene.slack.replies_to(asked)
        assert [sent.message for sent in kept.sent] == [final.ts]
        assert kept.outcome is Outcome.ANSWERED
        assert not final.streaming
        assert "context_actions" in [block["type"] for block in final.blocks]
        return final


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def forks() -> AsyncIterator[Forks]:
    """What Footnote's processes are forked off from."""
    async with open_forks(MODULE) as opened:
        yield opened


@asynccontextmanager
async def room_of(forks: Forks, folder: Path) -> AsyncIterator[Room]:
    """A workspace with no replica yet; those that are started in it share a state."""
    lane = ThreadLane(folder / "state.db", time.time)
    try:
        async with checked_slack() as slack:
            acme = slack.workspace("acme")
            alice = acme.person("alice")
            general = acme.channel("general", alice)
            link = Link(lane)
            scene = Scene(slack, acme, alice, general, Script(), SqliteState(link), link)
            yield Room(scene, Replicas(forks, shared(slack, acme, folder), folder))
    finally:
        await lane.close()


async def test_killed_in_mid_stream(forks: Forks, tmp_path: Path) -> None:
    """The next process on the same state ends the stream, and makes it the one final message."""
    async with room_of(forks, tmp_path) as room:
        await room.replicas.start(FIRST, steps=ENDLESS)
        asked = await room.ask()
        seen = await room.mid_stream(asked)
        await room.replicas.kill(FIRST)
        await room.replicas.start(FIRST, steps=ANOTHER)
        assert await room.final(asked) is seen
        assert seen.text.startswith("Another.")
        await room.replicas.stop(FIRST)


async def test_killed_while_another_replica_runs(forks: Forks, tmp_path: Path) -> None:
    """The other one does the same, when the lease of the dead one runs out."""
    async with room_of(forks, tmp_path) as room:
        await room.replicas.start(FIRST, steps=ENDLESS)
        asked = await room.ask()
        seen = await room.mid_stream(asked)
        await room.replicas.start(SECOND, steps=ANOTHER)
        await room.scene.slack.until(lambda: len(room.scene.slack.sockets.open) > 1)
        await room.replicas.kill(FIRST)
        assert await room.final(asked) is seen
        assert seen.text.startswith("Another.")
        await room.replicas.stop(SECOND)


@pytest.mark.parametrize(
    ("method", "steps"),
    [
        ("chat.postMessage", POSTED),
        ("chat.startStream", STREAMED),
        ("chat.appendStream", STREAMED),
        ("chat.stopStream", STREAMED),
    ],
)
async def test_killed_before_it_knows_what_slack_did(
    forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, steps: list[Step]
) -> None:
    """Slack has taken a call whose answer nobody reads: the next process finds its message."""
    async with room_of(forks, tmp_path) as room:
        killed = _killing(monkeypatch, method, room.replicas)
        await room.replicas.start(FIRST, steps=steps)
        asked = await room.ask()
        await killed.wait()
        (seen,) = room.scene.slack.replies_to(asked)
        await room.replicas.start(FIRST, steps=ANOTHER)
        assert await room.final(asked) is seen
        decided = method in {"chat.postMessage", "chat.stopStream"}
        assert seen.text.startswith("One.\n\nTwo." if decided else "Another.")
        await room.replicas.stop(FIRST)


def _killing(monkeypatch: pytest.MonkeyPatch, method: str, replicas: Replicas) -> asyncio.Event:
    """Kill the first replica when Slack has done its next call of a method, before it is told.

    Returns:
        Set when the replica is dead.
    """
    real = METHODS[method]
    killed = asyncio.Event()

    async def deadly(desk: Desk, call: Call) -> Json:
        monkeypatch.setitem(METHODS, method, real)
        answer = await real(desk, call)
        await replicas.kill(FIRST)
        killed.set()
        return answer

    monkeypatch.setitem(METHODS, method, deadly)
    return killed
