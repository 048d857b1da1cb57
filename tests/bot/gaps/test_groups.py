"""Unanswered questions in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.bot.audience import Audience
from footnote.bot.gaps.gaps import Gap
from footnote.bot.gaps.groups import ALIKE, GapGroup, grouped, kept_gaps, stars
from footnote.bot.questions import Answer, Outcome, Question
from footnote.retrieval.passages import Passage
from tests.bot.finished import finish
from tests.bot.parts import passage_of
from tests.bot.state.bench import sqlite_bench
from tests.hashing import HashEmbedder
from tests.properties import holds_for

EVERYONE, HR = frozenset({"everyone"}), frozenset({"everyone", "group:hr"})
TODAY = {"docs": EVERYONE, "people": frozenset({"group:hr"})}
DOGS = ("bring dogs to office", "office bring dogs", "dogs office")
OPEN, OTHER = passage_of("Open words.", "open"), passage_of("Other words.", "other")
PEOPLE = replace(passage_of("Their words.", "theirs"), source="people")

angles = st.lists(st.floats(0, 6.28), min_size=1, max_size=30)


def _gap(
    text: str,
    at: float,
    known_to: frozenset[str] | None = EVERYONE,
    closest: tuple[Passage, ...] = (),
) -> Gap:
    return Gap(f"{text}@{at}", text, at, closest, known_to)


async def _grouped(*gaps: Gap, alike: float = ALIKE) -> list[GapGroup]:
    return await grouped(gaps, HashEmbedder(), TODAY, alike=alike)


def _texts(groups: Sequence[GapGroup]) -> list[list[str]]:
    return [[gap.text for gap in group.gaps] for group in groups]


async def test_questions_that_are_alike_stand_together() -> None:
    """Most asked first, and of equals the latest."""
    gaps = [_gap(text, n) for n, text in enumerate(("payday of staff", *DOGS, "wifi password"))]
    groups = await _grouped(*gaps)
    assert [sorted(texts) for texts in _texts(groups)] == [
        sorted(DOGS),
        ["wifi password"],
        ["payday of staff"],
    ]


async def test_the_first_is_the_one_that_most_are_like_and_the_others_are_latest_first() -> None:
    """The first names the group; ages reach from the first that was asked to the last."""
    gaps = [_gap("dogs cats office", 1), _gap("dogs office", 2), _gap("dogs birds office", 3)]
    (group,) = await _grouped(*gaps, alike=0.75)
    assert [gap.text for gap in group.gaps] == [
        "dogs office",
        "dogs birds office",
        "dogs cats office",
    ]
    assert (group.first, group.last) == (1, 3)


async def test_the_same_question_of_other_readers_is_another_group() -> None:
    """Who may know of one must not learn of the other, nor how often it was asked."""
    gaps = [_gap("payday", 1), _gap("payday", 2, HR), _gap("payday", 3, None), _gap("payday", 4)]
    groups = await _grouped(*gaps)
    assert {group.known_to: len(group.gaps) for group in groups} == {EVERYONE: 2, HR: 1, None: 1}
    assert [group.known_to for group in groups if group.admins_only] == [None]


async def test_the_documents_that_came_near_most_often_come_first() -> None:
    """Three at most, each once, with how many questions it came near to."""
    more = tuple(passage_of("More.", f"more{n}") for n in range(3))
    gaps = [
        _gap("payday", 1, closest=(OTHER, OPEN)),
        _gap("payday", 2, closest=(OPEN, *more)),
        _gap("payday", 3, closest=(more[1], OPEN)),
    ]
    (group,) = await _grouped(*gaps)
    assert [(near.passage.document_id, near.questions) for near in group.nearest] == [
        ("docs:open", 3),
        ("docs:more1", 2),
        ("docs:other", 1),
    ]


@pytest.mark.parametrize(
    ("known_to", "hidden"), [(EVERYONE, [False, True]), (HR, [False, False]), (None, [False, True])]
)
async def test_what_the_readers_of_a_group_may_not_see_is_marked(
    known_to: frozenset[str] | None, hidden: list[bool]
) -> None:
    """A document is for admins only where those who may know of the group do not see it today."""
    (group,) = await _grouped(_gap("payday", 1, known_to, (OPEN, PEOPLE)))
    assert [near.admins_only for near in group.nearest] == hidden


async def test_nothing_is_grouped_without_gaps() -> None:
    """And nothing is embedded; of equal questions, each text is once."""
    embedder = HashEmbedder()
    assert await grouped([], embedder, TODAY) == []
    assert embedder.texts == []
    await grouped([_gap("payday", 1), _gap("payday", 2)], embedder, TODAY)
    assert embedder.texts == ["payday"]


@holds_for(angles, st.floats(0.05, 1.0))
def test_every_member_is_like_the_first(turned: list[float], alike: float) -> None:
    """Each row is in one group, by `alike` or more like its first, and like no earlier first."""
    vectors = np.array([[np.cos(angle), np.sin(angle)] for angle in turned], dtype=np.float32)
    found = stars(vectors, alike)
    assert sorted(row for star in found for row in star) == list(range(len(turned)))
    for place, (middle, *others) in enumerate(found):
        assert others == sorted(others)
        for other in others:
            assert vectors[middle] @ vectors[other] >= alike - 1e-6
        for earlier, *_ in found[:place]:
            for row in (middle, *others):
                assert vectors[earlier] @ vectors[row] < alike + 1e-6


@holds_for(st.integers(1, 40), st.integers(0, 2**32))
def test_groups_shrink_in_the_order_in_which_they_are_found(size: int, seed: int) -> None:
    """The row that most of what is left are like comes next, so no later group is larger."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(size, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sizes = [len(star) for star in stars(vectors, 0.8)]
    assert sizes == sorted(sizes, reverse=True)


def test_many_rows_are_counted_in_blocks() -> None:
    """More rows than a block holds make the same groups."""
    ring = np.eye(3, dtype=np.float32)
    vectors = ring[np.arange(1300) % 3]
    assert [len(star) for star in stars(vectors, 0.9)] == [434, 433, 433]


async def test_every_page_of_what_is_kept_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many finished questions there are, each gap comes once, oldest first."""
    monkeypatch.setattr("footnote.bot.gaps.groups._PAGE", 2)
    audience = Audience(frozenset({"slack:C1"}), public=True)
    async with sqlite_bench(tmp_path) as bench:
        for number in range(5):
            question = Question(str(number), "Why?", place=str(number), audience=audience)
            await finish(bench.state, Answer(question, Outcome.NOT_IN_SOURCES))
        gaps = await kept_gaps(bench.state, TODAY)
    assert [gap.question_id for gap in gaps] == ["0", "1", "2", "3", "4"]
    assert {gap.known_to for gap in gaps} == {EVERYONE}
