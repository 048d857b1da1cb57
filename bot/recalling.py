"""The passages of earlier turns, as the index holds them today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from footnote.bot.turns import Given, Turn
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import PassageStore


@dataclass(frozen=True, slots=True)
class Recalled:
    """A turn with its passages.

    Attributes:
        question: What was asked.
        answer: What was answered, with the numbers that were shown.
        passages: Those that it was given and that are still there, in their order.
        cited: What the numbers stand for, as far as that is still there.
    """

    question: str
    answer: str
    passages: tuple[Passage, ...] = ()
    cited: Mapping[int, Passage] = field(default_factory=dict)


class Recall:
    """Finds again what earlier questions of a thread were answered from.

    What was changed or removed, or what these readers may not see, is not found.

    Args:
        store: Keeps documents.
    """

    def __init__(self, store: PassageStore) -> None:
        self._store = store

    async def turns(self, turns: Sequence[Turn], readers: Readers) -> tuple[Recalled, ...]:
        """The turns with their passages.

        Raises:
            RetrievalError: The store cannot be read.
        """
        given = [one for turn in turns for one in (*turn.given, *dict(turn.cited).values())]
        found = await self._found(dict.fromkeys(given), readers)
        return tuple(
            Recalled(
                turn.question,
                turn.answer,
                tuple(found[one] for one in turn.given if one in found),
                {number: found[one] for number, one in turn.cited if one in found},
            )
            for turn in turns
        )

    async def _found(self, given: Iterable[Given], readers: Readers) -> dict[Given, Passage]:
        """Each passage that is there, under what tells of it.

        A passage's id stands for one version of its document, so its span holds there, too.
        """
        wanted = list(given)
        ids = list(dict.fromkeys(one.id for one in wanted))
        there = {passage.id: passage for passage in await self._store.passages(ids, readers)}
        found = {}
        for one in wanted:
            if one.id in there and (passage := await self._spanned(one, there[one.id], readers)):
                found[one] = passage
        return found

    async def _spanned(self, given: Given, best: Passage, readers: Readers) -> Passage | None:
        """The passage itself, or what it was joined to or cut to."""
        if (best.start, best.end) == (given.start, given.end):
            return best
        document = await self._store.document(given.document_id, readers)
        text = document.text[given.start : given.end] if document else ""
        # Where the document was changed a moment ago, there is another text.
        if not text or not (text in best.text or best.text in text):
            return None
        return replace(best, text=text, start=given.start, end=given.end)
