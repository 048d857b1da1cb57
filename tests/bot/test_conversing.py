"""A conversation in the terminal, over the inbox."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from footnote.bot import conversing
from footnote.bot.app import App, open_app
from footnote.bot.conversations import Origin, turn_of
from footnote.bot.conversing import converse
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.terminal import Terminal
from footnote.bot.questions import Answer, Block, Event, Question, Status
from footnote.bot.settings.load import load_settings
from footnote.retrieval.readers import ADMIN
from tests.hashing import HashEmbedder

ANNUAL = "how many days of annual leave does every employee get?"
SENTENCE = "Every employee gets 28 days of annual leave."
PATIENCE_S = 20.0


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """An index of one private page; the gate lets through whatever may have an answer."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(
        f"# Leave\n\n{SENTENCE}\n\n## Sick leave\n\nCall the office by nine.\n", "utf-8"
    )
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["slack:C9"]\n'
        '[answer]\ngate = "eager"\n',
        encoding="utf-8",
    )
    async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as opened:
        await opened.sync.run(opened.connectors["docs"], "docs")
        yield opened


class Spy:
    """Answers, and remembers what it was asked and answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Question] = []
        self.answers: list[Answer] = []
        self.instead: dict[str, Iterable[Any]] = {}
        monkeypatch.setattr(conversing, "answer_events", self._events)

    async def _events(self, answerer: Any, question: Question) -> AsyncGenerator[Event, None]:
        self.asked.append(question)
        for step in self.instead.get(question.text, ()):
            match step:
                case Exception():
                    raise step
                case asyncio.Event():
                    await step.wait()
                case signal.SIGINT:
                    os.kill(os.getpid(), step)
                case _:
                    yield step
        async for event in answer_events(answerer, question):
            if isinstance(event, Answer):
                self.answers.append(event)
            yield event


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    """Sees what is answered."""
    return Spy(monkeypatch)


async def chat(app: App, *lines: str) -> str:
    """What is shown of a chat in which these lines are typed."""
    file = io.StringIO()
    console = Console(file=file, width=200, highlight=False)
    waiting = iter(lines)
    async with asyncio.timeout(PATIENCE_S):
        await converse(Terminal(lambda: next(waiting, None), console, console), app)
    return file.getvalue()


async def test_a_question_is_answered_for_an_admin(app: App, spy: Spy) -> None:
    """Whoever runs the command line sees every document, whatever its source says."""
    shown = await chat(app, ANNUAL)
    assert shown.startswith(f"{SENTENCE} [1]\n\n")
    assert "\n[1] Leave\n    docs:leave.md\n" in shown
    assert [question.readers for question in spy.asked] == [ADMIN]


async def test_a_question_follows_up_on_those_before(app: App, spy: Spy) -> None:
    """It knows what was asked, and what was answered from where."""
    await chat(app, ANNUAL, "and every employee?")
    turn = turn_of(spy.answers[0])
    assert turn
    assert SENTENCE in turn.answer
    assert turn.origins == {Origin("docs")}
    assert [question.conversation.turns for question in spy.asked] == [(), (turn,)]


async def test_what_was_not_answered_is_no_turn(app: App, spy: Spy) -> None:
    """A refused or cancelled question would lead the next search away."""
    spy.instead[ANNUAL] = [signal.SIGINT, asyncio.Event()]
    shown = await chat(app, "which volcano erupted in Iceland?", ANNUAL, "and when?")
    assert [question.conversation.turns for question in spy.asked] == [(), (), ()]
    assert "\n\nCancelled.\n\n" in shown


async def test_a_new_conversation_knows_nothing_of_the_one_before(app: App, spy: Spy) -> None:
    """However soon behind the answer the line comes."""
    shown = await chat(app, *[ANNUAL, "/new"] * 5, ANNUAL, ANNUAL)
    assert [len(question.conversation.turns) for question in spy.asked] == [0] * 6 + [1]
    assert shown.count("The next question stands by itself.\n\n") == 5


async def test_blocks_are_shown_as_they_come(app: App, spy: Spy) -> None:
    """What is there of a cancelled answer stays, and it is said that there is no more."""
    blocks = (Block("One."), Block("Two.", " "))
    spy.instead[ANNUAL] = [Status("Searching…"), *blocks, signal.SIGINT, asyncio.Event()]
    assert await chat(app, ANNUAL) == "One. Two.\n\nCancelled.\n\n"


async def test_a_defect_ends_its_answer_and_not_the_chat(
    app: App, spy: Spy, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has it under the name that is shown."""
    spy.instead["how?"] = [ZeroDivisionError("a defect")]
    shown = await chat(app, "how?", ANNUAL)
    name = spy.asked[0].reference
    assert shown.startswith(
        f"A defect in Footnote ended this answer ({name}): the log says more.\n\n{SENTENCE} [1]"
    )
    assert [name in entry.getMessage() for entry in caplog.records if entry.exc_info] == [True]


async def test_commands_are_replied_to(app: App) -> None:
    """Those of the chat; of any other it is said that there is none."""
    shown = await chat(app, "/sources", "/frob", "/reindex", "/forget", "/help")
    assert shown.startswith(
        "- docs: 1 document, synced just now\n\n"
        "There is no /frob: /help says what there is.\n\n"
        "There is no /reindex: /help says what there is.\n\n"
        "There is no /forget: /help says what there is.\n\n"
    )
    assert "- /quit ends the chat" in shown


async def test_nothing_is_left_of_a_chat(app: App) -> None:
    """Neither a file nor a task."""
    before = set(app.settings.folder.iterdir())
    await chat(app, ANNUAL, "/sources")
    assert set(app.settings.folder.iterdir()) == before
    assert asyncio.all_tasks() == {asyncio.current_task()}
