"""What can be done about an answer, by how it ended."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.actions import Action, offered
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Outcome

WISHES = [Action.SUGGEST, Action.ASK_PERSON, Action.SHARE, Action.THREAD]


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_offered_depends_on_how_it_ended(outcome: Outcome) -> None:
    """An answer can be made better and passed on, a failure only asked of people."""
    wanted = {
        Outcome.ANSWERED: WISHES,
        Outcome.NOT_IN_SOURCES: WISHES,
        Outcome.FAILED: [Action.ASK_PERSON],
    }
    everything = RenderOptions(ask_person=True, share=True, thread=True)
    assert offered(outcome, everything) == wanted.get(outcome, [])


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("action", WISHES)
def test_nothing_is_offered_that_is_not_configured(outcome: Outcome, action: Action) -> None:
    """Each button is there only where its option is on."""
    options = {"suggest": False, "ask_person": False, "share": False, "thread": False}
    assert offered(outcome, RenderOptions(**options)) == []
    alone = RenderOptions(**{**options, action.value: True})
    assert set(offered(outcome, alone)) <= {action}
