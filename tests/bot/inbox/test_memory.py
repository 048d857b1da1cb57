"""What the next question of a thread knows of those before it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from footnote.bot.audience import Audience
from footnote.bot.conversations import conversation_key
from footnote.bot.inbox.worker import Answering
from footnote.bot.questions import Answer, Block, Event, Outcome, Question
from tests.bot.inbox.kit import Room, question, scenario
from tests.simulator.answers import FOUND

ALONE = Audience(private=True)


@scenario
async def test_turns_reach_the_next_question(room: Room) -> None:
    """Questions and answers of a thread come with the next one in order; other threads' do not."""
    replica = await room.start()
    await replica.take(*(question(name, place="t") for name in ["q1", "q2"]), question("q3"))
    await room.end("q3")
    await replica.take(question("q4", place="t"))
    for name in ["q1", "q2", "q3", "q4"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    assert _remembered(room) == ["q1: About q1.", "q2: About q2."]


@scenario
async def test_what_was_not_answered_is_no_turn(room: Room) -> None:
    """Only answers are followed up on."""
    room.answers["q1"] = [Outcome.NOT_IN_SOURCES]
    room.answers["q2"] = [ZeroDivisionError()]
    replica = await room.start()
    await replica.take(*(question(name, place="t") for name in ["q1", "q2", "q3"]))
    assert await room.end("q1") == ("not_in_sources", "(end)")
    assert (await room.end("q2"))[0] == "failed"
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert _remembered(room) == []


@scenario
async def test_a_private_answer_stays_between_two(room: Room) -> None:
    """What the asker alone was shown in a thread is known to their private questions only."""
    replica = await room.start()
    await replica.take(question("q1", place="t", audience=ALONE))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await replica.take(question("q2", place="t"))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert _remembered(room) == []
    await replica.take(question("q3", place="t", audience=ALONE))
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert _remembered(room) == ["q1: About q1."]


@scenario
async def test_what_may_no_longer_be_seen_is_not_remembered(room: Room) -> None:
    """A turn that came from a source whose audience has changed is left out."""
    room.answering = _from_docs(room)
    room.sources["docs"] = frozenset({"everyone"})
    replica = await room.start()
    await replica.take(*(question(name, place="t") for name in ["q1", "q2"]))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert _remembered(room) == ["q1: About q1."]
    room.sources["docs"] = frozenset({"group:hr"})
    await replica.take(question("q3", place="t"))
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert _remembered(room) == []


@scenario
async def test_a_thread_is_forgotten_when_that_is_asked_for(room: Room) -> None:
    """After it was forgotten, a thread begins anew; the bot is still engaged in it."""
    replica = await room.start()
    await replica.take(question("q1", place="t"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await room.state.conversations.forget(conversation_key(question("q1", place="t")))
    await replica.take(question("q2", place="t", mentioned=False))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert _remembered(room) == []


@scenario
async def test_a_thread_is_forgotten_after_a_while(room: Room) -> None:
    """Turns are kept for as long as the options say."""
    replica = await room.start(turns_s=600.0)
    await replica.take(question("q1", place="t"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    await room.at(500)
    await replica.take(question("q2", place="t"))
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert _remembered(room) == ["q1: About q1."]
    await room.at(1200)
    await replica.take(question("q3", place="t"))
    assert await room.end("q3") == ("answered", "About q3. (end)")
    assert _remembered(room) == []


def _remembered(room: Room) -> list[str]:
    """What the latest question that was begun knows."""
    turns = room.begun[-1].conversation.turns
    return [f"{turn.question}: {turn.answer}" for turn in turns]


def _from_docs(room: Room) -> Answering:
    async def answering(asked: Question) -> AsyncGenerator[Event, None]:
        room.begun.append(asked)
        block = Block(f"About {asked.text}.")
        yield block
        yield Answer(asked, Outcome.ANSWERED, (block,), passages=FOUND.found)

    return answering
