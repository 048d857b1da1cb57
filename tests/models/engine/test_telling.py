"""When text is told: at once where somebody waits for it, else now and then, and all of it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from footnote.models.engine.loop import TELL_S, Loop
from footnote.models.engine.messages import Ended, Written
from footnote.models.engine.steps import Chunk, Step
from tests.models.engine.native_world import Loaded, NativeWorld, world_of
from tests.properties import holds_for

Models = Callable[[str], Loaded]


class Watch:
    """A clock that goes on when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def timed(world: NativeWorld, watch: Watch) -> Loop:
    """The world's loop, on another clock."""
    world.loop._clock = watch
    return world.loop


def told(world: NativeWorld) -> list[dict[int, str]]:
    """Every telling of text so far."""
    return [event.texts for event in world.events if isinstance(event, Written)]


def text_of(world: NativeWorld, number: int) -> str:
    """All that was told of an answer."""
    return "".join(texts.get(number, "") for texts in told(world))


def test_the_first_text_is_told_at_once_and_then_now_and_then(loaded_model: Models) -> None:
    """However short its steps are, an answer is told once in so many seconds, and its end."""
    watch = Watch()
    with world_of(loaded_model("llama")) as world:
        timed(world, watch)
        world.ask(range(20, 40), max_tokens=21, endless=True)
        while world.busy:
            world.step()
            watch.now += TELL_S / 5
        # After the first and every fifth of its twenty others, of which the last ends it.
        assert len(told(world)) == 5


def test_whoever_begins_waits_for_nobody(loaded_model: Models) -> None:
    """A first text is told at once though another was told just now, and takes the others along."""
    with world_of(loaded_model("llama")) as world:
        timed(world, Watch())
        first = world.ask(range(20, 40), max_tokens=40, endless=True)
        for _ in range(4):
            world.step()
        second = world.ask(range(40, 60), max_tokens=40, endless=True)
        before = len(told(world))
        while not text_of(world, second):
            world.step()
        assert set(told(world)[-1]) == {first, second}
        # What was kept back was told before the second prompt was read, which takes long.
        assert set(told(world)[before]) == {first}


@holds_for(st.lists(st.tuples(st.integers(1, 12), st.floats(0, TELL_S * 2)), min_size=1))
def test_nothing_is_lost_or_told_twice(
    loaded_model: Models, asked: list[tuple[int, float]]
) -> None:
    """What is told of an answer is its text, all of it before its end, whatever the clock does."""
    watch = Watch()
    with world_of(loaded_model("llama")) as world:
        timed(world, watch)
        numbers = []
        for length, pause in asked:
            numbers.append(world.ask(range(20, 40), max_tokens=length, endless=True))
            watch.now += pause
            world.step()
        world.run_out()
        pieces = world.intake._vocabulary.piece
        for number in numbers:
            wrote = b"".join(map(pieces, world.chosen(number))).decode("utf-8", "replace")
            assert text_of(world, number) == wrote
            last = max(
                place
                for place, event in enumerate(world.events)
                if isinstance(event, Written) and number in event.texts
            )
            assert any(
                isinstance(event, Ended) and event.id == number for event in world.events[last:]
            )


def test_a_step_reads_where_rows_are_neither_guesses_nor_padding() -> None:
    """A token, its guesses and what fills a gap are written; all else is read."""
    written = Chunk(0, 5, (1, 2, 3, 1), 3, id=1, drafts=(2, 3), padding=1)
    assert not Step(chunks=(written,)).reads
    assert Step(chunks=(written, Chunk(1, 0, (1, 2), 1, 1, id=2))).reads
