"""What a view shows is a pure function of it, and only grows."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from footnote.bot.questions import Answer, Block, Outcome, View
from tests.bot.platforms.answers import BLOCKS
from tests.bot.platforms.contract.place import Can, Place, asked, ended, running
from tests.properties import holds_for

LONG = st.integers(1, 100).map(lambda count: Block("It says so once more. " * count, "\n\n"))
ANSWERS = BLOCKS | st.lists(LONG, max_size=8)


async def test_the_same_is_shown_the_same(place: Place) -> None:
    """Rendering changes nothing, and its messages can be compared and kept in sets."""
    question = await asked(place, "how many days?")

    @holds_for(ANSWERS, st.booleans(), examples=30)
    def holds(blocks: list[Block], has_ended: bool) -> None:  # noqa: FBT001  it is drawn
        answer = Answer(question, Outcome.ANSWERED, tuple(blocks)) if has_ended else None
        view = View(question, tuple(blocks), answer=answer)
        before = deepcopy(view)
        messages = place.platform.render(view)
        assert view == before
        assert messages == place.platform.render(before)
        assert len(set(messages)) <= len(messages)

    holds()


async def test_what_is_shown_only_grows(place: Place) -> None:
    """All messages but the last stay as they are when more blocks come, and at the end."""
    question = await asked(place, "how many days?")

    @holds_for(ANSWERS, examples=30)
    def holds(blocks: list[Block]) -> None:
        there = tuple(blocks)
        views = [View(question, there[:count]) for count in range(len(there) + 1)]
        views.append(View(question, there, answer=Answer(question, Outcome.ANSWERED, there)))
        rendered = [place.platform.render(view) for view in views]
        for earlier, later in pairwise(rendered):
            whole = earlier[:-1]
            assert later[: len(whole)] == whole
            assert len(later) >= len(earlier)

    holds()


async def test_two_answers_are_not_shown_the_same(place: Place) -> None:
    """A change is seen, and so is the end."""
    question = await asked(place, "how many days?")
    views = (
        running(question, "alpha"),
        running(question, "alpha", "beta"),
        ended(question, "alpha", "beta"),
        ended(question, "alpha", "gamma"),
        ended(question, outcome=Outcome.CANCELLED),
        ended(question, outcome=Outcome.NOT_IN_SOURCES),
    )
    rendered = [tuple(place.platform.render(view)) for view in views]
    assert len(set(rendered)) == len(views)


@pytest.mark.parametrize("words", [(), ("alpha",)])
@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_end_is_shown(place: Place, outcome: Outcome, words: tuple[str, ...]) -> None:
    """By one message at least; of what was withdrawn, nothing is shown."""
    question = await asked(place, "how many days?")
    messages = place.platform.render(ended(question, *words, outcome=outcome))
    assert bool(messages) == (outcome is not Outcome.WITHDRAWN)


async def test_nothing_is_shown_of_nothing(place: Place) -> None:
    """What is happening meanwhile is told apart, where the platform has a place for that."""
    question = await asked(place, "how many days?")
    assert not place.platform.render(running(question))
    status = place.platform.render(replace(running(question), status="Searching…"))
    assert len(status) == (Can.TELL_APART in place.cannot)
