"""The gap report, and who may know of which question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import pytest

from footnote.bot.audience import Audience, Audiences
from footnote.bot.gaps.gaps import Gap, unanswered
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.records import answer_to_json
from footnote.bot.state.entries import Kept
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from tests.bot.finished import finish
from tests.bot.parts import ask, parts, passage_of
from tests.bot.state.bench import sqlite_bench

EVERYONE, HR = frozenset({"everyone"}), frozenset({"group:hr"})
TODAY = {"docs": EVERYONE, "people": HR}
AUDIENCES = Audiences({"hr": frozenset({"slack:U7"})})
TEAM = Audience(frozenset({"slack:C1"}), public=True)
PLACES = {
    "team": TEAM,
    "closed": Audience(frozenset({"slack:C9"})),
    "mine": Audience(frozenset({"slack:U7"}), private=True),
    "yours": Audience(frozenset({"slack:U8"}), private=True),
    "admin": Audience(frozenset({"slack:U1"}), private=True, admin=True),
    "shared": Audience(frozenset({"slack:C5"}), outsiders=True),
    "told": Audience(frozenset({"slack:C1", "slack:U7"}), private=True, public=True),
    "web": Audience(private=True),
    "nameless": Audience(),
}

OPEN = passage_of("Open words.", "open")
PEOPLE = replace(passage_of("Their words.", "theirs"), source="people")
SECRET = replace(passage_of("Secret words.", "secret"), restrictions=HR)
GONE = replace(passage_of("Old words.", "old"), source="gone")


def _kept(
    audience: Audience, outcome: Outcome = Outcome.NOT_IN_SOURCES, readers: Readers | None = None
) -> Kept:
    asked = readers or AUDIENCES.readers(audience)
    question = Question("q", "Where is it?", audience=audience, readers=asked)
    answer = Answer(question, outcome, closest=(OPEN, PEOPLE, SECRET, GONE))
    return Kept("q", "thread", outcome, answer_to_json(answer), (), 5.0)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("team", PLACES.keys() - {"shared"}),
        ("closed", {"closed"}),
        ("mine", {"mine", "told"}),
        ("yours", {"yours"}),
        ("admin", {"admin"}),
        ("shared", {"shared"}),
        ("told", {"told"}),
        ("web", set()),
        ("nameless", set()),
    ],
)
def test_a_gap_is_known_to_those_who_could_read_along(asked: str, known: set[str]) -> None:
    """What was asked where the team reads along, the team; else those who carry all its labels."""
    kept = [_kept(PLACES[asked])]
    told = {
        name for name, place in PLACES.items() if unanswered(kept, AUDIENCES.readers(place), TODAY)
    }
    assert told == known
    assert unanswered(kept, ADMIN, TODAY)


def test_what_the_command_line_asked_stays_there() -> None:
    """A question of somebody who may see everything is known to nobody else."""
    kept = [_kept(Audience(), readers=ADMIN)]
    assert unanswered(kept, ADMIN, TODAY)
    assert not unanswered(kept, AUDIENCES.readers(PLACES["admin"]), TODAY)


@pytest.mark.parametrize(
    ("readers", "closest"),
    [
        (PUBLIC, (OPEN,)),
        (Readers(EVERYONE | HR), (OPEN, PEOPLE, SECRET)),
        (ADMIN, (OPEN, PEOPLE, SECRET)),
    ],
)
def test_the_closest_are_those_that_may_be_seen(
    readers: Readers, closest: tuple[Passage, ...]
) -> None:
    """Passages are shown by the audiences of today and their restrictions."""
    (gap,) = unanswered([_kept(TEAM)], readers, TODAY)
    assert gap == Gap("q", "Where is it?", 5.0, closest, EVERYONE)


@pytest.mark.parametrize("asked", PLACES)
def test_the_labels_of_a_gap_are_those_that_it_takes(asked: str) -> None:
    """Whoever carries all of them may know of it, and nobody may where there are none."""
    kept = [_kept(PLACES[asked])]
    (gap,) = unanswered(kept, ADMIN, TODAY)
    if gap.known_to is None:
        assert asked in {"web", "nameless"}
        assert not any(unanswered(kept, AUDIENCES.readers(p), TODAY) for p in PLACES.values())
        return
    assert unanswered(kept, Readers(gap.known_to), TODAY) == [replace(gap, closest=ANY)]
    for label in gap.known_to:
        assert not unanswered(kept, Readers(gap.known_to - {label}), TODAY)


@pytest.mark.parametrize(
    "outcome", [outcome for outcome in Outcome if outcome is not Outcome.NOT_IN_SOURCES]
)
def test_other_outcomes_are_no_gaps(outcome: Outcome) -> None:
    """Only what the sources did not answer is reported."""
    assert unanswered([_kept(TEAM, outcome)], ADMIN, TODAY) == []


async def test_the_report_is_made_from_the_journal(tmp_path: Path) -> None:
    """What the state keeps of finished questions is enough, and what was erased is left out."""
    async with parts() as made, sqlite_bench(tmp_path) as bench:
        for n, text in enumerate(("Who brews beer on Mars?", "Who sells wine on Venus?")):
            question = Question(f"q{n}", text, place=str(n), audience=TEAM)
            await finish(bench.state, (await ask(made.answerer(made.quote), question)).answer)
        everything = unanswered(await bench.state.journal.finished(), PUBLIC, {})
        await bench.state.journal.erase("q0")
        rest = unanswered(await bench.state.journal.finished(), PUBLIC, {})
    assert [gap.text for gap in everything] == [
        "Who brews beer on Mars?",
        "Who sells wine on Venus?",
    ]
    assert [gap.question_id for gap in rest] == ["q1"]
