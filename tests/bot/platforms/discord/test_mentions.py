"""Whatever the bot says, and wherever: nobody is notified by it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.inbox import waiting
from footnote.bot.inbox.options import InboxOptions
from tests.bot.platforms.discord.pressing import asking, experts_in
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.community import BOT_PERMISSIONS
from tests.servers.discord.model import Notified
from tests.servers.discord.permissions import Permission
from tests.servers.discord.recording import What

pytestmark = pytest.mark.usefixtures("brisk")

PAGE = "A sentence of some length, so that few of them fill a message. " * 25


def bodies(s: Scene) -> list[tuple[str, dict[str, Any]]]:
    """Each message that was sent or changed, and by which route."""
    found = []
    for entry in s.discord.recording.of(What.CALL):
        if isinstance(entry.data, dict):
            body = entry.data.get("data") or entry.data
            if isinstance(body, dict) and body.get("content"):
                found.append((entry.route, body))
    return found


async def test_nobody_is_notified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a bot that may mention everyone, and texts of people that mention all there are."""
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    async with scene(tmp_path, settings=asking, options=InboxOptions(workers=1)) as s:
        role = next(role for role in s.acme.guild.roles.values() if role.bot_id)
        s.acme.change_role(role, int(BOT_PERMISSIONS | Permission.MENTION_EVERYONE))
        team = s.acme.role("team", mentionable=True)
        bob = s.acme.person("bob", team)
        loud = f"@everyone @here {bob.mention} {s.alice.mention} {team.mention}"
        more = asyncio.Event()
        s.script.answers["long"] = [f"{loud} 1 {PAGE}", more, f"{loud} 2 {PAGE}", loud]
        s.script.said["sources"] = [loud, f"{loud} {PAGE}"]

        asked = await s.alice.says(s.general, s.mention(f"long? {loud}"))
        await s.discord.reply_to(asked)
        waits = await s.alice.says(s.general, s.mention(f"travel? {loud}"))
        await s.discord.reply_to(waits)
        more.set()
        await s.ended(waits)
        for private in (False, True):
            command = await s.alice.slash(
                "ask", s.general, question=f"long? {loud}", private=private
            )
            await s.ended(command)
            await s.quiet()
        answer = command.messages[-1]
        await s.alice.presses(answer, "Share with the channel")
        sources = await s.alice.slash("sources", s.general)
        await s.discord.until(lambda: PAGE[:20] in "".join(m.content for m in sources.messages))
        await s.alice.presses(answer, "Ask a person")
        (pinned,) = await s.discord.until(lambda: s.discord.messages_in(experts_in(s)))
        thread = await s.discord.until(lambda: pinned.thread)
        assert thread
        reply = await bob.says(thread, f"I would ask {loud}")
        await s.ended(reply)
        await s.quiet()

        routes = {route for route, _ in bodies(s)}
        assert routes >= {
            "create_message",
            "update_message",
            "update_original_webhook_message",
            "execute_webhook",
        }
        for route, body in bodies(s):
            allowed = body.get("allowed_mentions")
            assert allowed, f"{route}: {body['content'][:60]}"
            assert not allowed["parse"], route
            assert not allowed.get("replied_user"), route
        ours = [one for one in s.discord.everything() if one.author is s.discord.application.bot]
        assert len(ours) > 8
        assert all(message.notified == Notified() for message in ours)


async def test_the_check_can_fail(tmp_path: Path) -> None:
    """A message that lets Discord notify is seen to notify."""
    async with scene(tmp_path) as s:
        message = await s.alice.says(s.general, f"Hello {s.acme.owner.mention}")
        assert message.notified != Notified()
