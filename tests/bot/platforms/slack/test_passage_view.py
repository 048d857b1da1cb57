"""What a passage of any length looks like above a conversation in Slack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote.bot.platforms.slack.forms import passage
from footnote.bot.questions import Excerpt
from tests.bot.platforms.answers import citation
from tests.bot.platforms.slack.limits import SECTION
from tests.bot.platforms.slack.readers import mrkdwn

WHERE, BEFORE, TEXT, AFTER, QUOTES = range(5)


def shown(part: str) -> list[str]:
    """What is said of a passage that is made of this, and of what stands around it."""
    long = part * 3_000
    cited = citation(1, None, part * 99)
    cited = replace(cited, passage=replace(cited.passage, text=long), quote=long)
    return list(mrkdwn(passage(1, [Excerpt(cited, long, long)] * 9)["blocks"]))


@pytest.mark.parametrize("part", ["word ", "<&>", "請假。"])
def test_a_passage_of_any_length_fits(part: str) -> None:
    """However much stands there, each part is what Slack takes of a section."""
    texts = shown(part)
    assert len(texts) == 5
    assert all(0 < len(text) <= SECTION for text in texts)


def test_what_is_cut_says_so() -> None:
    """A reader sees where a passage does not end, and on which side of it there is more."""
    texts = shown("word ")
    assert texts[BEFORE].startswith("… ")
    assert texts[TEXT].endswith("…")
    assert texts[AFTER].endswith(" …")
