"""Who may see a document: what only a channel's members read in Slack, only they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.audience import Audiences
from footnote.bot.platforms.slack.people import People
from footnote.connectors.base import CutShortError
from tests.connectors.slack_history.conftest import Team
from tests.servers.slack.world import Channel, Kind

if TYPE_CHECKING:
    from footnote.retrieval.readers import Readers
    from tests.servers.slack.people import Person

TEAM = frozenset({"everyone"})


async def readers(
    team: Team, channel: Channel, person: Person, *, private: bool = False
) -> Readers:
    """What the bot takes those who read along in Slack for."""
    client = AsyncWebClient(team.acme.bot_token, base_url=team.slack.api_url)
    people = People(client, team.acme.id)
    return Audiences().readers(await people.audience(channel.id, person.id, private=private))


async def test_a_public_channel_is_for_whoever_may_see_the_source(team: Team) -> None:
    """It adds no restriction of its own."""
    await team.ann.says(team.general, "Open.")
    (document,) = (await team.read()).documents.values()
    assert document.restrictions is None


async def test_a_private_channel_is_for_its_members(team: Team) -> None:
    """In the channel and to its members alone, not in other channels nor to other people."""
    secret = team.acme.channel("secret", team.ann, private=True)
    other = team.acme.channel("other", team.ann, private=True)
    await team.ann.says(secret, "We are moving to Oslo.")
    document = (await team.read(team.general, secret)).saying("Oslo")
    other_process = team.connector(team.general, secret)
    assert (await other_process.fetch(document.id)).restrictions == document.restrictions

    async def sees(channel: Channel, person: Person, *, private: bool = False) -> bool:
        seeing = await readers(team, channel, person, private=private)
        return seeing.may_see(TEAM, document.restrictions)

    assert await sees(secret, team.ann)
    assert await sees(team.ann.dm, team.ann, private=True)
    assert not await sees(team.general, team.ann)
    assert not await sees(other, team.ann)
    assert not await sees(team.bo.dm, team.bo, private=True)
    assert not await sees(team.general, team.bo)
    secret.members.add(team.bo.id)
    secret.members.remove(team.ann.id)
    assert await sees(team.bo.dm, team.bo, private=True)
    assert not await sees(team.ann.dm, team.ann, private=True)


async def test_a_private_channel_with_guests_wants_its_label_in_the_audience(team: Team) -> None:
    """Guests are no part of "everyone": the channel itself has to be named."""
    guest = team.acme.person("gus", guest=True)
    secret = team.acme.channel("secret", team.ann, guest, private=True)
    await team.ann.says(secret, "We are moving to Oslo.")
    document = (await team.read(secret)).saying("Oslo")
    there = await readers(team, secret, team.ann)
    assert not there.may_see(TEAM, document.restrictions)
    assert there.may_see(TEAM | {f"slack:{secret.id}"}, document.restrictions)


@pytest.mark.parametrize(
    ("before", "after"), [(Kind.PUBLIC, Kind.PRIVATE), (Kind.PRIVATE, Kind.PUBLIC)]
)
async def test_a_channel_that_is_closed_or_opened_is_so_at_once(
    team: Team, before: Kind, after: Kind
) -> None:
    """Every document of it has another version, however old."""
    team.general.kind = before
    asked = await team.ann.says(team.general, "Old?")
    await team.bo.says(team.general, "Old.", thread=asked)
    await team.bo.says(team.general, "Alone.")
    team.slack.clock.advance(30 * 86_400)
    labels = {Kind.PUBLIC: None, Kind.PRIVATE: frozenset({f"slack:{team.general.id}"})}
    first = await team.read()
    team.general.kind = after
    second = await team.read()
    assert {one.restrictions for one in first.documents.values()} == {labels[before]}
    assert {one.restrictions for one in second.documents.values()} == {labels[after]}
    assert not set(first.versions.values()) & set(second.versions.values())


async def test_what_cannot_be_seen_any_more_is_for_members_alone(team: Team) -> None:
    """A channel that was closed without the bot, or deleted: nothing of it is for all, or goes."""
    await team.ann.says(team.general, "Open.")
    other = team.acme.channel("other", team.ann)
    await team.ann.says(other, "Other.")
    before = await team.read(team.general, other)
    team.general.kind = Kind.PRIVATE
    team.general.members.remove(team.acme.team.bot.id)
    for _ in range(2):
        listing = await team.read(team.general, other)
        assert isinstance(listing.error, CutShortError)
        assert f"the app is in no channel {team.general.id}: invite it" in str(listing.error)
        assert listing.documents.keys() == before.documents.keys()
        assert listing.saying("Open.").restrictions == frozenset({f"slack:{team.general.id}"})
        assert listing.saying("Other.").restrictions is None
    team.general.kind = Kind.PUBLIC
    team.general.members.add(team.acme.team.bot.id)
    assert (await team.read(team.general, other)).versions == before.versions
