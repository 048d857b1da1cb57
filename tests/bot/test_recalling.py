"""Passages of earlier turns, found again as the index holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from footnote.bot.recalling import Recall, Recalled
from footnote.bot.turns import Given, Turn
from footnote.connectors.base import Document
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.stores.base import PassageStore
from tests.bot.parts import passage_of
from tests.library import HANDBOOK

LEAVE = passage_of("Staff get 28 days.", "leave")


class Store:
    """Has one passage, and its document as it is by now."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.asked = 0

    async def passages(self, ids: Sequence[str], readers: Readers) -> list[Passage]:
        """The passage."""
        del readers
        self.asked += 1
        return [LEAVE] if LEAVE.id in ids else []

    async def document(self, document_id: str, readers: Readers) -> Document:
        """The document."""
        del readers
        return replace(HANDBOOK[0].document, id=document_id, text=self._text)


async def recalled(store: Store, *given: Given) -> Recalled:
    """A turn that was given these."""
    turn = Turn("a?", "Yes [1].", given=given, cited=tuple((1, one) for one in given[:1]))
    (found,) = await Recall(cast("PassageStore", store)).turns([turn], ADMIN)
    return found


def given(end: int, id_: str = LEAVE.id) -> Given:
    """A span of the document up to here."""
    return Given(id_, LEAVE.document_id, 0, end)


async def test_what_is_there_comes_with_its_number() -> None:
    """The passage itself, a cut one, and what an answer cites; what is gone is left out."""
    store = Store("Staff get 28 days. Ask first.")
    found = await recalled(store, given(18), given(9), given(29), given(18, "gone"))
    assert [passage.text for passage in found.passages] == [
        "Staff get 28 days.",
        "Staff get",
        "Staff get 28 days. Ask first.",
    ]
    assert [passage.end for passage in found.passages] == [18, 9, 29]
    assert found.cited == {1: LEAVE}
    assert store.asked == 1


async def test_a_document_that_changes_at_this_moment_gives_no_wrong_text() -> None:
    """Between passage and document another version may come in: it is not taken for the old."""
    found = await recalled(Store("Nobody gets any days."), given(9), given(29))
    assert found == Recalled("a?", "Yes [1].")
    assert (await recalled(Store(""), given(9))).passages == ()
