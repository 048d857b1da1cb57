"""What Discord's troubles do to a listing: nothing that is there may seem to be gone."""

from __future__ import annotations

import pytest

from footnote.connectors.base import CutShortError, SourceError
from tests.connectors.discord_history.conftest import Guild
from tests.servers.discord import rates
from tests.servers.discord.model import ApplicationFlag


def sentence(error: SourceError | None) -> str:
    """What is told, which names the source and is one line."""
    told = str(error)
    assert told.startswith("Source chat: ")
    assert "\n" not in told
    assert told.endswith(".")
    return told


@pytest.mark.parametrize("everywhere", [True, False])
async def test_a_wait_that_discord_wants_is_kept(guild: Guild, *, everywhere: bool) -> None:
    """As long as it says, and then the listing is whole."""
    await guild.ann.says(guild.general, "Here.")
    guild.discord.faults.limit("list_messages", 37.0, times=2, everywhere=everywhere)
    listing = await guild.read()
    assert listing.error is None
    assert "Here." in listing.texts
    assert sum(wait > 36 for wait in guild.clock.waits) >= 2


async def test_no_request_is_made_that_would_be_refused(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the headers say that none is left, it waits for the next: there is no 429."""
    monkeypatch.setattr("footnote.connectors.discord_history.service.PAGE", 2)
    for number in range(9):
        await guild.ann.says(guild.general, f"Message {number}.")
    guild.discord.rates.on = True
    monkeypatch.setitem(rates.KNOWN, "list_messages", (2, 5.0))
    listing = await guild.read()
    assert listing.error is None
    assert "Message 0." in listing.texts
    assert len(guild.calls("list_messages")) == 5
    assert sum(wait > 4 for wait in guild.clock.waits) == 2


@pytest.mark.parametrize("trouble", ["fail", "drop"])
async def test_passing_trouble_is_waited_out(guild: Guild, trouble: str) -> None:
    """An error of the server, and a connection that breaks."""
    await guild.ann.says(guild.general, "Here.")
    getattr(guild.discord.faults, trouble)("list_messages", times=5)
    listing = await guild.read()
    assert listing.error is None
    assert "Here." in listing.texts


@pytest.mark.parametrize("route", ["list_messages", "list_public_archived_threads"])
async def test_lasting_trouble_deletes_nothing(guild: Guild, route: str) -> None:
    """What is known of the channel is listed, the other channel is read, and it is told."""
    gone = await guild.ann.says(guild.general, "Gone soon.")
    other = guild.acme.channel("other")
    before = await guild.read(guild.general, other)
    await guild.ann.says(other, "News.")
    await guild.ann.deletes(gone)
    guild.discord.faults.fail(route, times=6)
    listing = await guild.read(guild.general, other)
    assert isinstance(listing.error, CutShortError)
    assert "the next sync goes on where this one stopped" in sentence(listing.error)
    assert listing.documents.keys() >= before.documents.keys()
    assert "News." in listing.texts
    listing = await guild.read(guild.general, other)
    assert listing.error is None
    assert "Gone soon." not in listing.texts


async def test_a_thread_that_goes_between_listing_and_reading_is_gone(guild: Guild) -> None:
    """Nothing is told of it, and the rest is read."""
    await guild.ann.says(guild.general, "Alone.")
    made = guild.acme.thread(guild.general, "thread", guild.ann)
    await guild.ann.says(made, "In the thread.")
    guild.discord.faults.slow("list_messages", 0.0)
    guild.discord.faults.refuse("list_messages", 10_003)
    listing = await guild.read()
    assert listing.error is None
    assert "Alone." in listing.texts
    assert "In the thread." not in listing.texts


@pytest.mark.parametrize("route", ["get_my_application", "list_messages"])
async def test_a_token_that_is_not_accepted_ends_the_listing(guild: Guild, route: str) -> None:
    """Whenever that happens; the sentence says where the token comes from."""
    await guild.ann.says(guild.general, "Here.")
    await guild.read()
    guild.discord.faults.refuse(route, 0)
    listing = await guild.read()
    assert not isinstance(listing.error, CutShortError)
    told = sentence(listing.error)
    assert "the token in DISCORD_BOT_TOKEN" in told
    assert guild.discord.token not in told


async def test_without_the_intent_nothing_is_read(guild: Guild) -> None:
    """Everything would seem to be empty: the sentence names the intent."""
    await guild.ann.says(guild.general, "Here.")
    await guild.read()
    guild.discord.application.flags = int(ApplicationFlag.MEMBERS_LIMITED)
    listing = await guild.read()
    assert not isinstance(listing.error, CutShortError)
    assert "Message Content Intent" in sentence(listing.error)


async def test_a_channel_that_has_no_messages_is_told(guild: Guild) -> None:
    """A category, a thread and direct messages: the others are read."""
    await guild.ann.says(guild.general, "Here.")
    category = guild.acme.category("all")
    thread = guild.acme.thread(guild.general, "thread", guild.ann)
    for wrong in (category, thread, guild.ann.dm):
        listing = await guild.read(wrong, guild.general)
        assert "is no channel with messages" in sentence(listing.error)
        assert "Here." in listing.texts


async def test_a_channel_without_any_message_is_empty(guild: Guild) -> None:
    """And its listing is whole."""
    listing = await guild.read()
    assert (listing.documents, listing.error) == ({}, None)


async def test_the_token_comes_from_the_environment(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have the word before it that the API wants, and has to be there."""
    await guild.ann.says(guild.general, "Here.")
    monkeypatch.setenv("DISCORD_BOT_TOKEN", f"Bot {guild.discord.token}")
    assert (await guild.read()).error is None
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "")
    told = sentence((await guild.read()).error)
    assert "needs the environment variable DISCORD_BOT_TOKEN, which is not set" in told


async def test_the_token_is_never_logged_nor_kept(
    guild: Guild, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where everything is logged and everything fails."""
    caplog.set_level("DEBUG")
    await guild.ann.says(guild.general, "Here.")
    guild.discord.faults.fail("list_messages", times=2)
    guild.discord.faults.drop("list_messages")
    assert "Here." in (await guild.read()).texts
    assert guild.discord.token not in caplog.text
    raw = b"".join(path.read_bytes() for path in guild.folder.iterdir())
    assert guild.discord.token.encode() not in raw
