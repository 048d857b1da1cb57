"""A team that asks and judges: a small index, a state, and answers that a test enqueues."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from footnote.bot.answerer import AnswerOptions
from footnote.bot.app import App, _sync, assemble
from footnote.bot.audience import Audience, Audiences
from footnote.bot.conversations import conversation_key, turn_from_json, turn_of, turn_to_json
from footnote.bot.feedback import approve, digest_of, keep
from footnote.bot.gate import Gate, GateParameters, Strictness
from footnote.bot.generators.quote import QuoteGenerator
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.platforms.base import Approved, Feedback, Replied, Verdict
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.replies import keep_reply, withdraw_reply
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import State
from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.dataset.gathering import Gathered, gathered
from footnote.bot.turns import Conversation
from footnote.retrieval.text import Analyzer
from tests.bot.finished import finish
from tests.bot.parts import Parts, ask, parts
from tests.bot.state.bench import Bench, sqlite_bench
from tests.library import HANDBOOK, Library, Page, _indexed

TEAM = Audience(frozenset({"slack:C1"}), public=True)
SETTINGS = '[sources.handbook]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'

LEAVE = "How many days of annual leave does an employee get?"
TRAVEL = "What does a hotel cost a night at most?"
EXPIRES = "When does unused annual leave expire?"
LAPTOP = "Who orders a new laptop?"
IS_28 = "Every employee gets 28 days of annual leave in a calendar year."
COSTS = "A hotel costs at most 140 euros a night."
ENDS = "Unused annual leave expires at the end of March."
ORDERS = "The service desk orders a new laptop every four years."

GOOD, BAD = Verdict.GOOD, Verdict.BAD


@dataclass(slots=True)
class Team:
    """What a test acts upon.

    Attributes:
        app: The settings, the index, and what verifies.
        state: What was asked and answered.
        generator: Has the prompts of every answer.
        passages: How many passages an answer is made from.
    """

    app: App
    state: State
    generator: ScriptedGenerator
    _parts: Parts
    _bench: Bench | None = None
    passages: int = 2
    _conversations: dict[str, Conversation] = field(default_factory=dict)
    _asked: int = 0

    async def ask(
        self,
        text: str,
        says: str | None,
        *,
        place: str = "",
        asker: str = "U1",
        audience: Audience = TEAM,
    ) -> str:
        """Ask, have it answered so, and give back the question's id; with None it is refused.

        Without a place, the question stands by itself.
        """
        self._asked += 1
        name = f"q{self._asked}"
        question = Question(
            name,
            text,
            asker=asker,
            place=place or f"thread {name}",
            platform="slack",
            audience=audience,
            readers=Audiences(self.app.settings.members).readers(audience),
        )
        thread = conversation_key(question)
        conversation = self._conversations.get(thread, Conversation())
        question = replace(question, conversation=conversation)
        self.generator.enqueue("NOT IN THE SOURCES" if says is None else says)
        always = GateParameters({}, 0.0, dict.fromkeys(Strictness, -math.inf))
        opened = replace(
            self._parts, gate=Gate(self._parts.scorer, self._parts.library.analyzer, always)
        )
        answerer = opened.answerer(self.generator, AnswerOptions(passages=self.passages))
        answer = (await ask(answerer, question)).answer
        assert answer.outcome is (Outcome.NOT_IN_SOURCES if says is None else Outcome.ANSWERED)
        await self.finish(answer)
        return name

    async def finish(self, answer: Answer) -> None:
        """Keep an answer, and its turn."""
        thread = conversation_key(answer.question)
        turn = turn_of(answer)
        if turn:
            turn = turn_from_json(turn_to_json(turn))
            before = self._conversations.get(thread, Conversation())
            self._conversations[thread] = before.after(turn)
        await finish(self.state, answer, turn=turn_to_json(turn) if turn else None)

    async def judge(self, question_id: str, verdict: Verdict, person: str = "U1") -> None:
        """Somebody presses a thumb."""
        assert await keep(self.state, Feedback(question_id, person, verdict))

    async def correct(
        self, question_id: str, text: str, *, approved: bool = True, author: str = "U2"
    ) -> None:
        """Somebody writes a better answer, and an admin may approve it."""
        assert await keep(self.state, Feedback(question_id, author, correction=text))
        if approved:
            seen = Approved(question_id, author, digest_of(text), "UADMIN")
            assert await approve(self.state, seen)

    async def reply(self, question_id: str, text: str) -> None:
        """A person who was asked replies."""
        assert await keep_reply(self.state, Replied("r1", question_id, "U9", "Ann", text))

    async def withdraw(self, reply: str) -> None:
        """The author of a reply removes it."""
        await withdraw_reply(self.state, reply, 1)

    async def advance(self, seconds: float) -> None:
        """Let time go by."""
        assert self._bench
        await self._bench.advance(seconds)

    def second(self) -> AbstractAsyncContextManager[State]:
        """The same state, as another process opens it."""
        assert self._bench
        return self._bench.second()

    async def index(self, page: Page) -> None:
        """A sync brings a new version of a page."""
        shelf = self._parts.library
        await shelf.store.put(await _indexed(page.document, shelf.embedder, shelf.analyzer))

    async def gathered(self) -> Gathered:
        """What there is to learn."""
        return await gathered(self.app, self.state, silent)


def team_of(app: App, state: State, *, passages: int) -> Team:
    """A team over an index and a state that somebody else opens."""
    core, analyzer = app.core, Analyzer()
    shelf = Library(app.store, app.embedder, analyzer, {})  # type: ignore[arg-type]  # whatever embeds
    quote = QuoteGenerator(core.scorer)
    made = Parts(shelf, core.search, core.scorer, core.gate, core.verifier, quote)
    return Team(app, state, ScriptedGenerator(), made, passages=passages)


def silent(line: str) -> None:
    """Take a report, and tell nobody."""
    del line


def why(found: Gathered) -> dict[str, Why]:
    """Why nothing is learned from what, by name."""
    return {left.name: left.why for left in found.left}


def settings_in(folder: Path, text: str = "") -> Settings:
    """Settings with whatever is said, and one source for everyone if that names none."""
    own = "" if "[sources." in text else SETTINGS
    (folder / "footnote.toml").write_text(own + text, "utf-8")
    return load_settings(folder / "footnote.toml")


@asynccontextmanager
async def team(
    folder: Path,
    settings: str = "",
    *,
    pages: Iterable[Page] = HANDBOOK,
    audiences: Mapping[str, frozenset[str]] | None = None,
) -> AsyncIterator[Team]:
    """A team over an index of these pages."""
    known = settings_in(folder, settings)
    async with parts(pages, audiences=audiences) as made, sqlite_bench(folder) as bench:
        store, embedder = made.library.store, made.library.embedder
        core = replace(assemble(store, embedder), verifier=made.verifier, search=made.search)
        app = App(known, store, embedder, core, _sync(known, store, embedder), {})
        yield Team(app, bench.state, ScriptedGenerator(), made, bench)
