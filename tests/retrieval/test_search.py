"""Search over a real index."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from footnote.retrieval.readers import ADMIN, EVERYONE, PUBLIC, Readers
from footnote.retrieval.search import Query, Search, SearchResult
from tests.hashing import HashEmbedder
from tests.library import HANDBOOK, Library, Page, library
from tests.properties import holds_for

NOISE = tuple(
    Page(f"noise{n}", f"# Room {n}\n\nRoom number{n} has chairs{n} and lamps{n} in it.\n")
    for n in range(25)
)
LABELS = ("everyone", "group:hr", "slack:C1")
label_sets = st.frozensets(st.sampled_from(LABELS), max_size=2)


async def find(
    shelf: Library, query: Query | str, readers: Readers = PUBLIC, limit: int = 8
) -> SearchResult:
    """What is found."""
    search = Search(shelf.store, shelf.embedder, shelf.analyzer)
    asked = Query(query) if isinstance(query, str) else query
    return await search.find(asked, readers, limit=limit)


def documents(result: SearchResult) -> list[str]:
    """The documents of what was found, best first."""
    return [found.passage.document_id for found in result.found]


async def test_the_right_page_is_first() -> None:
    """Words and vectors together put the page on the topic first, in both rankings."""
    async with library() as shelf:
        for question, page in {
            "How many days of annual leave?": "leave",
            "Who orders a new laptop?": "laptops",
            "What may a hotel cost a night?": "travel",
            "places for bicycles": "parking",
        }.items():
            result = await find(shelf, question)
            assert documents(result)[0] == f"handbook:{page}.md"
            assert result.documents[0][0] == f"handbook:{page}.md"


async def test_each_side_finds_what_the_other_does_not_know() -> None:
    """A page that only words match comes first, and so does one that only vectors match."""
    embedder = HashEmbedder({"holiday": "leave", "leav": "leave", "zx81": "", "spectrum": ""})
    pages = (
        Page("leave", "# Absence\n\nLeave is granted by the lead.\n"),
        Page("device", "# Device\n\nThe ZX81 is kept somewhere.\n"),
        *NOISE,
    )
    async with library(pages, embedder=embedder) as shelf:
        by_vector = await find(shelf, "holiday")
        assert documents(by_vector)[0] == "handbook:leave.md"
        assert by_vector.found[0].lexical == 0
        assert by_vector.found[0].cosine > 0.3
        by_words = await find(shelf, "spectrum zx81")
        assert documents(by_words)[0] == "handbook:device.md"
        assert by_words.found[0].lexical > 0
        assert by_words.found[0].cosine < 0.3


async def test_scores_explain_the_order() -> None:
    """Scores fall from 0…1, candidates come once, and cosines are the true ones."""
    async with library((*HANDBOOK, *NOISE)) as shelf:
        result = await find(shelf, "annual leave of an employee with a laptop")
        vectors = await shelf.embedder.embed([found.passage.searched for found in result.found])
        assert [found.cosine for found in result.found] == pytest.approx(
            [float(cosine) for cosine in vectors @ result.vector], abs=1e-5
        )
    scores = [found.score for found in result.found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({found.passage.id for found in result.found}) == len(result.found)
    assert len(dict(result.documents)) == len(result.documents)
    assert all(one[1] >= other[1] for one, other in pairwise(result.documents))
    assert 0.1 <= result.weight <= 0.9


async def test_the_limit_holds() -> None:
    """No more passages than asked for, and the first ones stay the same."""
    async with library((*HANDBOOK, *NOISE)) as shelf:
        many = await find(shelf, "room number3", limit=10)
        few = await find(shelf, "room number3", limit=3)
    assert len(many.found) == 10
    assert few.found == many.found[:3]


async def test_a_small_pool_keeps_both_sides() -> None:
    """Where each side gives one passage, both are candidates, with true cosines."""
    embedder = HashEmbedder({"holiday": "leave", "leav": "leave"})
    pages = (
        Page("leave", "# Absence\n\nLeave leave leave.\n"),
        Page("list", "# List\n\nThe holiday list and much more about rooms and chairs.\n"),
        *NOISE,
    )
    async with library(pages, embedder=embedder) as shelf:
        search = Search(shelf.store, shelf.embedder, shelf.analyzer, pool=1)
        result = await search.find(Query("holiday"), PUBLIC)
        assert set(documents(result)) == {"handbook:leave.md", "handbook:list.md"}
        assert all(found.cosine > 0 for found in result.found)


async def test_history_tells_what_a_follow_up_is_about() -> None:
    """A follow-up without a topic finds the page of the questions before it."""
    history = ("How many days of annual leave does an employee get?",)
    async with library((*NOISE, *HANDBOOK)) as shelf:
        alone = await find(shelf, "Why is that?")
        after = await find(shelf, Query("Why is that?", history))
        turned = await find(shelf, Query("What may a hotel cost a night?", history))
    assert documents(after)[0] == "handbook:leave.md"
    assert after.found[0].lexical > max(found.lexical for found in alone.found)
    assert documents(turned)[0] == "handbook:travel.md"


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "🎉🎉", "to be or not", "who are you", "a\x00b"]
)
async def test_questions_without_a_topic_are_searched_too(question: str) -> None:
    """Stop words, signs, emoji and nothing at all give passages and no error."""
    async with library() as shelf:
        result = await find(shelf, question)
    assert 0 < len(result.found) <= 8
    assert all(0 <= found.score <= 1 for found in result.found)


@pytest.mark.parametrize("question", ["annual leave", "", "🎉"])
async def test_an_empty_index_gives_nothing(question: str) -> None:
    """Nothing indexed is nothing found."""
    async with library(()) as shelf:
        result = await find(shelf, question)
    assert (result.found, result.documents) == ((), ())


async def test_a_long_question_is_searched() -> None:
    """Thousands of words are a question like any."""
    async with library() as shelf:
        result = await find(shelf, "annual leave of an employee " * 1000)
    assert documents(result)[0] == "handbook:leave.md"


@holds_for(
    st.lists(st.tuples(st.sampled_from("ab"), st.none() | label_sets), min_size=1, max_size=6),
    st.fixed_dictionaries({}, optional={"a": label_sets, "b": label_sets}),
    st.builds(Readers, label_sets.map(lambda labels: labels | {EVERYONE}), st.booleans()),
    examples=12,
)
def test_only_visible_documents_are_found(
    owners: list[tuple[str, frozenset[str] | None]],
    audiences: dict[str, frozenset[str]],
    readers: Readers,
) -> None:
    """Everything that readers may see is found, and nothing else, by words and by vectors."""
    pages = [
        Page(f"p{n}", f"# Leave\n\nAnnual leave rule number{n}.\n", source, labels)
        for n, (source, labels) in enumerate(owners)
    ]
    visible = {
        page.document.id
        for page in pages
        if readers.may_see(audiences.get(page.source, frozenset()), page.restrictions)
    }

    async def everything() -> list[SearchResult]:
        async with library(pages, audiences=audiences) as shelf:
            return [await find(shelf, text, readers) for text in ("annual leave", "🎉")]

    for result in asyncio.run(everything()):
        assert set(documents(result)) == visible
        assert set(dict(result.documents)) == visible


async def test_admins_see_sources_without_an_audience() -> None:
    """A source that nobody was given is found by admins alone."""
    async with library(audiences={}) as shelf:
        assert (await find(shelf, "annual leave")).found == ()
        assert documents(await find(shelf, "annual leave", ADMIN))[0] == "handbook:leave.md"
