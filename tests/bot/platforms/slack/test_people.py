"""Who is who in a workspace, asked from a loopback Slack with the real SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RateLimitedError
from footnote.bot.platforms.slack import people
from footnote.bot.platforms.slack.people import ADMINS_REMEMBERED_S, REMEMBERED_S, People
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace


@dataclass(slots=True)
class Office:
    """A workspace and who asks about its people.

    Attributes:
        now: What time it is for the one who asks.
    """

    slack: SlackServer
    acme: Workspace
    now: float = 1000.0

    def people(self, admins: Collection[str] = ()) -> People:
        """Somebody who knows nothing yet."""
        client = AsyncWebClient(self.acme.bot_token, self.slack.api_url, retry_handlers=[])
        return People(client, self.acme.id, admins=admins, clock=lambda: self.now)


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    """A workspace without people."""
    async with checked_slack() as slack:
        yield Office(slack, slack.workspace("acme"))


@pytest.mark.parametrize("by_settings", [False, True])
async def test_who_is_no_admin_whatever_is_said_of_them(by_settings: bool) -> None:  # noqa: FBT001  a parameter
    """Who left, who is a machine, and who belongs to another company."""
    async with office() as here:
        gone = here.acme.person("gone", admin=True, deleted=True)
        machine = here.acme.bot("ci")
        machine.member.admin = True
        stranger = here.slack.workspace("other").person("stranger", admin=True)
        here.acme.channel("shared", stranger)
        all_three = [gone.id, machine.id, stranger.id]
        known = here.people(admins=all_three if by_settings else ())
        assert [await known.is_admin(user) for user in all_three] == [False] * 3


async def test_an_admin_who_is_none_any_more() -> None:
    """Is asked about anew soon, even where others know more of them for longer."""
    async with office() as here:
        boss = here.acme.person("boss", admin=True)
        known = here.people()
        assert await known.is_admin(boss.id)
        boss.member.admin = False
        here.now += ADMINS_REMEMBERED_S - 1
        assert await known.is_admin(boss.id)
        here.now += 2
        assert not await known.is_admin(boss.id)


async def test_a_guest_who_comes_into_a_channel() -> None:
    """Is known after a while."""
    async with office() as here:
        channel = here.acme.channel("general", here.acme.person("alice"))
        known = here.people()
        assert not (await known.audience(channel.id, "U1")).outsiders
        channel.members.add(here.acme.person("guest", guest=True).id)
        here.now += REMEMBERED_S - 1
        assert not (await known.audience(channel.id, "U1")).outsiders
        here.now += 2
        assert (await known.audience(channel.id, "U1")).outsiders


async def test_somebody_new_among_the_members() -> None:
    """Is asked about by themselves, where everybody was asked about before they came."""
    async with office() as here:
        known = here.people()
        await known.audience(here.acme.channel("one", here.acme.person("alice")).id, "U1")
        guest = here.acme.person("guest", guest=True)
        assert (await known.audience(here.acme.channel("two", guest).id, "U1")).outsiders


async def test_a_member_of_another_company() -> None:
    """Is an outsider also in a channel that is not marked as shared."""
    async with office() as here:
        stranger = here.slack.workspace("other").person("stranger")
        channel = here.acme.channel("general", stranger)
        assert (await here.people().audience(channel.id, "U1")).outsiders


async def test_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are looked at, in few calls."""
    monkeypatch.setattr(people, "PAGE", 3)
    async with office() as here:
        staff = [here.acme.person(f"p{number}") for number in range(7)]
        guest = here.acme.person("guest", guest=True)
        channel = here.acme.channel("general", *staff, guest)
        assert (await here.people().audience(channel.id, "U1")).outsiders
        assert len(here.slack.recording.calls("conversations.members")) == 3
        assert len(here.slack.recording.calls("users.list")) == 3
        assert not here.slack.recording.calls("users.info")


async def test_many_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody alone carries the labels of all of them."""
    monkeypatch.setattr(people, "PAGE", 3)
    async with office() as here:
        alice = here.acme.person("alice")
        channels = [here.acme.channel(f"c{number}", alice) for number in range(7)]
        audience = await here.people().audience("D1", alice.id, private=True)
        names = [alice.id, *(channel.id for channel in channels)]
        assert audience.labels == {f"slack:{name}" for name in names}


async def test_where_the_bot_is() -> None:
    """It is in the channels that it was invited to, and not in those that it merely sees."""
    async with office() as here:
        alice, known = here.acme.person("alice"), here.people()
        lounge = here.acme.channel("lounge", alice, app=False)
        secret = here.acme.channel("secret", alice, private=True, app=False)
        assert await known.is_here(here.acme.channel("general", alice).id)
        assert await known.is_here(alice.dm.id)
        assert not await known.is_here(lounge.id)
        assert not await known.is_here(secret.id)
        lounge.members.add(here.acme.team.bot.id)
        assert await known.is_here(lounge.id)


@pytest.mark.parametrize("method", ["users.info", "users.conversations"])
async def test_when_slack_does_not_say(method: str) -> None:
    """That is said, with what to do; nothing is guessed, and nothing of it is remembered."""
    async with office() as here:
        alice, known = here.acme.person("alice"), here.people()
        here.slack.faults.fail(method)
        with pytest.raises(UnavailableError, match="ask again in a minute"):
            await known.audience("D1", alice.id, private=True)
        assert not (await known.audience("D1", alice.id, private=True)).outsiders


async def test_when_slack_has_been_asked_too_often() -> None:
    """The reason is there for those who can wait: for how long not to ask again."""
    async with office() as here:
        alice, known = here.acme.person("alice"), here.people()
        here.slack.faults.limit("users.info", retry_after=30)
        with pytest.raises(UnavailableError) as caught:
            await known.audience("D1", alice.id, private=True)
        cause = caught.value.__cause__
        assert isinstance(cause, RateLimitedError)
        assert cause.after_s == 30.0
