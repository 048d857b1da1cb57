"""Who may see a document: what only some read in Discord, only they find."""

from __future__ import annotations

import os
import secrets
from itertools import combinations
from random import Random

import pytest

from footnote.connectors.base import CutShortError
from footnote.connectors.discord_history.permissions import (
    ADMINISTRATOR,
    READ,
    READ_MESSAGE_HISTORY,
    VIEW_CHANNEL,
    Overwrite,
    Rights,
)
from tests.connectors.discord_history.conftest import Guild
from tests.servers.discord.model import Channel
from tests.servers.discord.permissions import Permission
from tests.servers.discord.posting import post

EVERYONE, ROLES, MEMBER = "100", ("101", "102", "103"), "900"
LABEL = "discord:7"


async def restrictions(guild: Guild, channel: Channel) -> frozenset[str] | None:
    """Those of the one document of a channel."""
    (document,) = (await guild.read(channel)).documents.values()
    return document.restrictions


async def test_an_open_channel_is_for_whoever_may_see_the_source(guild: Guild) -> None:
    """It adds no restriction of its own, nor do its threads."""
    asked = await guild.ann.says(guild.general, "Open.")
    assert await restrictions(guild, guild.general) is None
    thread = await guild.ann.opens_thread(asked, "Still open")
    await guild.bo.says(thread, "Yes.")
    assert await restrictions(guild, guild.general) is None


async def test_a_channel_for_some_is_for_those_who_see_it(guild: Guild) -> None:
    """Its label is the one that the bot gives to places there and to its members."""
    for channel in (
        guild.acme.channel("secret", only=[guild.ann]),
        guild.acme.channel("team", only=[guild.acme.role("team")]),
    ):
        post(guild.discord.world, channel, guild.ann.user, "Closed.")
        assert await restrictions(guild, channel) == frozenset({f"discord:{channel.id}"})


async def test_a_channel_that_keeps_somebody_out_is_for_those_who_see_it(guild: Guild) -> None:
    """Even if everybody else sees it."""
    await guild.ann.says(guild.general, "Open.")
    guild.acme.overwrite(guild.general, guild.bo, deny=Permission.VIEW_CHANNEL)
    assert await restrictions(guild, guild.general) == frozenset({f"discord:{guild.general.id}"})


async def test_where_some_see_no_history_admins_alone_do(guild: Guild) -> None:
    """There is no label for those who do."""
    await guild.ann.says(guild.general, "Open.")
    guild.acme.overwrite(guild.general, guild.bo, deny=Permission.READ_MESSAGE_HISTORY)
    assert await restrictions(guild, guild.general) == frozenset()


async def test_a_channel_that_is_closed_or_opened_is_so_at_once(guild: Guild) -> None:
    """Every document of it has another version, however old."""
    await guild.ann.says(guild.general, "Old.")
    guild.discord.clock.advance(30 * 86_400)
    first = await guild.read()
    guild.acme.overwrite(guild.general, guild.acme.id, deny=Permission.VIEW_CHANNEL)
    bot = guild.discord.application.bot.id
    guild.acme.overwrite(guild.general, bot, allow=Permission.VIEW_CHANNEL)
    second = await guild.read()
    (document,) = second.documents.values()
    assert document.restrictions == frozenset({f"discord:{guild.general.id}"})
    assert first.versions.keys() == second.versions.keys()
    assert first.versions != second.versions


async def test_what_cannot_be_seen_any_more_is_for_members_alone(guild: Guild) -> None:
    """A channel that was closed to the bot, or deleted: nothing of it is for all, or goes."""
    await guild.ann.says(guild.general, "Open.")
    before = await guild.read()
    guild.discord.world.remove_channel(guild.general)
    for _ in range(2):
        listing = await guild.read()
        assert isinstance(listing.error, CutShortError)
        assert f"the bot sees no channel {guild.general.id}" in str(listing.error)
        assert listing.documents.keys() == before.documents.keys()
        (document,) = listing.documents.values()
        assert document.restrictions == frozenset({f"discord:{guild.general.id}"})


@pytest.mark.parametrize("nobody", [True, False])
async def test_trouble_opens_no_closed_channel(guild: Guild, *, nobody: bool) -> None:
    """Whether Discord fails or the channel is gone, its readers are at most those of before."""
    secret = guild.acme.channel("secret", only=[guild.ann])
    post(guild.discord.world, secret, guild.ann.user, "Closed.")
    readers = frozenset({f"discord:{secret.id}"})
    if nobody:
        guild.acme.overwrite(secret, guild.bo, deny=Permission.READ_MESSAGE_HISTORY)
        readers = frozenset()
    assert await restrictions(guild, secret) == readers
    guild.discord.faults.fail("get_channel", times=6)
    assert await restrictions(guild, secret) == readers
    guild.discord.world.remove_channel(secret)
    assert await restrictions(guild, secret) == readers


