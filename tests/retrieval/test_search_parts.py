"""Parts of the search, switched on over a real index."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.retrieval.alignment import LexicalAlignment
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.reranking import Reranking
from footnote.retrieval.search import Query, Search, SearchResult
from footnote.retrieval.stores.base import Field
from footnote.retrieval.trace import Fate
from tests.library import HANDBOOK, Library, Page, library

SAME = "# Copy\n\nEvery employee gets 28 days of annual leave in a calendar year.\n"


async def find(
    shelf: Library, text: str, parts: Parts | None = None, limit: int = 8
) -> SearchResult:
    """What a search of these parts finds."""
    search = Search(shelf.store, shelf.embedder, shelf.analyzer, parts=parts)
    return await search.find(Query(text), PUBLIC, limit=limit, traced=True)


def documents(result: SearchResult) -> list[str]:
    """The documents of what was found, best first."""
    return [found.passage.document_id for found in result.found]


class Contrary:
    """Likes best what is longest."""

    name = "contrary"

    async def scores(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The length of each."""
        del question
        return [float(len(passage.text)) for passage in passages]


async def test_one_page_in_two_places_is_found_once() -> None:
    """The second copy goes, makes room for another page, and the trace names the first."""
    pages = (Page("one", SAME), Page("two", SAME), *HANDBOOK)
    async with library(pages) as shelf:
        once = await find(shelf, "annual leave", limit=3)
        twice = await find(shelf, "annual leave", Parts(duplicate=None), limit=3)
    copies = {"handbook:one.md", "handbook:two.md"}
    assert len(copies & set(documents(once))) == 1
    assert copies < set(documents(twice))
    assert len(once.found) == len(twice.found) == 3
    assert once.trace
    (gone,) = [item for item in once.trace.candidates if item.fate is Fate.DUPLICATE]
    assert gone.by in {found.passage.id for found in once.found}


async def test_many_copies_leave_no_room_empty() -> None:
    """However many of the best passages say the same, others come in their place."""
    pages = (*(Page(f"copy{number}", SAME) for number in range(6)), *HANDBOOK)
    async with library(pages) as shelf:
        result = await find(shelf, "annual leave", limit=3)
    assert len(result.found) == 3
    assert len({found.passage.text for found in result.found}) == 3


async def test_each_part_of_a_compound_question_is_searched() -> None:
    """The texts are told, and the page of the lesser part rises."""
    question = "How many days of annual leave per calendar year and where are bicycles?"
    async with library() as shelf:
        split = await find(shelf, question, Parts(compound_share=1.0), limit=2)
        whole = await find(shelf, question, limit=2)
    assert set(documents(split)) == {"handbook:leave.md", "handbook:parking.md"}
    assert split.trace
    assert whole.trace
    assert len(split.trace.queries) == 3
    assert whole.trace.queries == (question,)
    assert (
        dict(split.documents)["handbook:parking.md"] > dict(whole.documents)["handbook:parking.md"]
    )


async def test_a_reranker_moves_passages_and_documents() -> None:
    """What it likes comes first in both; without a share nothing changes."""
    async with library() as shelf:
        plain = await find(shelf, "bicycles")
        moved = await find(shelf, "bicycles", Parts(reranking=Reranking(Contrary(), share=1.0)))
        still = await find(shelf, "bicycles", Parts(reranking=Reranking(Contrary(), share=0.0)))
    assert documents(plain)[0] == "handbook:parking.md"
    longest = max(moved.found, key=lambda found: len(found.passage.text)).passage
    assert moved.found[0].passage == longest
    assert moved.documents[0][0] == longest.document_id
    assert documents(still) == documents(plain)


async def test_alignment_reads_the_stores_statistics() -> None:
    """The page that holds the whole question aligns best, and telling words count more."""
    async with library() as shelf:
        result = await find(shelf, "twelve places for bicycles")
        passages = [found.passage for found in result.found]
        judge = LexicalAlignment(shelf.store, shelf.analyzer)
        scores = await judge.scores("twelve places for bicycles", passages)
    best = max(zip(scores, passages, strict=True), key=lambda pair: pair[0])
    assert best[1].document_id == "handbook:parking.md"
    assert best[0] == 1.0


async def test_fields_can_be_left_out() -> None:
    """Fewer kinds of terms give a lower lexical score, and none gives none."""
    async with library() as shelf:
        every = await find(shelf, "annual leave")
        stems = await find(shelf, "annual leave", Parts(fields=frozenset({Field.STEMS})))
        none = await find(shelf, "annual leave", Parts(fields=frozenset()))
    assert every.found[0].lexical > stems.found[0].lexical > 0
    assert {found.lexical for found in none.found} == {0.0}
