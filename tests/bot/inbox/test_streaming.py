"""What people see of an answer while it is made."""

from __future__ import annotations

from footnote.bot.questions import Status
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_blocks_are_shown_as_they_come(room: Room) -> None:
    """Each block is seen when it is there, in the same message, and the last change is final."""
    room.answers["q1"] = [2.0, "One.", 2.0, "Two.", 2.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.transcript == [
        "2 posted m1: One.",
        "4 changed m1: One. Two.",
        "6 changed m1: One. Two. (end)",
    ]


@scenario
async def test_blocks_are_shown_no_faster_than_the_platform_wants(room: Room) -> None:
    """What comes faster than that is left out, and seen with what comes next."""
    room.chat.pace_s = 2.0
    room.answers["q1"] = [1.0, "One.", 0.5, "Two.", 0.5, "Three.", 2.5, "Four.", 5.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. Four. (end)")
    assert room.transcript == [
        "1 posted m1: One.",
        "3 changed m1: One. Two.",
        "3 posted m2: Three.",
        "5 changed m2: Three. Four.",
        "9.5 changed m2: Three. Four. (end)",
    ]


@scenario
async def test_a_slow_platform_does_not_slow_the_answer(room: Room) -> None:
    """An answer is made on while what was there before is still on its way."""
    room.chat.latency_s = 3.0
    room.answers["q1"] = ["One.", 1.0, "Two.", 1.0, "Three.", 1.0, "Four.", 0.5]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. Four. (end)")
    assert room.transcript == [
        "3 posted m1: One.",
        "6.5 changed m1: One. Two.",
        "9.5 posted m2: Three. Four. (end)",
    ]


@scenario
async def test_the_asker_is_told_what_happens_until_there_is_a_block(room: Room) -> None:
    """A status is told once, and none any more when there is something of the answer."""
    searching, reading = Status("Searching…"), Status("Reading…")
    room.answers["q1"] = [searching, 2.0, searching, 2.0, reading, 2.0, "One.", reading, 2.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. (end)")
    assert room.transcript == [
        "0 told q1: Searching…",
        "4 told q1: Reading…",
        "6 posted m1: One.",
        "8 changed m1: One. (end)",
    ]


@scenario
async def test_a_long_answer_continues_in_further_messages(room: Room) -> None:
    """Messages that are full are left alone, and only the last one is marked as the end."""
    room.answers["q1"] = [2.0, "One.", "Two.", 2.0, "Three.", "Four.", 2.0, "Five.", 2.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. Four.", "Five. (end)")
    assert room.transcript == [
        "2 posted m1: One. Two.",
        "4 posted m2: Three. Four.",
        "6 posted m3: Five.",
        "8 changed m3: Five. (end)",
    ]


@scenario
async def test_nothing_is_changed_after_the_end(room: Room) -> None:
    """However much comes with the last blocks, what is final is the last that is sent."""
    room.answers["q1"] = [1.0, "One.", 0.1, "Two.", 0.1, "Three."]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. (end)")
    await room.at(600)
    assert room.transcript[-1] == "1.2 posted m2: Three. (end)"
    assert len(room.chat.tries) == 3


@scenario
async def test_an_answer_without_a_block_is_a_message_too(room: Room) -> None:
    """Where nothing could be streamed, the end is the first that is seen."""
    room.answers["q1"] = [2.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "(end)")
    assert room.transcript == ["2 posted m1: (end)"]


@scenario
async def test_a_status_is_told_again_before_it_expires(room: Room) -> None:
    """Each minute, as long as there is nothing else to show; nothing is sent again after that."""
    room.answers["q1"] = [Status("Searching 3 sources…"), 130.0, "One.", 200.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. (end)")
    assert room.transcript == [
        "0 told q1: Searching 3 sources…",
        "60 told q1: Searching 3 sources…",
        "120 told q1: Searching 3 sources…",
        "130 posted m1: One.",
        "330 changed m1: One. (end)",
    ]


@scenario
async def test_an_answer_that_is_there_at_once_never_changes(room: Room) -> None:
    """Where a platform holds the first of an answer back, one that is whole by then is not held."""
    room.chat.lead_s = 1.0
    room.answers["q1"] = ["One.", 0.5, "Two."]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.transcript == ["0.5 posted m1: One. Two. (end)"]


@scenario
async def test_an_answer_that_takes_longer_is_seen_while_it_is_made(room: Room) -> None:
    """It is held back once, and then shown with all that there is by then."""
    room.chat.lead_s = 1.0
    room.answers["q1"] = ["One.", 0.5, "Two.", 3.0, "Three.", 3.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. (end)")
    assert room.transcript[0] == "1 posted m1: One. Two."
