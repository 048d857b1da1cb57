"""Feedback: what the best documents say leads to more of their kind, and costs none its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.retrieval.feedback import Feedback, led_on, settled
from footnote.retrieval.parts import Parts
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query, Search, SearchResult
from tests.library import Library, Page, library
from tests.properties import holds_for

unit = st.floats(0, 1)
scores = st.lists(st.tuples(unit, unit), min_size=1, max_size=8)

PAGES = (
    Page("leave", "# Leave\n\nAnnual leave is 28 days of holiday for each employee.\n"),
    Page("holiday", "# Holiday\n\nEach employee books holiday of 28 days in advance.\n"),
    Page("expiry", "# Expiry\n\nUnused days of an employee expire, 28 at most, each March.\n"),
    Page("paint", "# Paint\n\nLeave paint to dry before you hang pictures in corridors.\n"),
)


async def find(shelf: Library, text: str, feedback: Feedback | None) -> SearchResult:
    """What a search with this feedback finds."""
    parts = Parts(feedback=feedback)
    search = Search(shelf.store, shelf.embedder, shelf.analyzer, parts=parts)
    return await search.find(Query(text), PUBLIC)


@holds_for(scores, st.integers(1, 8))
def test_what_is_kept_stays_and_stays_above(values: list[tuple[float, float]], count: int) -> None:
    """The kept have their scores from before; the others stand below them in their new order."""
    before, anew = np.array(values).T
    kept = np.argsort(-before)[:count]
    after = settled(before, anew, kept)
    assert after[kept].tolist() == before[kept].tolist()
    lowest = after[kept].min()
    others = np.setdiff1d(np.arange(len(values)), kept)
    assert all(after[key] < lowest or after[key] == lowest == 0 for key in others)
    for one in others:
        assert after[one] <= anew[one]
        assert all(after[one] <= after[other] for other in others if anew[one] <= anew[other])


def test_what_stands_below_is_not_moved() -> None:
    """Others that are already below the kept have their scores anew as they are."""
    settled_ones = settled(np.array([0.9, 0.1]), np.array([1.0, 0.5]), np.array([0]))
    assert settled_ones.tolist() == [0.9, 0.5]


def test_the_question_is_moved_towards_the_mean() -> None:
    """By the share of the mean of the passages, whose number does not count."""
    vector = np.array([1.0, 0.0], np.float32)
    best = np.array([[0.0, 1.0], [0.0, 0.5]], np.float32)
    assert led_on(vector, best, 0.5) == pytest.approx([1.0, 0.375])
    assert led_on(vector, best, 0.0) == pytest.approx(vector)


async def test_the_best_lead_to_more_of_their_kind() -> None:
    """A page that is like the best one rises above one that only shares a word with the question.

    The leaders keep their scores, and every cosine that is told is still that to the question.
    """
    async with library(PAGES) as shelf:
        alone = await find(shelf, "leave", None)
        fed = await find(shelf, "leave", Feedback(leaders=1, share=9.0))
    order = [id_ for id_, _ in fed.documents]
    assert alone.documents[0] == fed.documents[0]
    assert order[0] == "handbook:leave.md"
    assert order.index("handbook:expiry.md") < order.index("handbook:paint.md")
    assert [id_ for id_, _ in alone.documents].index("handbook:paint.md") == 1
    cosines = {found.passage.id: found.cosine for found in alone.found}
    assert {found.passage.id: found.cosine for found in fed.found} == cosines


async def test_the_leaders_keep_their_places() -> None:
    """However far the others are moved; and these stand below them."""
    async with library(PAGES) as shelf:
        alone = await find(shelf, "leave", None)
        for leaders in (1, 2):
            fed = await find(shelf, "leave", Feedback(leaders=leaders, share=9.0))
            assert fed.documents[:leaders] == alone.documents[:leaders]
            assert fed.documents[leaders][1] < fed.documents[leaders - 1][1]


@pytest.mark.parametrize("leaders", [4, 5, 99])
async def test_where_all_lead_nothing_changes(leaders: int) -> None:
    """With no more documents than leaders there is nobody to lead on."""
    async with library(PAGES) as shelf:
        alone = await find(shelf, "leave", None)
        fed = await find(shelf, "leave", Feedback(leaders=leaders, share=9.0))
    assert alone.documents == fed.documents
    assert alone.found == fed.found
