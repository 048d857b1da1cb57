"""What changes in Slack is followed: what comes, is edited and goes."""

from __future__ import annotations

from footnote.connectors.base import CutShortError
from footnote.connectors.history import reading
from footnote.connectors.slack_history.client import TRIES
from tests.connectors.history.listing import DAY_S
from tests.connectors.slack_history.conftest import Team
from tests.servers.slack.world import Message


async def thread(team: Team, root: str, *replies: str) -> list[Message]:
    """A thread of ann's message and bo's replies."""
    asked = await team.ann.says(team.general, root)
    said = [await team.bo.says(team.general, text, thread=asked) for text in replies]
    return [asked, *said]


async def test_nothing_new_reads_no_thread_of_old(team: Team) -> None:
    """A second sync calls four methods, and lists the same versions."""
    await thread(team, "Old?", "Old.")
    team.slack.clock.advance(8 * DAY_S)
    before = await team.read()
    team.slack.clock.advance(3600)
    team.forget_calls()
    assert (await team.read()).versions == before.versions
    assert team.calls() == ["auth.test", "users.conversations", "conversations.history"]


async def test_another_process_with_no_memory_comes_to_the_same(team: Team) -> None:
    """All that is remembered can be lost: the versions stay."""
    await thread(team, "Old?", "Old.")
    await team.ann.says(team.general, "Alone.")
    before = await team.read()
    (team.folder / "messages.db").unlink()
    assert (await team.read()).versions == before.versions
    (team.folder / "messages.db").write_bytes(b"no database at all" * 100)
    assert (await team.read()).versions == before.versions


async def test_recent_edits_are_found_by_the_next_sync(team: Team) -> None:
    """Of a first message, of a reply, and of a message in no thread."""
    asked, reply = await thread(team, "How many?", "Twenty.")
    alone = await team.ann.says(team.general, "Alone.")
    before = await team.read()
    await team.bo.edits(reply, "Twenty-eight.")
    after = await team.read()
    assert after.documents.keys() == before.documents.keys()
    changed = {key for key in after.versions if after.versions[key] != before.versions[key]}
    assert changed == {f"{team.general.id}/{asked.ts}"}
    assert "Twenty-eight." in after.texts
    await team.ann.edits(asked, "How many days?")
    await team.ann.edits(alone, "Not alone.")
    texts = (await team.read()).texts
    assert "How many days?" in texts
    assert "Not alone." in texts
    assert " Alone." not in texts


async def test_deleted_messages_go(team: Team) -> None:
    """A reply, a first message that has replies, and a message in no thread."""
    asked, reply, last = await thread(team, "How many?", "Wrong answer.", "Twenty-eight.")
    alone = await team.ann.says(team.general, "Alone.")
    assert len((await team.read()).documents) == 2
    await team.bo.deletes(reply)
    await team.ann.deletes(alone)
    listing = await team.read()
    assert listing.error is None
    assert "Wrong answer." not in listing.texts
    assert list(listing.documents) == [f"{team.general.id}/{asked.ts}"]
    await team.ann.deletes(asked)
    (document,) = (await team.read()).documents.values()
    assert "How many?" not in document.text
    assert "deleted" not in document.text
    assert "Twenty-eight." in document.text
    await team.bo.deletes(last)
    await team.ann.deletes(asked)
    assert (await team.read()).documents == {}


async def test_a_first_reply_makes_a_thread_of_a_message(team: Team) -> None:
    """It leaves its day; when the reply goes, it is back there."""
    alone = await team.ann.says(team.general, "Does anybody know?")
    await team.bo.says(team.general, "Unrelated.")
    day = next(iter((await team.read()).documents))
    reply = await team.bo.says(team.general, "I do.", thread=alone)
    listing = await team.read()
    assert set(listing.documents) == {day, f"{team.general.id}/{alone.ts}"}
    assert "Does anybody" not in listing.documents[day].text
    assert "I do." in listing.saying("Does anybody know?").text
    await team.bo.deletes(reply)
    (document,) = (await team.read()).documents.values()
    assert "Does anybody know?" in document.text


async def test_old_messages_are_followed_by_the_daily_reading(team: Team) -> None:
    """An edit, a deletion and a new reply beyond the recent days wait for it, and no longer."""
    asked, _ = await thread(team, "How many?", "Twenty.")
    _, wrong, _ = await thread(team, "Where?", "Wrong answer.", "Here.")
    edited = await team.ann.says(team.general, "Alone.")
    gone = await team.ann.says(team.general, "Gone soon.")
    team.slack.clock.advance(30 * DAY_S)
    before = await team.read()
    await team.bo.says(team.general, "Twenty-eight now.", thread=asked)
    await team.ann.edits(edited, "Edited.")
    await team.ann.deletes(gone)
    await team.bo.deletes(wrong)
    team.slack.clock.advance(0.9 * DAY_S)
    assert (await team.read()).versions == before.versions
    team.slack.clock.advance(0.2 * DAY_S)
    listing = await team.read()
    assert listing.error is None
    assert "Twenty-eight now." in listing.texts
    assert "Edited." in listing.texts
    assert "Gone soon." not in listing.texts
    assert "Wrong answer." not in listing.texts


