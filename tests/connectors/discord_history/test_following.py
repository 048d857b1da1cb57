"""What changes in Discord is followed: what comes, is edited and goes."""

from __future__ import annotations

import pytest

from footnote.connectors.base import CutShortError
from footnote.connectors.discord_history import service
from tests.connectors.discord_history.conftest import Guild
from tests.connectors.history.listing import DAY_S
from tests.servers.discord.model import Channel, Message


async def thread(guild: Guild, first: str, *replies: str) -> tuple[Channel, list[Message]]:
    """A thread from ann's message, with bo's replies."""
    asked = await guild.ann.says(guild.general, first)
    made = await guild.bo.opens_thread(asked, "A thread")
    return made, [asked, *[await guild.bo.says(made, text) for text in replies]]


async def test_nothing_new_reads_no_thread_of_old(guild: Guild) -> None:
    """A second sync asks what there is, and lists the same versions."""
    made, _ = await thread(guild, "Old?", "Old.")
    await guild.bo.archives(made)
    guild.discord.clock.advance(8 * DAY_S)
    before = await guild.read()
    guild.discord.clock.advance(3600)
    guild.forget_calls()
    assert (await guild.read()).versions == before.versions
    assert guild.calls() == [
        "get_my_application",
        "get_my_user",
        "get_channel",
        "list_guild_roles",
        "list_guild_channels",
        "get_guild_member",
        "get_active_guild_threads",
        "list_public_archived_threads",
        "list_messages",
    ]


async def test_another_process_with_no_memory_comes_to_the_same(guild: Guild) -> None:
    """All that is remembered can be lost: the versions stay."""
    await thread(guild, "Old?", "Old.")
    await guild.ann.says(guild.general, "Alone.")
    before = await guild.read()
    (guild.folder / "messages.db").unlink()
    assert (await guild.read()).versions == before.versions


async def test_recent_edits_are_found_by_the_next_sync(guild: Guild) -> None:
    """Of the message that a thread began from, of one in it, and of one in no thread."""
    _, (asked, reply) = await thread(guild, "How many?", "Twenty.")
    alone = await guild.ann.says(guild.general, "Alone.")
    before = await guild.read()
    await guild.bo.edits(reply, "Twenty-eight.")
    after = await guild.read()
    assert sum(after.versions[key] != before.versions[key] for key in before.versions) == 1
    assert "Twenty-eight." in after.texts
    await guild.ann.edits(asked, "How many days?")
    await guild.ann.edits(alone, "Not alone.")
    texts = (await guild.read()).texts
    assert "How many days?" in texts
    assert "Not alone." in texts
    assert " Alone." not in texts


async def test_deleted_messages_and_threads_go(guild: Guild) -> None:
    """A message of a thread, the one that it began from, one in no thread, and a whole thread."""
    made, (asked, reply, _) = await thread(guild, "How many?", "Wrong answer.", "Twenty-eight.")
    alone = await guild.ann.says(guild.general, "Alone.")
    assert len((await guild.read()).documents) == 2
    await guild.bo.deletes(reply)
    await guild.ann.deletes(alone)
    listing = await guild.read()
    assert listing.error is None
    assert "Wrong answer." not in listing.texts
    assert list(listing.documents) == [f"{guild.general.id}/{made.id}"]
    await guild.ann.deletes(asked)
    assert "How many?" not in (await guild.read()).texts
    guild.discord.world.remove_channel(made)
    listing = await guild.read()
    assert (listing.documents, listing.error) == ({}, None)


async def test_a_thread_takes_its_first_message_from_the_channel(guild: Guild) -> None:
    """It leaves its day."""
    alone = await guild.ann.says(guild.general, "Does anybody know?")
    await guild.bo.says(guild.general, "Unrelated.")
    day = next(iter((await guild.read()).documents))
    made = await guild.bo.opens_thread(alone, "Known")
    await guild.bo.says(made, "I do.")
    listing = await guild.read()
    assert set(listing.documents) == {day, f"{guild.general.id}/{made.id}"}
    assert "Does anybody" not in listing.documents[day].text
    assert "I do." in listing.saying("Does anybody know?").text


