"""Which questions are answered one after the other, and which side by side."""

from __future__ import annotations

import re

from tests.bot.inbox.kit import Room, question, scenario


def _posted(room: Room) -> list[str]:
    """When which answers were posted; those of one moment come in any order."""
    posted = (line for line in room.transcript if "posted" in line)
    return sorted(re.sub(r" posted m\d+", "", line) for line in posted)


@scenario
async def test_one_thread_is_answered_in_order(room: Room) -> None:
    """A question of a thread is begun when the one before it has its answer, workers or not."""
    replica = await room.start(workers=4)
    await replica.take(*(question(name, place="t") for name in ["q1", "q2", "q3"]))
    for name in ["q1", "q2", "q3"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    assert [line for line in room.transcript if "posted" in line] == [
        "1 posted m1: About q1. (end)",
        "2 posted m2: About q2. (end)",
        "3 posted m3: About q3. (end)",
    ]


@scenario
async def test_different_threads_are_answered_side_by_side(room: Room) -> None:
    """Nobody waits for the answer to a question of another thread."""
    replica = await room.start(workers=4)
    await replica.take(question("q1", place="t"), question("q2", place="u"))
    assert await room.end("q1") == ("answered", "About q1. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")
    assert _posted(room) == ["1: About q1. (end)", "1: About q2. (end)"]


@scenario
async def test_only_so_many_are_answered_side_by_side(room: Room) -> None:
    """There are never more answers in the making than workers, and none of these idles."""
    names = [f"q{number}" for number in range(1, 6)]
    replica = await room.start(workers=2)
    await replica.take(*map(question, names))
    await room.at(0.5)
    assert [asked.id for asked in room.begun] == ["q1", "q2"]
    for name in names:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    assert _posted(room) == [
        "1: About q1. (end)",
        "1: About q2. (end)",
        "2: About q3. (end)",
        "2: About q4. (end)",
        "3: About q5. (end)",
    ]


@scenario
async def test_a_thread_that_waits_keeps_no_worker(room: Room) -> None:
    """Two questions of one thread occupy one worker; the other is there for other threads."""
    replica = await room.start(workers=2)
    await replica.take(question("q1", place="t"), question("q2", place="t"), question("q3"))
    await room.at(0.5)
    assert [asked.id for asked in room.begun] == ["q1", "q3"]
    for name in ["q1", "q2", "q3"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")


@scenario
async def test_replicas_share_the_work_and_keep_the_order(room: Room) -> None:
    """Two replicas answer two threads side by side, and each of these in order."""
    first, second = await room.start("a", workers=1), await room.start("b", workers=1)
    await first.take(question("q1", place="t"), question("q2", place="t"))
    await second.take(question("q3", place="u"), question("q4", place="t"))
    for name in ["q1", "q2", "q3", "q4"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    begun = [asked.id for asked in room.begun]
    assert set(begun[:2]) == {"q1", "q3"}
    assert [name for name in begun if name != "q3"] == ["q1", "q2", "q4"]
