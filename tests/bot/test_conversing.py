"""Answering what comes in, with the conversation of each place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.conversations import Origin, Turn
from footnote.bot.conversing import converse
from footnote.bot.platforms.base import Command, Incoming
from footnote.bot.questions import Answer, Event, Outcome, Question
from footnote.bot.settings_load import load_settings
from footnote.retrieval.readers import ADMIN, PUBLIC
from tests.hashing import HashEmbedder

ANNUAL = "how many days of annual leave does every employee get?"
SENTENCE = "Every employee gets 28 days of annual leave."


class Scene:
    """A platform on which these things happen, one after another."""

    name = "scene"

    def __init__(self, *happening: Incoming, cancelled: str = "") -> None:
        self._happening = happening
        self._cancelled = cancelled
        self.asked: list[Question] = []
        self.answers: list[Answer] = []
        self.replies: list[str] = []

    async def incoming(self) -> AsyncIterator[Incoming]:
        """All that happens."""
        for event in self._happening:
            yield event

    async def show(self, question: Question, events: AsyncIterator[Event]) -> Answer | None:
        """Keep what was asked and answered."""
        self.asked.append(question)
        if question.id == self._cancelled:
            return None
        answer = [event async for event in events if isinstance(event, Answer)][-1]
        self.answers.append(answer)
        return answer

    async def reply(self, command: Command, text: str) -> None:
        """Keep the reply."""
        del command
        self.replies.append(text)


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


async def test_questions_follow_up_on_those_of_their_place(app: App) -> None:
    """Each place has its own conversation."""
    scene = Scene(
        Question("1", ANNUAL, place="a"),
        Question("2", "and every employee?", place="a"),
        Question("3", ANNUAL, place="b"),
    )
    await converse(scene, app, ADMIN)
    turn = Turn(ANNUAL, scene.answers[0].text, frozenset({Origin("docs")}))
    assert SENTENCE in turn.answer
    assert [question.conversation.turns for question in scene.asked] == [(), (turn,), ()]


async def test_what_a_place_may_see_is_decided_here(app: App) -> None:
    """The platform's questions get the readers of the place, and no others."""
    for readers, outcome in ((ADMIN, Outcome.ANSWERED), (PUBLIC, Outcome.NOT_IN_SOURCES)):
        scene = Scene(Question("1", ANNUAL, readers=ADMIN))
        await converse(scene, app, readers)
        assert scene.answers[0].outcome is outcome


async def test_what_was_not_answered_is_no_turn(app: App) -> None:
    """A refused or cancelled question would lead the next search away."""
    scene = Scene(
        Question("1", "which volcano erupted in Iceland?"),
        Question("2", ANNUAL),
        Question("3", "and when?"),
        cancelled="2",
    )
    await converse(scene, app, ADMIN)
    assert [question.conversation.turns for question in scene.asked] == [(), (), ()]


async def test_new_forgets_the_place_alone(app: App) -> None:
    """The conversations of other places go on."""
    scene = Scene(
        Question("1", ANNUAL, place="a"),
        Question("2", ANNUAL, place="b"),
        Command("new", place="a"),
        Question("3", ANNUAL, place="a"),
        Question("4", ANNUAL, place="b"),
    )
    await converse(scene, app, ADMIN)
    assert [len(question.conversation.turns) for question in scene.asked] == [0, 0, 0, 1]
    assert scene.replies == ["The next question stands by itself."]


async def test_commands_are_replied_to(app: App) -> None:
    """An unknown one is told where to look."""
    scene = Scene(Command("sources"), Command("frob"), Command("help"))
    await converse(scene, app, ADMIN)
    sources, unknown, helped = scene.replies
    assert sources == "- docs: 1 document, synced just now"
    assert unknown == "There is no /frob: /help says what there is."
    assert "/quit" in helped