async def test_a_new_message_in_an_old_thread_is_found_at_once(guild: Guild) -> None:
    """Threads that are not archived are all listed, however old."""
    made, _ = await thread(guild, "How many?", "Twenty.")
    guild.discord.clock.advance(100 * DAY_S)
    await guild.bo.archives(made)
    await guild.read()
    await guild.bo.says(made, "Twenty-eight now.")
    assert "Twenty-eight now." in (await guild.read()).texts


async def test_old_messages_are_followed_by_the_daily_reading(guild: Guild) -> None:
    """An edit and a deletion beyond the recent days wait for it, and no longer."""
    made, (_, wrong, _) = await thread(guild, "Where?", "Wrong answer.", "Here.")
    await guild.bo.archives(made)
    edited = await guild.ann.says(guild.general, "Alone.")
    gone = await guild.ann.says(guild.general, "Gone soon.")
    guild.discord.clock.advance(30 * DAY_S)
    before = await guild.read()
    await guild.ann.edits(edited, "Edited.")
    await guild.ann.deletes(gone)
    guild.discord.clock.advance(0.9 * DAY_S)
    assert (await guild.read()).versions == before.versions
    await guild.bo.deletes(wrong)
    guild.discord.clock.advance(0.2 * DAY_S)
    listing = await guild.read()
    assert listing.error is None
    assert "Edited." in listing.texts
    assert "Gone soon." not in listing.texts
    assert "Wrong answer." not in listing.texts


async def test_only_the_last_days_are_read_where_that_is_wanted(guild: Guild) -> None:
    """A thread counts by when it began, also where people still talk in it."""
    made, _ = await thread(guild, "Ancient?", "Ancient.")
    guild.discord.clock.advance(20 * DAY_S)
    await guild.ann.says(guild.general, "Alone.")
    await guild.bo.says(made, "Recent.")
    for _ in range(2):
        assert len((await guild.read(days=10)).documents) == 1
    assert len((await guild.read(days=40, complete_every=0)).documents) == 2
    assert len((await guild.read(days=10, complete_every=0)).documents) == 1
    guild.discord.clock.advance(0.1 * DAY_S)
    listing = await guild.read(days=10)
    assert "Recent." not in listing.texts
    assert "Alone." in listing.texts


async def test_many_messages_and_threads_are_read_in_pages(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many of each come with a request as the service allows."""
    monkeypatch.setattr(service, "PAGE", 3)
    for number in range(4):
        made = guild.acme.thread(guild.general, f"thread {number}", guild.ann)
        await guild.ann.says(made, f"In thread {number}.")
        guild.discord.clock.advance(60)
        await guild.ann.archives(made)
        await guild.ann.says(guild.general, f"Message {number}.")
    guild.discord.clock.advance(30 * DAY_S)
    guild.forget_calls()
    listing = await guild.read()
    assert listing.error is None
    for number in range(4):
        assert f"In thread {number}." in listing.texts
        assert f"Message {number}." in listing.texts
    assert len(guild.calls("list_public_archived_threads")) == 2
    assert len(guild.calls("list_messages")) == 4 + 2


async def test_a_reading_that_breaks_off_goes_on_where_it_stopped(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process reads what is new, then the rest, and no page of it twice."""
    monkeypatch.setattr(service, "PAGE", 4)
    for number in range(10):
        await guild.ann.says(guild.general, f"Message {number}.")
    guild.discord.clock.advance(30 * DAY_S)
    guild.discord.faults.slow("list_messages", 0.0, times=2)
    guild.discord.faults.fail("list_messages", status=503, times=6)
    first = await guild.read()
    assert isinstance(first.error, CutShortError)
    assert "Message 2." in first.texts
    assert "Message 1." not in first.texts
    await guild.ann.says(guild.general, "Said in between.")
    guild.forget_calls()
    listing = await guild.read()
    assert listing.error is None
    assert all(f"Message {number}." in listing.texts for number in range(10))
    assert "Said in between." in listing.texts
    assert len(guild.calls("list_messages")) == 1 + 1
