"""Cancelling within a step: what nobody waits for is given up, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from footnote.models.engine.messages import Ended, Failed
from footnote.models.engine.native import AbortedError, ComputeError
from footnote.models.engine.options import Adapter
from footnote.models.engine.steps import Chunk
from footnote.models.errors import EngineError
from tests.models.engine.conftest import FAMILIES
from tests.models.engine.native_world import Loaded, NativeWorld, world_of

Models = Callable[[str], Loaded]


def during_the_next_step(world: NativeWorld, work: Callable[[], None]) -> list[str]:
    """Do something while llama.cpp computes; returns how the steps from then on end."""
    compute, ends = world.context.compute, list[str]()

    def computed(chunks: Sequence[Chunk]) -> list[int]:
        if not ends:
            work()
        try:
            firsts = compute(chunks)
        except AbortedError:
            ends.append("aborted")
            raise
        ends.append("whole")
        return firsts

    world.context.compute = computed  # type: ignore[method-assign]  # for this test alone
    return ends


@pytest.mark.parametrize("family", FAMILIES)
def test_a_prompt_is_given_up_while_it_is_read(loaded_model: Models, family: str) -> None:
    """The step ends at once, and what was reused from before can still be gone on with."""
    with world_of(loaded_model(family)) as world:
        thread = list(range(20, 60))
        first = world.ask(thread, max_tokens=5, endless=True)
        world.run_out()
        number = world.ask([*thread, *range(100, 60, -1)])
        ends = during_the_next_step(world, lambda: world.cancel(number))
        world.run_out()
        assert ends == ["aborted"]
        ended = world.ended(number)
        assert isinstance(ended, Ended)
        assert ended.reason == "cancelled"
        again = world.ask(thread, max_tokens=5, endless=True)
        world.run_out()
        assert world.chosen(again) == world.chosen(first)


def test_a_step_that_others_need_is_not_given_up(loaded_model: Models) -> None:
    """While an answer is written in the same step, the cancelled one only gets no further."""
    with world_of(loaded_model("llama")) as world:
        running = world.ask(range(20, 40), max_tokens=30, endless=True)
        for _ in range(3):
            world.step()
        number = world.ask(range(40, 60))
        ends = during_the_next_step(world, lambda: world.cancel(number))
        world.run_out()
        assert set(ends) == {"whole"}
        assert len(world.chosen(running)) == 30
        assert isinstance(world.ended(number), Ended)


def test_a_cancelled_prompt_in_line_aborts_nothing(loaded_model: Models) -> None:
    """Cancelling one that only waits leaves the step alone."""
    with world_of(loaded_model("llama")) as world:
        reading = world.ask(range(20, 80), max_tokens=3, endless=True)
        ends = during_the_next_step(world, lambda: world.cancel(reading + 1))
        world.ask(range(20, 30))
        world.run_out()
        assert set(ends) == {"whole"}
        assert len(world.chosen(reading)) == 3


def test_a_step_that_fails_costs_only_its_answers(loaded_model: Models) -> None:
    """Its answers fail with a sentence, and the next question is answered as ever."""
    with world_of(loaded_model("qwen2")) as world:
        expected = world.ask(range(20, 40), max_tokens=10, endless=True)
        world.run_out()

        def fail() -> None:
            raise ComputeError("llama_decode returned -3")

        number = world.ask(range(40, 60))
        compute = world.context.compute
        during_the_next_step(world, fail)
        world.step()
        world.context.compute = compute  # type: ignore[method-assign]  # as it was
        failed = world.ended(number)
        assert isinstance(failed, Failed)
        assert "could not compute (llama_decode returned -3)" in failed.reason
        again = world.ask(range(20, 40), max_tokens=10, endless=True)
        world.run_out()
        assert world.chosen(again) == world.chosen(expected)


def test_an_adapter_that_is_none_is_told(loaded_model: Models) -> None:
    """A file of another kind is refused when it is loaded."""
    model = loaded_model("llama")
    with pytest.raises(EngineError, match="does not fit this model"):
        model.model.load_adapter("model", Adapter(model.options.model))
