"""What becomes of an answer whose question is edited."""

from __future__ import annotations

from footnote.bot.platforms.base import Cancelled, Deleted
from footnote.bot.questions import Outcome
from tests.bot.inbox.chat import LOST, Trouble
from tests.bot.inbox.kit import Room, edited, question, scenario


@scenario
async def test_edited_while_it_waits(room: Room) -> None:
    """Only the edited question is answered."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    await room.at(5)
    await replica.take(edited("q2", "q2, better"))
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("answered", "About q2, better. (end)")
    assert [asked.text for asked in room.begun] == ["q1", "q2, better"]


@scenario
async def test_edited_while_it_is_answered(room: Room) -> None:
    """The answer in the making is stopped at once; the new one replaces it in its message."""
    room.answers["q1"] = [1.0, "One.", 60.0, "Two."]
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(5)
    await replica.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert room.transcript == [
        "1 posted m1: One.",
        "6 changed m1: About q1, better. (end)",
    ]


@scenario
async def test_edited_by_way_of_another_replica(room: Room) -> None:
    """The replica that answers the old question goes on with the new one, and nobody else does."""
    room.answers["q1"] = [1.0, "One.", 60.0, "Two."]
    first = await room.start("a", renew_s=3.0)
    await first.take(question("q1"))
    second = await room.start("b")
    await room.at(5)
    await second.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert [asked.text for asked in room.begun] == ["q1", "q1, better"]
    assert room.transcript == ["1 posted m1: One.", "7 changed m1: About q1, better. (end)"]


@scenario
async def test_edited_when_it_is_decided(room: Room) -> None:
    """Where the old answer's end is on its way, the new answer comes behind it."""
    room.chat.latency_s = 4.0
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(3)
    await replica.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert room.transcript == [
        "5 posted m1: About q1. (end)",
        "10 changed m1: About q1, better. (end)",
    ]


@scenario
async def test_edited_when_it_is_answered(room: Room) -> None:
    """The answer that is there stays until there is something of the new one, which replaces it."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await room.at(100)
    await replica.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert room.transcript == [
        "1 posted m1: About q1. (end)",
        "101 changed m1: About q1, better. (end)",
    ]


@scenario
async def test_messages_too_many_are_removed(room: Room) -> None:
    """A new answer that is shorter leaves no message of the old one; a longer one adds some."""
    room.answers["q1"] = ["One.", "Two.", "Three.", "Four.", "Five."]
    room.answers["q1, shorter"] = ["Six."]
    room.answers["q1, longer"] = ["One.", "Two.", "Three."]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. Four.", "Five. (end)")
    await replica.take(edited("q1", "q1, shorter"))
    assert await room.end("q1") == ("answered", "Six. (end)")
    assert sorted(room.transcript[-2:]) == ["1 removed m2", "1 removed m3"]
    await replica.take(edited("q1", "q1, longer", revision=2))
    assert await room.end("q1") == ("answered", "One. Two.", "Three. (end)")
    assert room.transcript == ["2 changed m1: One. Two.", "2 posted m4: Three. (end)"]


@scenario
async def test_the_turn_is_replaced(room: Room) -> None:
    """The next question of the thread follows up on the edited one alone, in its old place."""
    replica = await room.start()
    await replica.take(question("q1", place="t"), question("q2", place="t"))
    await room.end("q2")
    await replica.take(edited("q1", "q1, better", place="t"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    await replica.take(question("q3", place="t"))
    assert await room.end("q3") == ("answered", "About q3. (end)")
    turns = [turn.question for turn in room.begun[-1].conversation.turns]
    assert turns == ["q1, better", "q2"]


@scenario
async def test_the_turn_is_forgotten_where_the_new_one_has_none(room: Room) -> None:
    """A question that was answered before its edit, and is not any more, leaves no turn."""
    room.answers["q1, worse"] = [1.0, Outcome.NOT_IN_SOURCES]
    replica = await room.start()
    await replica.take(question("q1", place="t"))
    await room.end("q1")
    await replica.take(edited("q1", "q1, worse", place="t"))
    assert await room.end("q1") == ("not_in_sources", "(end)")
    await replica.take(question("q2", place="t"))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert not room.begun[-1].conversation.turns


@scenario
async def test_an_older_edit_is_ignored(room: Room) -> None:
    """Edits that come in another order, or again, end in the answer to the latest."""
    replica = await room.start()
    await replica.take(question("q1"), edited("q1", "q1, best", revision=2))
    await replica.take(edited("q1", "q1, better", revision=1))
    assert await room.end("q1") == ("answered", "About q1, best. (end)")
    await replica.take(edited("q1", "q1, better", revision=1))
    await replica.take(edited("q1", "q1, best", revision=2))
    assert await room.end("q1") == ("answered", "About q1, best. (end)")
    assert [asked.text for asked in room.begun][-1:] == ["q1, best"]
    assert len(room.chat.tries) == 1


@scenario
async def test_an_edit_that_comes_first_is_the_question(room: Room) -> None:
    """The question as it was first asked is a duplicate when it comes late."""
    replica = await room.start()
    await replica.take(edited("q1", "q1, better"), question("q1"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert len(room.begun) == len(room.chat.messages) == 1


@scenario
async def test_an_edit_brings_a_cancelled_question_back(room: Room) -> None:
    """Who cancels and then asks differently wants an answer."""
    replica = await room.start()
    await replica.take(question("q1"), Cancelled("q1"))
    assert await room.end("q1") == ("cancelled", "Cancelled. (end)")
    await replica.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")


@scenario
async def test_an_edit_adopts_what_may_have_landed(room: Room) -> None:
    """A first message whose acknowledgement was lost is replaced too, not left behind."""
    room.chat.troubles.append(Trouble(LOST, lands_s=5.0))
    room.answers["q1"] = ["One.", 60.0]
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(1)
    await replica.take(edited("q1", "q1, better"))
    assert await room.end("q1") == ("answered", "About q1, better. (end)")
    assert len(room.chat.messages) == 1


@scenario
async def test_edited_into_nothing_and_back(room: Room) -> None:
    """The answer goes, and the question is answered anew by a message of its own."""
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await replica.take(Deleted("q1", revision=1))
    assert await room.end("q1") == ("withdrawn",)
    await replica.take(edited("q1", "again", revision=2), Deleted("q1", revision=1))
    assert await room.end("q1") == ("answered", "About again. (end)")


@scenario
async def test_edited_into_nothing_and_back_while_it_is_answered(room: Room) -> None:
    """Whatever was in the making stops, and one answer is there in the end."""
    room.answers["q1"] = ["One.", 60.0, "Two."]
    room.chat.latency_s = 4.0
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(6)
    await replica.take(Deleted("q1", revision=1))
    await room.at(8)
    await replica.take(edited("q1", "again", revision=2))
    assert await room.end("q1") == ("answered", "About again. (end)")
    assert len(room.chat.messages) == 1
