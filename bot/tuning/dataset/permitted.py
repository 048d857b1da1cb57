"""What may be learned from: what those may see and know of whom the settings name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from footnote.bot.audience import visible
from footnote.bot.questions import Question
from footnote.bot.settings.schema import Settings
from footnote.bot.turns import Origin, Turn
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import EVERYONE, Readers
from footnote.retrieval.stores.base import PassageStore


def learners(settings: Settings) -> Readers:
    """Whoever may see everything that is learned from.

    Groups are not looked into: a label is met by itself alone.
    """
    return Readers(frozenset(settings.tune.audiences))


def may_be_known(question: Question, readers: Readers) -> bool:
    """Whether these readers may know that a question was asked.

    What the asker alone was shown is never learned from. What was asked where all of the team can
    read along, everyone may know; else it takes every label of those who could.
    """
    asked = question.audience
    if asked.private or question.readers.unrestricted:
        return False
    if asked.public and EVERYONE in readers.labels:
        return True
    return bool(asked.labels) and question.readers.labels <= readers.labels


class Permission:
    """Says what may be learned from today.

    Args:
        readers: Whoever may see everything that is learned from.
        sources: Who may see each source today.
        store: Knows which documents are there, and what restricts them today.
    """

    def __init__(
        self, readers: Readers, sources: Mapping[str, frozenset[str]], store: PassageStore
    ) -> None:
        self.readers = readers
        self._sources = sources
        self._store = store
        self._there: dict[str, bool] = {}

    async def seen(self, passages: Iterable[Passage], turns: Iterable[Turn]) -> bool:
        """Whether all of these passages, and all that these turns were made from, may be seen.

        They have to be visible by the restrictions that they had and by those that they have
        today; a document that is gone is seen by nobody.

        Raises:
            RetrievalError: The store cannot be read.
        """
        there = tuple(passages)
        origins = {origin for turn in turns for origin in turn.origins}
        origins |= {Origin(passage.source, passage.restrictions) for passage in there}
        if not all(
            visible(origin.source, origin.restrictions, self.readers, self._sources)
            for origin in origins
        ):
            return False
        for name in dict.fromkeys(passage.document_id for passage in there):
            if name not in self._there:
                found = await self._store.document(name, self.readers)
                self._there[name] = found is not None
            if not self._there[name]:
                return False
        return True