async def test_recent_days_are_looked_at_each_time(team: Team) -> None:
    """However often it was synced since: an edit and a deletion wait for no complete listing."""
    edited = await team.ann.says(team.general, "Alone.")
    gone = await team.ann.says(team.general, "Gone soon.")
    for _ in range(2):
        team.slack.clock.advance(2 * DAY_S)
        await team.read(complete_every=100)
    await team.ann.edits(edited, "Edited.")
    await team.ann.deletes(gone)
    texts = (await team.read(complete_every=100)).texts
    assert "Edited." in texts
    assert "Gone soon." not in texts


async def test_nothing_that_is_new_is_missed(team: Team) -> None:
    """However few days count as recent, and however long nobody synced."""
    keys = {"edits_for": 0, "complete_every": 100}
    await team.ann.says(team.general, "At first.")
    await team.read(**keys)
    await team.ann.says(team.general, "Next.")
    team.slack.clock.advance(3600)
    assert "Next." in (await team.read(**keys)).texts
    await team.ann.says(team.general, "After that.")
    team.slack.clock.advance(50 * DAY_S)
    texts = (await team.read(**keys)).texts
    assert all(text in texts for text in ("At first.", "Next.", "After that."))


async def test_an_edit_in_a_quiet_thread_is_found_within_two_months(team: Team) -> None:
    """Nothing tells of it but the thread itself, which is read again after 30 to 60 days."""
    _, reply = await thread(team, "How many?", "Twenty.")
    team.slack.clock.advance(30 * DAY_S)
    await team.read()
    await team.bo.edits(reply, "Twenty-eight.")
    team.slack.clock.advance(29 * DAY_S)
    assert "Twenty-eight." not in (await team.read()).texts
    team.slack.clock.advance(32 * DAY_S)
    assert "Twenty-eight." in (await team.read()).texts


async def test_only_the_last_days_are_read_where_that_is_wanted(team: Team) -> None:
    """What is older is left out, and goes as it grows old: whole days, and threads with it."""
    await thread(team, "Ancient?", "Ancient.")
    team.slack.clock.advance(20 * DAY_S)
    await thread(team, "Recent?", "Recent.")
    await team.ann.says(team.general, "Alone.")
    assert len((await team.read(days=10)).documents) == 2
    assert "Ancient" not in (await team.read(days=10)).texts
    assert "Ancient" in (await team.read(days=40, complete_every=0)).texts
    assert "Ancient" not in (await team.read(days=10, complete_every=0)).texts
    team.slack.clock.advance(12 * DAY_S)
    listing = await team.read(days=10)
    assert (listing.documents, listing.error) == ({}, None)


async def test_new_names_are_taken_over(team: Team) -> None:
    """The list of people is read once a day."""
    await team.ann.says(team.general, "Hello.")
    assert "**ann**" in (await team.read()).texts
    team.ann.member.name = "anna"
    assert "**ann**" in (await team.read()).texts
    team.slack.clock.advance(1.1 * DAY_S)
    assert "**anna**" in (await team.read()).texts


async def test_a_reading_that_breaks_off_goes_on_where_it_stopped(team: Team) -> None:
    """The next process reads what is new, then the rest, and no page twice."""
    for number in range(12):
        await team.ann.says(team.general, f"Message {number:02}.")
    team.slack.clock.advance(30 * DAY_S)
    team.slack.desk.messages_a_page = 3
    history = "conversations.history"
    team.slack.faults.slow(history, 0.0, times=2)
    team.slack.faults.refuse(history, "fatal_error", times=TRIES)
    first = await team.read()
    assert isinstance(first.error, CutShortError)
    assert "Message 06." in first.texts
    assert "Message 05." not in first.texts
    await team.ann.says(team.general, "Said in between.")
    team.forget_calls()
    listing = await team.read()
    assert listing.error is None
    assert all(f"Message {number:02}." in listing.texts for number in range(12))
    assert "Said in between." in listing.texts
    assert len(team.calls(history)) == 1 + 2


async def test_what_was_deleted_while_a_reading_was_broken_off_goes(team: Team) -> None:
    """What the first part showed and the second part's process finds gone is not kept for good."""
    await team.ann.says(team.general, "Stays.")
    gone = await team.ann.says(team.general, "Gone soon.")
    await team.ann.says(team.general, "Stays too.")
    team.slack.clock.advance(30 * DAY_S)
    await team.read()
    team.slack.clock.advance(2 * DAY_S)
    await team.ann.deletes(gone)
    team.slack.desk.messages_a_page = 1
    team.slack.faults.slow("conversations.history", 0.0)
    team.slack.faults.refuse("conversations.history", "fatal_error", times=TRIES)
    broken = await team.read()
    assert isinstance(broken.error, CutShortError)
    listing = await team.read()
    assert listing.error is None
    assert "Gone soon." not in listing.texts
    assert "Stays." in listing.texts


def test_quiet_threads_are_not_read_on_one_day() -> None:
    """Their next readings are spread over a month."""
    assert reading._SPREAD * reading.DAY_S == reading._TRUST_S
