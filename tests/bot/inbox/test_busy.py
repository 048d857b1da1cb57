"""What those are told who ask when too many wait already."""

from __future__ import annotations

from tests.bot.inbox.kit import Room, edited, question, scenario


@scenario
async def test_who_comes_when_too_many_wait_is_told_so_at_once(room: Room) -> None:
    """Past the limit the asker learns how many wait and how long, though all workers are busy."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1, queue_limit=2)
    await replica.take(question("q1"))
    await room.at(0.5)
    await replica.take(*map(question, ["q2", "q3", "q4", "q5"]))
    await room.at(0.75)
    busy = (
        "2 questions are waiting already, which takes about 30 seconds: please ask again then. "
        "(end)"
    )
    assert room.transcript == [f"0.5 posted m1: {busy}", f"0.5 posted m2: {busy}"]
    assert await room.end("q1") == ("answered", "Done. (end)")
    for name in ["q2", "q3"]:
        assert await room.end(name) == ("answered", f"About {name}. (end)")
    for name in ["q4", "q5"]:
        assert await room.end(name) == ("busy", busy)
    assert [asked.id for asked in room.begun] == ["q1", "q2", "q3"]


@scenario
async def test_one_that_waits_is_one_question(room: Room) -> None:
    """The sentence is right for a single question, too."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1, queue_limit=1)
    await replica.take(question("q1"))
    await room.at(0.5)
    await replica.take(question("q2"), question("q3"))
    assert await room.end("q3") == (
        "busy",
        "1 question is waiting already, which takes about 20 seconds: please ask again then. (end)",
    )
    assert await room.end("q1") == ("answered", "Done. (end)")
    assert await room.end("q2") == ("answered", "About q2. (end)")


@scenario
async def test_the_wait_is_what_answers_took_lately(room: Room) -> None:
    """Where answers take minutes, minutes are told."""
    room.answers = {"q1": [120.0, "Done."], "q2": [120.0, "Done."]}
    replica = await room.start(workers=1, queue_limit=1)
    await replica.take(question("q1"))
    assert await room.end("q1") == ("answered", "Done. (end)")
    await replica.take(question("q2"))
    await room.at(150)
    await replica.take(question("q3"), question("q4"))
    assert await room.end("q4") == (
        "busy",
        "1 question is waiting already, which takes about 4 minutes: please ask again then. (end)",
    )
    assert await room.end("q2") == ("answered", "Done. (end)")
    assert await room.end("q3") == ("answered", "About q3. (end)")


@scenario
async def test_who_was_told_so_may_ask_again(room: Room) -> None:
    """Being told is the end of that question; a new one, or its edit, is answered."""
    room.answers["q1"] = [20.0, "Done."]
    replica = await room.start(workers=1, queue_limit=0)
    await replica.take(question("q2"))
    assert (await room.end("q2"))[0] == "busy"
    replica.stop()
    replica = await room.start("b")
    await replica.take(edited("q2", "q2, again"), question("q3"))
    assert await room.end("q2") == ("answered", "About q2, again. (end)")
    assert await room.end("q3") == ("answered", "About q3. (end)")