async def test_history_that_the_bot_may_not_read_is_not_gone(guild: Guild) -> None:
    """Discord then shows an empty channel: it is told, and nothing is deleted."""
    await guild.ann.says(guild.general, "Here.")
    before = await guild.read()
    bot = guild.discord.application.bot.id
    guild.acme.overwrite(guild.general, bot, deny=Permission.READ_MESSAGE_HISTORY)
    listing = await guild.read()
    assert isinstance(listing.error, CutShortError)
    assert "give the bot Read Message History" in str(listing.error)
    assert listing.documents.keys() == before.documents.keys()


def test_labels_say_who_may_read() -> None:
    """Whatever roles and overwrites there are: whom the readers let in may read the history.

    For `everyone` that is whoever is on the server, for the channel's label whoever sees it.
    """
    seed = int(os.environ.get("FOOTNOTE_TEST_SEED", "") or secrets.randbits(32))
    print(f"FOOTNOTE_TEST_SEED={seed}")  # noqa: T201  so that a failure can be repeated
    random = Random(seed)  # noqa: S311  no secret
    seen: set[frozenset[str] | None] = set()
    for _ in range(3000):
        bits = (0, VIEW_CHANNEL, READ_MESSAGE_HISTORY, READ, READ)
        roles = {name: random.choice(bits) for name in (EVERYONE, *ROLES)}
        if random.random() < 0.1:
            roles[ROLES[0]] |= ADMINISTRATOR
        overwrites = tuple(
            Overwrite(name, name != MEMBER, random.choice(bits), random.choice((0, 0, *bits)))
            for name in (EVERYONE, *ROLES, MEMBER)
            if random.random() < 0.3
        )
        rights = Rights(EVERYONE, roles, overwrites)
        readers = rights.readers(LABEL)
        seen.add(readers)
        if readers == frozenset():
            continue
        for count in range(4):
            for chosen in combinations(ROLES, count):
                for member in ("", MEMBER):
                    granted = rights.granted(chosen, member)
                    if readers is None:
                        assert granted & READ == READ, rights
                    elif granted & VIEW_CHANNEL:
                        assert granted & READ_MESSAGE_HISTORY, rights
    assert seen == {None, frozenset(), frozenset({LABEL})}


@pytest.mark.parametrize("administrator", [True, False])
def test_overwrites_go_before_roles_and_members_before_both(*, administrator: bool) -> None:
    """As Discord documents it; an administrator is above them all."""
    rights = Rights(
        EVERYONE,
        {EVERYONE: READ, ROLES[0]: ADMINISTRATOR * administrator, ROLES[1]: 0},
        (
            Overwrite(EVERYONE, role=True, allow=0, deny=VIEW_CHANNEL),
            Overwrite(ROLES[1], role=True, allow=VIEW_CHANNEL, deny=READ_MESSAGE_HISTORY),
            Overwrite(MEMBER, role=False, allow=READ_MESSAGE_HISTORY, deny=VIEW_CHANNEL),
        ),
    )
    assert rights.granted() & READ == READ_MESSAGE_HISTORY
    assert rights.granted([ROLES[1]]) & READ == VIEW_CHANNEL
    assert rights.granted([ROLES[1]], MEMBER) & READ == READ_MESSAGE_HISTORY
    assert (rights.granted([ROLES[0]]) & READ == READ) == administrator


def test_what_one_role_is_denied_another_may_allow() -> None:
    """Of the roles of one person together, as Discord documents it."""
    rights = Rights(
        EVERYONE,
        {EVERYONE: READ_MESSAGE_HISTORY, ROLES[0]: READ, ROLES[1]: 0},
        (
            Overwrite(ROLES[0], role=True, allow=0, deny=VIEW_CHANNEL),
            Overwrite(ROLES[1], role=True, allow=VIEW_CHANNEL, deny=0),
        ),
    )
    assert rights.granted([ROLES[0]]) & READ == READ_MESSAGE_HISTORY
    assert rights.granted(ROLES[:2]) & READ == READ
    assert rights.readers(LABEL) == frozenset({LABEL})
