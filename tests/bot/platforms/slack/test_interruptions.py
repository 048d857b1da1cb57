"""Answers that are being made when a socket or a replica goes away."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from footnote.bot.inbox import inbox
from footnote.bot.inbox.intake import PlatformIntake
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.base import Happening
from footnote.bot.platforms.slack import receiving
from footnote.bot.platforms.slack.events import question_id
from footnote.bot.platforms.slack.socket import Socket
from footnote.bot.state.sqlite import open_state
from tests.bot.platforms.scripts import Script
from tests.bot.platforms.slack.scene import footnote_in, scene
from tests.servers.slack.checked import checked_slack

pytestmark = pytest.mark.usefixtures("brisk")

SHORT = InboxOptions(lease_s=0.4, renew_s=0.1, send_s=0.2, poll_s=0.05, grace_s=0.0)
"""A lease that runs out soon after its holder has died."""


async def test_a_socket_that_goes_in_mid_answer(tmp_path: Path) -> None:
    """The answer goes on, and what is asked meanwhile comes in by the next socket."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = ["One.", more, "Two."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        await room.slack.sockets.disconnect()
        after = await room.alice.says(room.general, room.mention("travel?"))
        more.set()
        assert await room.answer(asked, "One.\n\nTwo.") is seen
        final = await room.slack.reply_to(after)
        await room.answer(after, final.text)


@pytest.mark.parametrize("how", ["dropped", "deaf"])
async def test_a_socket_that_goes_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Is missed by its pings, and another is opened; what was said meanwhile comes by that."""
    monkeypatch.setattr(receiving, "PING_S", 0.2)
    async with scene(tmp_path) as room:
        sockets, more = room.slack.sockets, asyncio.Event()
        room.script.answers["leave"] = ["One.", more, "Two."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        await room.slack.settled()
        (before,) = sockets.open
        if how == "dropped":
            sockets.drop()
        else:
            sockets.deafen()
        lost = await room.alice.says(room.general, room.mention("travel?"))
        more.set()
        await room.slack.until(lambda: any(socket is not before for socket in sockets.open))
        sockets.bury()
        room.slack.clock.advance(4.0)
        assert await room.answer(asked, "One.\n\nTwo.") is seen
        final = await room.slack.reply_to(lost)
        await room.answer(lost, final.text)
        assert len(sockets.open) == 1


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("decided", [False, True])
async def test_a_replica_that_dies_in_mid_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, decided: bool
) -> None:
    """Another ends the stream that it has left open, and makes it the one final message.

    What was decided is said, and else the answer is made anew.
    """
    monkeypatch.setattr(inbox, "STOP_S", 0.0)
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(scene(tmp_path, options=SHORT))
        end = asyncio.Event()
        room.script.answers["leave"] = ["One.", end]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        if decided:
            room.slack.faults.drop("chat.stopStream", taken=False)
            end.set()
            await room.slack.until(lambda: room.slack.recording.calls("chat.stopStream"))
        room.link.away = True
        room.script.answers["leave"] = ["Another."]
        room.state = await stack.enter_async_context(open_state(tmp_path / "state.db"))
        await stack.enter_async_context(
            footnote_in(
                room.slack, [room.acme], room.state, room.script, options=SHORT, replica="two"
            )
        )
        kept = await room.ended(asked)
        await room.quiet()
        assert room.slack.replies_to(asked) == [seen]
        assert [sent.message for sent in kept.sent] == [seen.ts]
        assert seen.text.startswith("One." if decided else "Another.")
        assert not seen.streaming
        assert "context_actions" in [block["type"] for block in seen.blocks]


@pytest.mark.usefixtures("landing")
async def test_a_replica_that_dies_before_it_knows_of_its_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack has started it, and the answer was lost with the replica: another one finds it."""
    monkeypatch.setattr(inbox, "STOP_S", 0.0)
    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(scene(tmp_path, options=SHORT))
        room.script.answers["leave"] = ["One.", asyncio.Event()]
        room.slack.faults.drop("chat.startStream")
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        room.link.away = True
        room.script.answers["leave"] = ["Another."]
        room.state = await stack.enter_async_context(open_state(tmp_path / "state.db"))
        await stack.enter_async_context(
            footnote_in(
                room.slack, [room.acme], room.state, room.script, options=SHORT, replica="two"
            )
        )
        kept = await room.ended(asked)
        await room.quiet()
        assert room.slack.replies_to(asked) == [seen]
        assert [sent.message for sent in kept.sent] == [seen.ts]
        assert seen.text.startswith("Another.")


async def test_a_replica_that_stops_acknowledges_what_it_is_taking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack does not send it again, and nothing is complained about."""
    taking, closing = asyncio.Event(), asyncio.Event()
    take, close = PlatformIntake.take, Socket.close

    async def take_late(intake: PlatformIntake, happening: Happening) -> None:
        taking.set()
        await closing.wait()
        await take(intake, happening)

    async def tell_and_close(socket: Socket) -> None:
        closing.set()
        await close(socket)

    monkeypatch.setattr(PlatformIntake, "take", take_late)
    monkeypatch.setattr(Socket, "close", tell_and_close)
    async with checked_slack() as slack, open_state(tmp_path / "state.db") as state:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        async with footnote_in(slack, [acme], state, Script()):
            asked = await alice.says(general, f"{acme.mention} leave?")
            await taking.wait()
        sent = [event["type"] for event in slack.events_sent() if event["ts"] == asked.ts]
        assert sorted(sent) == ["app_mention", "message"]
        assert await state.queue.kept(question_id(acme.id, general.id, asked.ts))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
