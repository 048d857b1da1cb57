"""How an answer gets to a platform that does not always do as it is asked."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.base import RateLimitedError
from tests.bot.inbox.chat import LOST, Trouble
from tests.bot.inbox.kit import Room, question, scenario


@scenario
async def test_a_rate_limit_is_obeyed_while_streaming(room: Room) -> None:
    """Nothing is sent before the platform allows it; then all that came meanwhile is."""
    room.chat.troubles.append(Trouble(RateLimitedError(7.0)))
    room.answers["q1"] = [1.0, "One.", 3.0, "Two.", 10.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.chat.tries == [1, 8, 14]
    assert room.transcript == ["8 posted m1: One. Two.", "14 changed m1: One. Two. (end)"]


@scenario
async def test_a_rate_limit_is_obeyed_at_the_end(room: Room) -> None:
    """The final message waits, too."""
    room.chat.troubles.append(Trouble(RateLimitedError(20.0)))
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.chat.tries == [1, 21]


@scenario
async def test_a_rate_limit_while_streaming_holds_at_the_end(room: Room) -> None:
    """An answer that ends while nothing may be sent is not sent sooner for that."""
    room.chat.troubles.append(Trouble(RateLimitedError(30.0)))
    room.answers["q1"] = ["One.", 5.0]
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. (end)")
    assert room.chat.tries == [0, 30]


@scenario
async def test_a_long_rate_limit_keeps_no_worker(room: Room) -> None:
    """Where nothing may be sent for long, others are answered; then the message is sent at once."""
    room.chat.troubles.append(Trouble(RateLimitedError(600.0)))
    replica = await room.start(workers=1)
    await replica.take(question("q1"), question("q2"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert room.transcript == [
        "1 told q2: Yours is the next question…",
        "2 posted m1: About q2. (end)",
        "601 posted m2: About q1. (end)",
    ]
    assert room.chat.tries == [1, 2, 601]


@pytest.mark.parametrize("lands_s", [0.0, 3.0, 9.5])
def test_a_message_that_landed_unseen_is_adopted(lands_s: float) -> None:
    """Where an acknowledgement was lost, the message is found, also when it lands late."""

    @scenario
    async def story(room: Room) -> None:
        room.chat.troubles.append(Trouble(LOST, lands_s))
        replica = await room.start()
        await replica.take(question("q1"))
        assert await room.end("q1") == ("answered", "About q1. (end)")
        assert list(room.chat.messages) == ["m1"]
        assert len([line for line in room.transcript if "posted" in line]) == 1

    story()


@scenario
async def test_a_message_that_never_landed_is_sent_again(room: Room) -> None:
    """It is sent again as soon as it can no longer land by itself, and not sooner."""
    room.chat.troubles.append(Trouble(LOST))
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert room.transcript == ["11 posted m1: About q1. (end)"]


@scenario
async def test_a_change_that_was_lost_is_made_again(room: Room) -> None:
    """What may say something old is told again what it has to say, after that may have landed."""
    room.answers["q1"] = ["One.", 2.0, "Two.", 20.0]
    room.chat.troubles.extend([Trouble(LOST, 0.0), Trouble(LOST)])
    replica = await room.start()
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.transcript == [
        "0 posted m1: One.",
        "20 changed m1: One. Two.",
        "22 changed m1: One. Two. (end)",
    ]


@scenario
async def test_a_message_that_somebody_removed_is_replaced(room: Room) -> None:
    """The answer goes on in another message, with all its blocks."""
    room.answers["q1"] = ["One.", 4.0, "Two.", 4.0]
    replica = await room.start()
    await replica.take(question("q1"))
    await room.at(2)
    room.chat.vanish("m1")
    assert await room.end("q1") == ("answered", "One. Two. (end)")
    assert room.transcript == [
        "0 posted m1: One.",
        "2 removed m1",
        "4 posted m2: One. Two.",
        "8 changed m2: One. Two. (end)",
    ]


@scenario
async def test_a_platform_that_refuses_for_good(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The question ends with its outcome and without a message, and the log says why."""
    room.answers["q1"] = ["One.", 4.0, "Two.", 4.0]
    replica = await room.start()
    room.chat.closed = True
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered",)
    assert "The answer to question q1 cannot be shown: the channel is archived" in caplog.text
    assert room.chat.tries == [0, 8]


@scenario
async def test_an_answer_waits_for_its_platform(room: Room) -> None:
    """One that was away for an hour shows each answer once when it is back, workers being free."""
    room.answers = {"q1": ["About q1.", 5.0], "q2": [5.0, "About q2."]}
    replica = await room.start(workers=2)
    await replica.take(*map(question, ["q1", "q2", "q3"]))
    await room.at(1)
    room.chat.away = True
    await room.at(3600)
    room.chat.away = False
    for name in ["q1", "q2", "q3"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    assert len(room.chat.messages) == len(room.begun) == 3


@scenario
async def test_an_answer_that_nobody_takes_is_given_up(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """After so many tries it ends with its outcome, and the log says so."""
    replica = await room.start(deliveries=3)
    await replica.take(question("q1"))
    await room.at(0.5)
    room.chat.away = True
    assert await room.end("q1") == ("answered",)
    assert "The answer to question q1 could not be delivered" in caplog.text
    tries = len(room.chat.tries)
    room.chat.away = False
    await room.at(3600)
    assert len(room.chat.tries) == tries
    assert not room.chat.messages
