"""What Weaviate counts slowly is asked for again only when it may have become another number."""

from __future__ import annotations

import pytest

from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.base import Field
from footnote.retrieval.stores.weaviate_counting import AGE_S, MANY, SHARE, Counts

PASSAGES = 20 * MANY
CHANGED = int(SHARE * PASSAGES)


class Server:
    """Says in how many passages terms stand, and takes note of what it was asked."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.numbers = {"rare": MANY - 1, "frequent": MANY}
        self.asked: list[str] = []
        self.counts = Counts(lambda: self.now)

    async def count(self, term: str) -> int:
        """One count."""
        self.asked.append(term)
        if term not in self.numbers:
            message = "it is down"
            raise StoreError(message)
        return self.numbers[term]

    async def look(self, *terms: str, passages: int = PASSAGES, field: Field = Field.STEMS) -> None:
        """Count, and hold the answer to what is there."""
        counted = await self.counts.of(field, terms, passages, self.count)
        assert counted == {term: self.numbers[term] for term in terms}


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
    counted = await server.counts.of(Field.STEMS, ["frequent"], MANY - 5, server.count)
    assert counted == {"frequent": MANY - 5}


async def test_an_error_is_not_remembered(server: Server) -> None:
    """It is raised, and the next question asks again."""
    for _ in range(2):
        with pytest.raises(StoreError, match="down"):
            await server.counts.of(Field.STEMS, ["unknown"], PASSAGES, server.count)
    assert server.asked == ["unknown", "unknown"]
