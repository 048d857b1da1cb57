"""The scheduler against a cache whose contents can be seen: random lives of random questions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from footnote.models.engine.scheduler import Limits, Scheduler, TooLongError
from footnote.models.engine.sequences import Layout
from footnote.models.engine.steps import Adapt, Chosen, Prompt
from tests.models.engine.scheduler_world import (
    World,
    alone,
    lives,
)


class TestScheduler:
    """Random lives under random limits; the cache model checks every row while they last."""

    @settings(max_examples=100, deadline=None)
    @given(lives())
    def test_every_answer_is_what_it_would_be_alone(self, world: World) -> None:
        """Neither company, reuse, spills, guesses nor steps that fail change a token."""
        assert set(world.finished) | world.gone == set(world.asked)
        for number, text in world.finished.items():
            assert text == alone(world.prompts[number])

    @settings(max_examples=100, deadline=None)
    @given(lives())
    def test_nobody_is_overtaken(self, world: World) -> None:
        """Prompts begin in the order in which they were asked."""
        assert world.order == sorted(world.order)

    @settings(max_examples=100, deadline=None)
    @given(lives())
    def test_nothing_is_left_over(self, world: World) -> None:
        """After the last answer all sequences are free, and the longest prompt fits at once."""
        assert all(held.owner is None for held in world.scheduler.sequences.all)
        size = world.limits.layout.cells - 1
        world.ask(Prompt(99, (1,) * size, max_tokens=1))
        world.run_out()
        assert len(world.finished[99]) == 1


COSTS = (0.3, 0.6, 0.9)


def limits_for(
    sequences: int = 4, spill_bytes: int = 10_000, costs: tuple[float, ...] = ()
) -> Limits:
    """Sizes for the tests of one behaviour each."""
    return Limits(
        Layout(sequences, 200),
        answers=sequences,
        rows=64,
        rows_beside=8,
        spill_bytes=spill_bytes,
        guess_costs=costs,
    )


def test_a_prompt_that_cannot_fit_is_refused_at_once() -> None:
    """The error says how much it would take and how much there is."""
    with pytest.raises(TooLongError) as error:
        Scheduler(limits_for()).ask(Prompt(1, (1,) * 190, max_tokens=11))
    assert (error.value.tokens, error.value.most) == (201, 200)


def test_a_prompt_is_read_in_small_pieces_beside_running_answers() -> None:
    """While an answer is written, a step reads no more of a prompt than the budget says."""
    world = World(limits_for())
    world.ask(Prompt(1, (1, 2), max_tokens=50))
    world.step()
    world.ask(Prompt(2, (2,) * 100, max_tokens=5))
    sizes = [max(len(chunk.tokens) for chunk in world.step().chunks) for _ in range(3)]
    assert sizes == [8, 8, 8]


def test_a_common_beginning_is_read_once() -> None:
    """Of prompts that come together, only the first has its shared beginning computed."""
    world = World(limits_for())
    for number in range(4):
        world.ask(Prompt(number, (1,) * 100 + (2, number), max_tokens=3))
    world.run_out()
    assert world.reused >= 3 * 64


def test_a_thread_goes_on_where_it_was() -> None:
    """The next turn of a thread computes only what is new, though others came between."""
    world = World(limits_for(sequences=2))
    world.ask(Prompt(1, tuple(range(100)), max_tokens=10))
    world.run_out()
    for number in (2, 3, 4):
        world.ask(Prompt(number, (number,) * 90, max_tokens=3))
        world.run_out()
    begun = dict(world.step().begun)
    assert not begun
    text = tuple(world.texts[1])
    world.ask(Prompt(5, (*text, 7, 8), max_tokens=2))
    assert dict(world.step().begun) == {5: len(text) - 1}


def test_a_new_thread_does_not_cost_another_its_cache() -> None:
    """A prompt that shares only its beginning takes an empty sequence and copies."""
    world = World(limits_for(spill_bytes=0))
    world.ask(Prompt(1, (1,) * 40 + (2,) * 60, max_tokens=2))
    world.run_out()
    world.ask(Prompt(2, (1,) * 40 + (3,) * 60, max_tokens=2))
    assert dict(world.step().begun) == {2: 40}
    world.run_out()
    world.ask(Prompt(3, (*world.texts[1], 5), max_tokens=2))
    assert dict(world.step().begun) == {3: 101}


def test_running_answers_finish_on_their_adapter() -> None:
    """A prompt for another adapter, and all behind it, wait until the running ones are whole."""
    world = World(limits_for())
    world.ask(Prompt(1, (1,), max_tokens=4))
    world.step()
    world.ask(Prompt(2, (2,), max_tokens=4, adapter="friendly"))
    world.ask(Prompt(3, (3,), max_tokens=4))
    while 1 not in world.finished:
        assert world.scheduler.waiting == (2, 3)
        world.step()
    step = world.step()
    assert step.operations[0] == Adapt("friendly")
    assert [number for number, _ in step.begun] == [2]
    world.run_out()
    assert world.order == [1, 2, 3]


def test_a_deadline_ends_waiting_and_writing() -> None:
    """Both the prompt in line and the answer being written are dropped, and said to be."""
    world = World(limits_for(sequences=1))
    world.ask(Prompt(1, (1,), max_tokens=50, deadline=2.0))
    world.ask(Prompt(2, (2,), max_tokens=50, deadline=1.0))
    world.step()
    world.now = 1.0
    assert world.step().expired == (2,)
    world.now = 2.0
    assert world.step().expired == (1,)
    assert not world.scheduler.running


def test_gaps_are_filled_where_cells_are_split() -> None:
    """Sequences of a step go up by one, also when one between has nothing to do."""
    world = World(limits_for())
    for number, most in enumerate((40, 2, 40)):
        world.ask(Prompt(number, (number + 1,) * 3, max_tokens=most))
    world.step()
    for _ in range(4):
        step = world.step()
    assert [chunk.sequence for chunk in step.chunks] == [0, 1, 2]
    assert step.chunks[1].id is None


def test_padding_is_never_taken_for_a_prompt() -> None:
    """A prompt that is read token by token between two answers with guesses is read right."""
    limits = Limits(Layout(3, 200), answers=3, rows=64, rows_beside=1, guess_costs=COSTS)
    world = World(limits)
    repeating = (0, 1, 2, 1, 1, 2) * 4
    world.ask(Prompt(1, repeating, max_tokens=90, lookup=True))
    world.ask(Prompt(2, (1,), max_tokens=2))
    world.ask(Prompt(3, repeating[::-1], max_tokens=90, lookup=True))
    while 2 not in world.finished or not world.guessed_right:
        world.step()
    world.ask(Prompt(4, (1, 2, 0, 0, 1, 2, 2, 1, 0), max_tokens=5))
    padded = 0
    while 4 not in world.finished:
        padded += sum(chunk.padding for chunk in world.step().chunks if chunk.id == 4)
    assert padded > 0
    assert world.finished[4] == alone(world.prompts[4])


def test_a_thread_that_comes_back_from_memory_has_room() -> None:
    """Restoring more than is needed in the end first makes room for all of it."""
    limits = Limits(Layout(3, 200, shared=True), 3, rows=64, rows_beside=8, spill_bytes=10_000)
    world = World(limits)
    world.ask(Prompt(1, tuple(range(120)), max_tokens=2))
    world.run_out()
    world.ask(Prompt(2, tuple(range(200, 290)), max_tokens=10))
    world.run_out()
    world.ask(Prompt(3, (*range(50), 7), max_tokens=5))
    assert dict(world.step().begun) == {3: 50}
    world.run_out()


def test_a_thread_without_room_stays_in_memory() -> None:
    """What does not fit beside the running answers is computed anew, and not restored."""
    limits = Limits(Layout(3, 200, shared=True), 3, rows=128, rows_beside=64, spill_bytes=10_000)
    world = World(limits)
    world.ask(Prompt(1, tuple(range(120)), max_tokens=2))
    world.run_out()
    world.ask(Prompt(2, tuple(range(200, 290)), max_tokens=30))
    world.step()
    world.ask(Prompt(3, (*range(50), 7), max_tokens=5))
    assert dict(world.step().begun) == {3: 0}
    world.run_out()


def test_a_window_that_a_failed_step_went_through_is_not_relied_on() -> None:
    """After a step that failed, the text before it is computed anew where it may be damaged."""
    world = World(Limits(Layout(1, 200), answers=1, rows=42, rows_beside=8, window=20))
    thread = tuple(range(100))
    world.ask(Prompt(1, thread, max_tokens=5))
    world.step()
    step = world.scheduler.plan()
    world.cache.compute(step.chunks)
    world.cache.do(world.scheduler.drop(step))
    world.ask(Prompt(2, thread, max_tokens=5))
    world.run_out()
    assert world.finished[2] == alone(world.prompts[2])


def test_guesses_that_never_come_true_are_given_up() -> None:
    """Where nothing repeats as guessed, soon nothing is guessed any more."""
    world = World(limits_for(sequences=1, costs=COSTS))
    prompt = Prompt(1, (1, 2, 1, 0) * 10, max_tokens=100, lookup=True)
    world.ask(prompt)
    scheduler, drafted = world.scheduler, []
    for index in range(60):
        step = scheduler.plan()
        drafted.append(sum(len(chunk.drafts) for chunk in step.chunks))
        chunk = step.chunks[0]
        if chunk.scored:
            # The pattern comes again, and never goes on as before.
            token = (1, 2, 1, 3)[index % 4]
            scheduler.settle(step, {1: Chosen((token,))})
    assert sum(drafted[:12]) > 0
    assert sum(drafted) <= 40


def test_all_answers_of_a_step_guess_equally_far() -> None:
    """Dear guesses begin with one, grow as they come true, and are as many for each who guesses."""
    costs = (0.5, 1.0, 1.5)
    world = World(Limits(Layout(2, 200), 2, rows=64, rows_beside=8, guess_costs=costs))
    for number, most in ((1, 60), (2, 45)):
        world.ask(Prompt(number, (0, 1, 2, 1, 1, 2) * 4, max_tokens=most, lookup=True))
    lengths: list[int] = []
    while world.scheduler.waiting or world.scheduler.running:
        drafted = {len(chunk.drafts) for chunk in world.step().chunks if chunk.drafts}
        assert len(drafted) <= 1
        lengths += drafted
    assert lengths[0] == 1
    assert max(lengths) == 3
