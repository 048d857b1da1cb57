"""Looking things up again that were shown: an answer, or a passage in its surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from footnote.bot.audience import Audience, Audiences, visible
from footnote.bot.errors import UnavailableError
from footnote.bot.feedback import opinions
from footnote.bot.praised import may_be_suggested, praised
from footnote.bot.questions import Answer, Citation, Excerpt
from footnote.bot.records import answer_from_json
from footnote.bot.state.base import State
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import PassageStore

AROUND = 600
"""Characters of a document that are shown before and behind a passage."""

GONE = "This answer is no longer kept: ask the question again."
HIDDEN = "You cannot see this passage: it was changed, removed, or is not meant for everyone here."


class KeptAnswers:
    """The `Lookups` of platforms: shows again what was shown, to those who may see it now.

    Args:
        state: Keeps finished questions, and what people say of them.
        store: Keeps documents.
        audiences: What an audience may see.
        sources: Who may see each source today.
    """

    def __init__(
        self,
        state: State,
        store: PassageStore,
        audiences: Audiences,
        sources: Mapping[str, frozenset[str]],
    ) -> None:
        self._state = state
        self._store = store
        self._audiences = audiences
        self._sources = sources

    async def answer(self, question_id: str, viewer: Audience) -> Answer:
        """The answer to a question, if this audience may see all that it was made from.

        Raises:
            UnavailableError: It is no longer kept, or they may not.
        """
        kept = await self._state.queue.kept(question_id)
        if kept is None or not kept.body:
            raise UnavailableError(GONE)
        answer = answer_from_json(kept.body)
        readers = self._audiences.readers(viewer)
        if not all(
            visible(passage.source, passage.restrictions, readers, self._sources)
            for passage in answer.read
        ):
            raise UnavailableError(HIDDEN)
        return replace(
            answer,
            closest=tuple(
                passage
                for passage in answer.closest
                if visible(passage.source, passage.restrictions, readers, self._sources)
            ),
        )

    async def passages(self, question_id: str, number: int, viewer: Audience) -> list[Excerpt]:
        """What one citation number of an answer stands for, each with its surroundings.

        Raises:
            UnavailableError: The answer is no longer kept, or its document has changed or is not
                for this audience.
        """
        kept = await self._state.queue.kept(question_id)
        if kept is None or not kept.body:
            raise UnavailableError(GONE)
        answer = answer_from_json(kept.body)
        readers = self._audiences.readers(viewer)
        found = [
            await self._excerpt(citation, readers)
            for citation in answer.citations
            if citation.number == number
        ]
        excerpts = [excerpt for excerpt in found if excerpt]
        if not excerpts:
            raise UnavailableError(HIDDEN)
        return excerpts

    async def suggestions(self, viewer: Audience, limit: int) -> list[str]:
        """Questions that were answered well, the latest first.

        Raises:
            UnavailableError: The state cannot be read now.
        """
        readers = self._audiences.readers(viewer)
        texts: dict[str, None] = {}
        for question_id in praised(await opinions(self._state)):
            kept = await self._state.queue.kept(question_id)
            if kept and kept.body and len(texts) < limit:
                answer = answer_from_json(kept.body)
                if may_be_suggested(answer, readers, self._sources):
                    texts.setdefault(answer.question.text)
        return list(texts)

    async def _excerpt(self, citation: Citation, readers: Readers) -> Excerpt | None:
        passage = citation.passage
        document = await self._store.document(passage.document_id, readers)
        if document is None or document.text[passage.start : passage.end] != passage.text:
            return None
        return Excerpt(
            citation,
            before=document.text[max(0, passage.start - AROUND) : passage.start],
            after=document.text[passage.end : passage.end + AROUND],
        )
