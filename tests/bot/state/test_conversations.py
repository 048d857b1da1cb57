"""The turns of threads."""

from __future__ import annotations

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Remains
from tests.bot.state.acts import LONG, answered, ask, edit, finish, take
from tests.bot.state.bench import Bench


async def _turns(state: State, thread: str = "t", before: str = "") -> list[str]:
    return list(await state.conversations.turns(thread, before=before))


async def test_turns_are_those_of_their_thread(state: State) -> None:
    """Each thread has the turns of its own questions, and one without any has none."""
    await answered(state, "a", "t")
    await answered(state, "b", "u")
    await answered(state, "c", "t")
    assert await _turns(state) == ["turn of a", "turn of c"]
    assert await _turns(state, "u") == ["turn of b"]
    assert await _turns(state, "v") == []


async def test_turns_are_in_the_order_of_acceptance(state: State) -> None:
    """A question that ends after a later one has its turn before that one's."""
    await ask(state, "a", "t")
    await ask(state, "b", "t", limit=0)
    loose = await take(state)
    assert loose.id == "b"
    await finish(state, loose)
    first = await take(state)
    await finish(state, first)
    assert await _turns(state) == ["turn of a", "turn of b"]


async def test_the_turns_before_a_question(state: State) -> None:
    """Asked for a question, only the turns of earlier ones are given."""
    for question_id in "abc":
        await answered(state, question_id, "t")
    await ask(state, "d", "t")
    assert await _turns(state, before="a") == []
    assert await _turns(state, before="c") == ["turn of a", "turn of b"]
    assert await _turns(state, before="d") == ["turn of a", "turn of b", "turn of c"]
    assert await _turns(state, before="unknown") == ["turn of a", "turn of b", "turn of c"]


async def test_a_thread_keeps_its_latest_turns(state: State) -> None:
    """With each end, only so many turns stay as that end says, the latest by acceptance."""
    for question_id in "abcd":
        await answered(state, question_id, "t", Remains(f"turn of {question_id}", turns=3))
    assert await _turns(state) == ["turn of b", "turn of c", "turn of d"]
    await answered(state, "e", "t", Remains("turn of e", turns=1))
    assert await _turns(state) == ["turn of e"]
    await answered(state, "f", "t", Remains("turn of f", turns=0))
    assert await _turns(state) == []


async def test_an_early_question_that_ends_late_takes_no_later_turn_away(state: State) -> None:
    """What is trimmed is the earliest by acceptance, even if it ended last."""
    for question_id in "abc":
        await answered(state, question_id, "t", Remains(f"turn of {question_id}", turns=2))
    await edit(state, "a")
    await finish(state, await take(state), remains=Remains("turn of a", turns=2))
    assert await _turns(state) == ["turn of b", "turn of c"]


async def test_an_edit_replaces_its_turn(state: State) -> None:
    """A question that ends anew has its new turn in the old place."""
    await answered(state, "a", "t")
    await answered(state, "b", "t")
    await edit(state, "a")
    await finish(state, await take(state), remains=Remains("new turn of a"))
    assert await _turns(state) == ["new turn of a", "turn of b"]


async def test_an_end_without_a_turn_takes_its_turn_away(state: State) -> None:
    """A question that ends anew without a turn is forgotten by its thread, others are not."""
    await answered(state, "a", "t")
    await answered(state, "b", "t")
    await edit(state, "a")
    await finish(state, await take(state), Outcome.FAILED, Remains(turns=1))
    assert await _turns(state) == ["turn of b"]


async def test_turns_expire_with_their_thread(bench: Bench) -> None:
    """All turns stay for `turns_s` after the last one came, and are then gone together."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", "t", Remains("a", turns_s=2 * unit_s))
    await bench.advance(unit_s)
    await answered(state, "b", "t", Remains("b", turns_s=2 * unit_s))
    await bench.advance(1.25 * unit_s)
    await answered(state, "c", "t", Remains(turns_s=LONG))
    assert await _turns(state) == ["a", "b"]
    await bench.advance(1.25 * unit_s)
    assert await _turns(state) == []
    await answered(state, "d", "t", Remains("d"))
    assert await _turns(state) == ["d"]


async def test_tidying_leaves_what_has_not_expired(bench: Bench) -> None:
    """Turns and engagements outlive one another, each for its own time."""
    state, unit_s = bench.state, bench.unit_s
    await answered(state, "a", "t", Remains("a", turns_s=unit_s))
    await answered(state, "b", "u", Remains("b"))
    await bench.advance(1.25 * unit_s)
    await state.tidy()
    assert await state.conversations.engaged("t")
    assert await _turns(state) == []
    assert await _turns(state, "u") == ["b"]


async def test_forgetting_a_thread_leaves_it_engaged(state: State) -> None:
    """After `forget` there are no turns, and the bot still takes part."""
    await answered(state, "a", "t")
    await answered(state, "b", "u")
    await state.conversations.forget("t")
    await state.conversations.forget("unknown")
    assert await _turns(state) == []
    assert await _turns(state, "u") == ["turn of b"]
    assert await state.conversations.engaged("t")
    await answered(state, "c", "t")
    assert await _turns(state) == ["turn of c"]
