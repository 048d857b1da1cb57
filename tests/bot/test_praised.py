"""What is suggested to those who wonder what one can ask."""

from __future__ import annotations

from dataclasses import replace

from footnote.bot.audience import Audience, Audiences
from footnote.bot.feedback import Opinion
from footnote.bot.platforms.base import Verdict
from footnote.bot.praised import may_be_suggested, praised
from footnote.bot.questions import Answer, Outcome, Question
from footnote.retrieval.search import Found
from tests.bot.parts import passage_of

GOOD, BAD = Verdict.GOOD, Verdict.BAD
TEAM = Audience(frozenset({"slack:C1"}), public=True)
TODAY = {"docs": frozenset({"everyone"}), "people": frozenset({"group:hr"})}
READERS = Audiences().readers(Audience(frozenset({"slack:U7"}), private=True))
OPEN = Found(passage_of("Open words."), 1.0, 1.0, 1.0)
ANSWER = Answer(Question("q", "Leave?", audience=TEAM), Outcome.ANSWERED, passages=(OPEN,))


def test_more_good_than_bad_and_the_latest_first() -> None:
    """Each person has one verdict; a correction is none."""
    said = [
        Opinion("old", "ann", GOOD),
        Opinion("bad", "ann", GOOD),
        Opinion("bad", "ben", BAD),
        Opinion("new", "ann", GOOD),
        Opinion("corrected", "ann", correction="Better."),
        Opinion("old", "ben", GOOD),
        Opinion("old", "cem", BAD),
    ]
    assert praised(said) == ["old", "new"]


def test_only_what_the_team_could_see_is_suggested() -> None:
    """Not what was asked in private, in a closed channel, or was not answered."""
    assert may_be_suggested(ANSWER, READERS, TODAY)
    for audience in (replace(TEAM, private=True), replace(TEAM, public=False)):
        asked = replace(ANSWER.question, audience=audience)
        assert not may_be_suggested(replace(ANSWER, question=asked), READERS, TODAY)
    assert not may_be_suggested(replace(ANSWER, outcome=Outcome.NOT_IN_SOURCES), READERS, TODAY)


def test_only_what_the_reader_may_see_is_suggested() -> None:
    """All that the answer was made from, by today's settings."""
    theirs = Found(replace(passage_of("Theirs."), source="people"), 1.0, 1.0, 1.0)
    assert not may_be_suggested(replace(ANSWER, passages=(OPEN, theirs)), READERS, TODAY)
    assert not may_be_suggested(ANSWER, READERS, {})
