"""What the bot has to be allowed to do: each permission is needed, and no other is."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.discord.permissions import WORDS, needed
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.questions import Outcome
from tests.bot.platforms.discord.pressing import cited, experts_in, labels, own
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.community import Community
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

PEOPLE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_APPLICATION_COMMANDS
)
"""What people need to do themselves."""

ANSWERS, SOURCES, IN_THREADS = "replies", "shows its sources", "answers in threads"
OPENS, ASKS, THANKS = "opens threads", "asks people", "thanks them"
EVERYTHING = {ANSWERS, SOURCES, IN_THREADS, OPENS, ASKS, THANKS}


def strict(acme: Community) -> DiscordSettings:
    """A server where nobody has any permission by being there."""
    acme.change_role(acme.guild.everyone, 0)
    return DiscordSettings(people=acme.channel("experts").id)


async def done(s: Scene) -> set[str]:
    """What the bot has done of all that it can do, after people have asked for all of it."""
    staff = s.acme.role("staff", int(PEOPLE))
    s.acme.give(s.alice, staff)
    carol, experts = s.acme.person("carol", staff), experts_in(s)
    s.script.answers["leave"] = [cited()]
    s.script.answers["travel"] = [Outcome.NOT_IN_SOURCES]
    could: set[str] = set()
    asked = await s.alice.says(s.general, s.mention("leave?"))
    thread = s.acme.thread(s.general, "about leave", s.alice)
    in_thread = await s.alice.says(thread, s.mention("leave?"))
    await s.settled()
    if answers := s.discord.replies_to(asked):
        could |= {ANSWERS} if "28 days" in answers[0].content else set()
        could |= {SOURCES} if answers[0].embeds else set()
    if "28 days" in str([reply.content for reply in s.discord.replies_to(in_thread)]):
        could.add(IN_THREADS)
    by_command = await s.alice.slash("ask", s.general, question="travel?")
    await s.settled()
    (answer,) = s.discord.replies_to(by_command)
    for button in ("Continue in a thread", "Ask a person"):
        assert button in labels(answer)
        await s.discord.reply_to(await s.alice.presses(answer, button))
    could |= {OPENS} if answer.thread else set()
    for posted in own(s, experts):
        could.add(ASKS)
        reply = await carol.says(experts, "By train.", reply_to=posted)
        await s.settled()
        could |= {THANKS} if reply.reactions else set()
    return could


async def test_no_other_permission_is_needed(tmp_path: Path) -> None:
    """With those that the invitation asks for, and none else, the bot does all that it can."""
    async with scene(tmp_path, strict) as s:
        (role,) = [role for role in s.acme.guild.roles.values() if role.bot_id]
        assert role.permissions == needed().value
        assert await done(s) == EVERYTHING


@pytest.mark.parametrize(
    ("permission", "lost"),
    [
        ("view_channel", {ANSWERS, SOURCES, IN_THREADS, OPENS, ASKS, THANKS}),
        ("send_messages", {ANSWERS, SOURCES, ASKS, THANKS}),
        ("send_messages_in_threads", {IN_THREADS, OPENS}),
        ("create_public_threads", {OPENS, ASKS, THANKS}),
        ("embed_links", {SOURCES}),
        ("read_message_history", {ANSWERS, SOURCES, THANKS}),
        ("add_reactions", {THANKS}),
    ],
)
async def test_each_permission_is_needed(tmp_path: Path, permission: str, lost: set[str]) -> None:
    """Without it, just this cannot be done."""
    assert permission in WORDS
    async with scene(tmp_path, strict) as s:
        (role,) = [role for role in s.acme.guild.roles.values() if role.bot_id]
        s.acme.change_role(role, role.permissions & ~int(Permission[permission.upper()]))
        assert await done(s) == EVERYTHING - lost
