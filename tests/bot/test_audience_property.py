"""Nobody is shown, told or reminded of what they may not see, whatever happened before."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from footnote.bot.answerer import Answerer, AnswerOptions
from footnote.bot.audience import Audiences
from footnote.bot.conversations import (
    conversation_key,
    remembered,
    turn_from_json,
    turn_of,
    turn_to_json,
)
from footnote.bot.gaps.gaps import unanswered
from footnote.bot.generators.base import Message, Prompt, Queued
from footnote.bot.questions import Outcome, Question
from footnote.bot.recalling import Recall
from footnote.bot.records import answer_to_json
from footnote.bot.state.entries import Kept
from footnote.bot.verifying.sentences import Sentence
from footnote.bot.verifying.support import Verdict, Verifier
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.search import Query
from tests.bot.audience_world import (
    PLACES,
    Ask,
    Place,
    Rules,
    World,
    may_know,
    may_see,
    worlds,
)
from tests.bot.parts import Parts, ask, parts
from tests.library import cut
from tests.properties import holds_for

PAGE = re.compile(r"zq\d+x")
QUESTION = re.compile(r"[\u2800-\u28ff]")
NO_WORDS = re.compile(r"[^\w\u2800-\u28ff ]+")


class Parrot:
    """The worst of generators: it repeats all that it was given."""

    name = "parrot"
    note = ""
    verbatim = False
    context_tokens = 1_000_000
    prefill_rate: float | None = None
    decode_rate: float | None = None
    adapter: str | None = None

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    async def generate(self, prompt: Prompt) -> AsyncIterator[str | Queued]:
        """Say every message and every passage again."""
        self.prompts.append(prompt)
        for message in prompt.messages[1:]:
            yield f"{NO_WORDS.sub(' ', message.text)} [1].\n\n"
        for item in prompt.passages:
            yield f"{NO_WORDS.sub(' ', item.passage.text)} [{item.number}].\n\n"

    def read_already(self, prompt: Prompt) -> int:
        """Nothing."""
        del prompt
        return 0

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """As many as there are messages."""
        return len(messages)

    async def load_adapter(self, adapter: str, path: Path) -> None:
        """Take no notice."""

    async def use_adapter(self, adapter: str | None) -> None:
        """Take no notice."""


class Credulous(Verifier):
    """Takes every sentence for supported, so that nothing that was written is held back."""

    def __init__(self) -> None:
        """Need nothing."""

    async def check(self, sentence: str, passages: Sequence[Passage]) -> Verdict:
        """Support it by the start of the first passage."""
        del sentence
        first = passages[0]
        near = Sentence(first, first.text[:3], first.start, first.start + 3, 0)
        return Verdict(supported=True, reason="", coverage=1.0, cosine=1.0, nearest=near)


@dataclass(slots=True)
class Life:
    """A team with its index, and all that is kept of what was asked."""

    world: World
    rules: Rules
    made: Parts
    turns: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    kept: list[Kept] = field(default_factory=list)
    asked: list[tuple[Place, Rules]] = field(default_factory=list)

    async def live(self) -> None:
        """Go through all that happens, and see what there is to see."""
        for step in self.world.steps:
            match step:
                case Rules():
                    self._report_everywhere()
                    self.rules = step
                    await self.made.library.store.set_audiences(step.audiences)
                case Ask():
                    await self._ask(PLACES[step.place], step)
        self._report_everywhere()

    async def _ask(self, place: Place, step: Ask) -> None:
        number = len(self.asked)
        self.asked.append((place, self.rules))
        text = f"code of the {step.topic}" if step.topic else "Who brews beer on Mars"
        asked = Question(
            f"q{number}",
            f"{text}? {_mark(number)}",
            asker=place.asker,
            place=place.id,
            audience=place.audience,
            readers=self._readers(place),
        )
        turns = self.turns[conversation_key(asked)]
        before = remembered(map(turn_from_json, turns), asked.readers, self.rules.audiences)
        parrot = Parrot()
        generator, verifier = (
            (self.made.quote, self.made.verifier) if step.quote else (parrot, Credulous())
        )
        few = AnswerOptions(passages=step.passages)
        recall = Recall(self.made.library.store)
        answerer = Answerer(
            self.made.search, self.made.gate, generator, verifier, few, recall=recall
        )
        came = await ask(answerer, replace(asked, conversation=before))
        turn = turn_of(came.answer)
        if turn:
            turns.append(turn_to_json(turn))
        body = answer_to_json(came.answer)
        self.kept.append(Kept(asked.id, "", came.answer.outcome, body, (), 0.0))
        self._look(place, came, parrot.prompts, turn)
        await self._open_all(place, asked)

    def _look(self, place: Place, *everything: object) -> None:
        """Nothing of this may come from a page or a conversation that the place may not see."""
        text = repr(everything).lower()
        assert set(PAGE.findall(text)) <= self._pages(place)
        assert set(QUESTION.findall(text)) <= {
            _mark(number)
            for number, (other, _) in enumerate(self.asked)
            if other.conversation == place.conversation
        }

    async def _open_all(self, place: Place, asked: Question) -> None:
        """The place can find and open just what it may see."""
        store, readers, pages = self.made.library.store, asked.readers, self.world.pages
        found = await self.made.search.find(Query(asked.text), readers)
        assert set(PAGE.findall(repr(found.documents))) == self._pages(place)
        opened = [await store.document(page.document.id, readers) for page in pages]
        assert {document.title.lower() for document in opened if document} == self._pages(place)
        ids = [passage.id for page in pages for passage in cut(page)]
        assert set(PAGE.findall(repr(await store.passages(ids, readers)))) == self._pages(place)

    def _report_everywhere(self) -> None:
        """The gap report of each place shows just what may be known there."""
        for place in PLACES.values():
            gaps = unanswered(self.kept, self._readers(place), self.rules.audiences)
            assert set(PAGE.findall(repr(gaps).lower())) <= self._pages(place)
            assert [gap.question_id for gap in gaps] == [
                kept.id
                for kept, (asked, then) in zip(self.kept, self.asked, strict=True)
                if kept.outcome is Outcome.NOT_IN_SOURCES
                and may_know(place, self.rules, asked, then)
            ]

    def _readers(self, place: Place) -> Readers:
        return ADMIN if place.terminal else Audiences(self.rules.groups).readers(place.audience)

    def _pages(self, place: Place) -> set[str]:
        return {page.name for page in self.world.pages if may_see(place, page, self.rules)}


def _mark(number: int) -> str:
    """A sign for a question that is no word, so that it leads no search astray."""
    return chr(0x2801 + number)


async def _live(world: World) -> None:
    async with parts(world.pages, audiences=world.rules.audiences) as made:
        await Life(world, world.rules, made).live()


@holds_for(worlds(), examples=45)
def test_nobody_sees_what_they_may_not(world: World) -> None:
    """No answer, prompt, turn or gap report holds a text that is not for all who see it."""
    asyncio.run(_live(world))


@pytest.mark.soak
@holds_for(worlds(), examples=300)
def test_nobody_ever_sees_what_they_may_not(world: World) -> None:
    """The same over many more teams."""
    asyncio.run(_live(world))
