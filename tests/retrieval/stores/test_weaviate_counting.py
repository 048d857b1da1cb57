"""What Weaviate counts slowly is counted again only when it may have become another number."""

from __future__ import annotations

import pytest

from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores import weaviate_counting
from footnote.retrieval.stores.base import Field
from footnote.retrieval.stores.weaviate_counting import (
    AGE_S,
    EXACT_S,
    MANY,
    SHARE,
    UNKNOWN,
    Counts,
    Totals,
)

PASSAGES = 20 * MANY
CHANGED = int(SHARE * PASSAGES)


class Server:
    """Says in how many passages terms stand, and takes note of what it was asked."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.numbers = {"rare": MANY - 1, "frequent": MANY}
        self.asked: list[str] = []
        self.counts = Counts(lambda: self.now)
        self.edition = UNKNOWN
        self.totals = Totals(7, {Field.STEMS: 21})

    async def count(self, term: str) -> int:
        """One count."""
        self.asked.append(term)
        if term not in self.numbers:
            message = "it is down"
            raise StoreError(message)
        return self.numbers[term]

    async def look(self, *terms: str, passages: int = PASSAGES, field: Field = Field.STEMS) -> None:
        """Count, and hold the answer to what is there."""
        counted = await self.counts.of(field, terms, passages, self.edition, self.count)
        assert counted == {term: self.numbers[term] for term in terms}

    async def sum(self) -> Totals:
        """The totals."""
        self.asked.append("totals")
        return self.totals

    async def look_at_totals(self) -> None:
        """Sum, and hold the answer to what is there."""
        assert await self.counts.totals(self.edition, self.sum) == self.totals


@pytest.fixture
def server() -> Server:
    """One with a rare term and a frequent one."""
    return Server()


async def test_a_frequent_term_is_counted_once(server: Server) -> None:
    """A rare one each time, and no term twice for one question."""
    for _ in range(3):
        await server.look("rare", "frequent", "rare")
    assert sorted(server.asked) == ["frequent", "rare", "rare", "rare"]


async def test_each_field_has_its_own_number(server: Server) -> None:
    """A stem and a title are not the same term."""
    await server.look("frequent")
    server.numbers["frequent"] += 1
    for _ in range(2):
        await server.look("frequent", field=Field.TITLE)
    server.numbers["frequent"] -= 1
    await server.look("frequent")
    assert server.asked == ["frequent", "frequent"]


@pytest.mark.parametrize(
    ("later", "more", "again"),
    [
        (AGE_S - 1, 0, False),
        (AGE_S, 0, True),
        (0, CHANGED, False),
        (0, CHANGED + 1, True),
        (0, -CHANGED, False),
        (0, -CHANGED - 1, True),
    ],
)
async def test_a_number_is_good_for_a_while(
    server: Server,
    later: float,
    more: int,
    again: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """Until it is old, or the index is another size."""
    await server.look("frequent")
    server.now += later
    await server.look("frequent", passages=PASSAGES + more)
    assert len(server.asked) == 1 + again


async def test_what_has_become_rare_is_counted_each_time(server: Server) -> None:
    """The old number is not gone back to."""
    await server.look("frequent")
    server.now += AGE_S
    server.numbers["frequent"] = 1
    for _ in range(2):
        await server.look("frequent")
    assert len(server.asked) == 3


async def test_no_term_stands_in_more_passages_than_there_are(server: Server) -> None:
    """Some may have gone since they were counted; more would make a term count against a text."""
    await server.look("frequent", passages=MANY)
    counted = await server.counts.of(Field.STEMS, ["frequent"], MANY - 5, UNKNOWN, server.count)
    assert counted == {"frequent": MANY - 5}


async def test_an_error_is_not_remembered(server: Server) -> None:
    """It is raised, and the next question asks again."""
    for _ in range(2):
        with pytest.raises(StoreError, match="down"):
            await server.counts.of(Field.STEMS, ["unknown"], PASSAGES, 1, server.count)
    assert server.asked == ["unknown", "unknown"]


async def test_in_one_edition_nothing_is_counted_twice(server: Server) -> None:
    """Neither rare terms nor the totals, until a node that was away may have told them."""
    server.edition = 1
    for later in (0, EXACT_S - 1, 1):
        server.now += later
        await server.look("rare")
        await server.look_at_totals()
    assert server.asked == ["rare", "totals"] * 2


@pytest.mark.parametrize("edition", [UNKNOWN, 2])
async def test_another_edition_is_counted_anew(server: Server, edition: int) -> None:
    """Also one of which it is not known what is being written, however often."""
    for place in range(2):
        server.edition = edition if place else 1
        server.numbers["rare"] -= 1
        server.totals = Totals(7 + place, {Field.STEMS: 20})
        await server.look("rare")
        await server.look_at_totals()
    if edition == UNKNOWN:
        server.numbers["rare"] -= 1
        server.totals = Totals(3, {Field.STEMS: 9})
        await server.look("rare")
        await server.look_at_totals()


async def test_a_number_is_as_old_as_its_question(server: Server) -> None:
    """Not as its answer, which may have been long in coming."""
    server.edition = 1

    async def slowly() -> Totals:
        server.now += EXACT_S
        return await server.sum()

    await server.counts.totals(1, slowly)
    await server.look_at_totals()
    assert server.asked == ["totals", "totals"]


async def test_only_so_many_numbers_are_remembered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many different terms people ask for."""
    monkeypatch.setattr(weaviate_counting, "MOST", 3)
    server.numbers |= {f"t{number}": number for number in range(9)}
    server.edition = 1
    await server.look(*(f"t{number}" for number in range(9)))
    await server.look("t8")
    assert len(server.asked) == 9
    await server.look("t0")
    assert len(server.asked) == 10
