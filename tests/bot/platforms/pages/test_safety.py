"""Nothing that stands in a document, a question or an answer is obeyed by a platform."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.bot.questions import Answer, Block, Outcome, View
from tests.bot.platforms.answers import (
    BLOCKS,
    CITED,
    LIVING,
    MARKDOWN,
    OPTIONS,
    QUESTION,
    WIKI,
    answered,
    citation,
    passage,
)
from tests.bot.platforms.pages.media import Medium, in_each_medium
from tests.properties import holds_for

ALLOWED = (WIKI,)
PLACES = ["{}", "a {} b", "- {}", "> {}", "|a|b|\n|-|-|\n|{}|c|", "# {}", "##### {}", "**a {} b**"]


@in_each_medium
@pytest.mark.parametrize("around", PLACES)
def test_nothing_of_what_platforms_obey_is_alive(medium: Medium, around: str) -> None:
    """No mention and no foreign link lives in any place of an answer, and nothing is hidden."""
    for living in LIVING:
        blocks = [Block(around.format(living), "", CITED)]
        for message in medium.render(answered(blocks), OPTIONS):
            assert medium.alive(message, ALLOWED) == []


@in_each_medium
@holds_for(BLOCKS, MARKDOWN, MARKDOWN, examples=60)
def test_no_answer_is_alive_but_for_its_citations(
    medium: Medium, blocks: list[Block], title: str, note: str
) -> None:
    """Whatever blocks, titles and notes hold, side by side too, only citations are links."""
    cited = [*blocks, Block("So it is. [4]", " ", (citation(4, WIKI, title),))]
    for message in medium.render(answered(cited, note=note), OPTIONS):
        assert medium.alive(message, ALLOWED) == []


@in_each_medium
@holds_for(MARKDOWN, MARKDOWN, st.sampled_from(Outcome), examples=40)
def test_no_other_outcome_is_alive(medium: Medium, title: str, note: str, outcome: Outcome) -> None:
    """Titles of the nearest documents, and notes, are words."""
    closest = (passage(1, WIKI, title), passage(2, None, title))
    answer = Answer(QUESTION, outcome, closest=closest, note=note)
    for message in medium.render(View(QUESTION, answer=answer), OPTIONS):
        assert medium.alive(message, ALLOWED) == []
