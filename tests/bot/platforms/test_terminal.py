"""The terminal as a platform: lines in, answers and replies out."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import Awaitable, Callable

import pytest
from rich.console import Console

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import Cancelled, Command, GoneError, Happening, RefusedError
from footnote.bot.platforms.terminal import Terminal, Written
from footnote.bot.questions import Answer, Block, Outcome, Question, View
from tests.bot.platforms.terminal_answers import (
    ANSWERED,
    BLOCKS,
    LINKED,
    PASSAGE,
    QUESTION,
    show,
    terminal,
)

ADMIN = Audience(private=True, admin=True)
PATIENCE_S = 20.0

Take = Callable[[Terminal, Happening], Awaitable[None]]


class Desk:
    """Takes what comes from a terminal, and does what a test wants of it."""

    def __init__(self, shown: Terminal, does: Take) -> None:
        self.taken: list[Happening] = []
        self._shown = shown
        self._does = does

    async def take(self, happening: Happening) -> None:
        """Take it."""
        self.taken.append(happening)
        await self._does(self._shown, happening)


async def answering(shown: Terminal, happening: Happening) -> None:
    """Nothing is in the sources."""
    if isinstance(happening, Question):
        answer = Answer(happening, Outcome.NOT_IN_SOURCES)
        await shown.post(happening, Written((), answer), happening.id)


async def beginning(shown: Terminal, happening: Happening) -> None:
    """The first block is there."""
    if isinstance(happening, Question):
        await shown.post(happening, Written(BLOCKS[:1]), happening.id)


def interrupt() -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


async def received(*lines: str) -> list[Happening]:
    """What is handed in for these lines."""
    shown, _ = terminal(lines)
    desk = Desk(shown, answering)
    await shown.receive(desk)
    return desk.taken


async def test_lines_become_questions_and_commands() -> None:
    """A slash and a word is a command; what only looks like one is a question."""
    asked = await received("how?", "  ", "/sources", "/more of it", "/etc/hosts is what?", "1/2?")
    assert [event.text if isinstance(event, Question) else event for event in asked] == [
        "how?",
        Command("sources", "", "", "terminal", "terminal", ADMIN),
        Command("more", "of it", "", "terminal", "terminal", ADMIN),
        "/etc/hosts is what?",
        "1/2?",
    ]
    assert len({event.id for event in asked if isinstance(event, Question)}) == 3


async def test_quit_ends_what_comes_in() -> None:
    """Whatever follows."""
    assert await received("/quit", "how?") == []


async def test_whoever_sits_there_is_an_admin() -> None:
    """Nobody else sees the answer; what they may see is not the platform's to say."""
    shown, _ = terminal()
    (question,) = await received("how?")
    assert isinstance(question, Question)
    assert question.audience == ADMIN == await shown.audience(question)
    assert question.readers == Question("", "").readers
    assert not question.readers.unrestricted


async def test_the_next_line_is_read_when_the_answer_has_ended() -> None:
    """Not while it is written: what is typed then belongs to nothing yet."""
    read: list[str] = []

    def read_line() -> str | None:
        read.append("")
        return "how?" if len(read) == 1 else None

    screen = io.StringIO()
    console = Console(file=screen)
    shown = Terminal(read_line, console, console)
    desk = Desk(shown, beginning)
    receiving = asyncio.create_task(shown.receive(desk))
    async with asyncio.timeout(PATIENCE_S):
        while not screen.getvalue():  # noqa: ASYNC110  a file tells nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(read) == 1
        question = _asked(desk)
        ended = Answer(question, Outcome.ANSWERED, BLOCKS)
        await shown.update(question, question.id, Written(BLOCKS, ended))
        await receiving
    assert len(read) == 2


async def test_an_answer_has_its_places_below() -> None:
    """Each number has its title and headings, then the link or else the document's id."""
    shown, file = terminal()
    await show(shown, ANSWERED)
    assert file.getvalue() == (
        "28 days. [1] 3 days. [2]\n"
        "\n"
        "[1] Leave > Annual [bold]leave[/bold]\n"
        "    docs:leave.md\n"
        "[2] Sick leave, page 3\n"
        "    https://docs.example.com/sick.pdf#page=3\n"
        "Quoted.\n"
        "\n"
    )


async def test_a_link_is_one_in_a_terminal() -> None:
    """The title leads to the document, and the note is dim."""
    shown, file = terminal(rich=True)
    await show(shown, ANSWERED)
    assert ";https://docs.example.com/sick.pdf#page=3\x1b\\Sick leave, page 3" in file.getvalue()
    assert "\x1b[2mQuoted." in file.getvalue()


async def test_not_in_the_sources_names_the_closest() -> None:
    """They are no citations, so they have no numbers."""
    shown, file = terminal()
    closest = (LINKED, PASSAGE)
    await show(shown, Answer(QUESTION, Outcome.NOT_IN_SOURCES, closest=closest, note="never shown"))
    assert file.getvalue() == (
        "I could not find this in the sources.\n"
        "The closest that they hold:\n"
        "- Sick leave, page 3\n"
        "  https://docs.example.com/sick.pdf#page=3\n"
        "- Leave > Annual [bold]leave[/bold]\n"
        "  docs:leave.md\n"
        "\n"
    )


async def test_nothing_close_is_not_announced() -> None:
    """An empty index has no closest documents."""
    shown, file = terminal()
    await show(shown, Answer(QUESTION, Outcome.NOT_IN_SOURCES))
    assert file.getvalue() == "I could not find this in the sources.\n\n"


@pytest.mark.parametrize(
    ("outcome", "note", "said"),
    [
        (Outcome.FAILED, "It took too long.", "It took too long. (q1)"),
        (Outcome.CANCELLED, "Cancelled.", "Cancelled."),
        (Outcome.BUSY, "5 questions are waiting.", "5 questions are waiting."),
    ],
)
async def test_how_it_ended_is_said_below(outcome: Outcome, note: str, said: str) -> None:
    """What was shown stays, and the sentence stands below it; a failure can be found in the log."""
    shown, file = terminal()
    await show(shown, Answer(QUESTION, outcome, BLOCKS[:1], note=note))
    assert file.getvalue() == f"28 days. [1]\n\n{said}\n\n"


async def test_what_was_written_is_not_taken_back() -> None:
    """A message that would have to be changed is written anew below."""
    shown, file = terminal()
    sent = await shown.post(QUESTION, Written(BLOCKS[:1]), "key")
    for other in (BLOCKS[1:], (), (Block("28 days!"),)):
        with pytest.raises(GoneError):
            await shown.update(QUESTION, sent, Written(other))
    assert await shown.post(QUESTION, Written(BLOCKS[1:]), "another") != sent
    await shown.update(QUESTION, "another", Written(BLOCKS[1:], ANSWERED))
    with pytest.raises(GoneError):
        await shown.update(QUESTION, "another", Written(BLOCKS[1:]))
    assert file.getvalue().startswith("28 days. [1]\n3 days. [2]\n\n[1] Leave")


async def test_what_is_there_is_not_written_again() -> None:
    """Not by an update that changes nothing, nor at the end."""
    shown, file = terminal()
    sent = await shown.post(QUESTION, Written(BLOCKS[:1]), "key")
    await shown.update(QUESTION, sent, Written(BLOCKS[:1]))
    assert file.getvalue() == "28 days. [1]"
    for _ in range(2):
        await shown.update(QUESTION, sent, Written(BLOCKS, ANSWERED))
    assert file.getvalue().count("28 days.") == file.getvalue().count("Quoted.") == 1


async def test_ctrl_c_cancels_the_answer_alone() -> None:
    """What was shown stays, and the chat goes on as it was."""
    shown, file = terminal(["how?", "/sources"])

    async def does(shown: Terminal, happening: Happening) -> None:
        await beginning(shown, happening)
        if isinstance(happening, Question):
            interrupt()
        if isinstance(happening, Cancelled):
            question = _asked(desk)
            assert happening.question_id == question.id
            ended = Answer(question, Outcome.CANCELLED, BLOCKS[:1])
            await shown.update(question, question.id, Written(BLOCKS[:1], ended))

    desk = Desk(shown, does)
    before = signal.getsignal(signal.SIGINT)
    async with asyncio.timeout(PATIENCE_S):
        await shown.receive(desk)
    assert [type(taken) for taken in desk.taken] == [Question, Cancelled, Command]
    assert file.getvalue() == "28 days. [1]\n\nCancelled.\n\n"
    assert signal.getsignal(signal.SIGINT) is before


async def test_ctrl_c_once_more_ends_the_chat() -> None:
    """An answer that cannot be cancelled holds nobody: it is left to whoever handled it before."""
    shown, _ = terminal(["how?", "/sources"])
    pressed: list[int] = []

    async def does(shown: Terminal, happening: Happening) -> None:
        await beginning(shown, happening)
        interrupt()
        if isinstance(happening, Cancelled):
            await asyncio.Event().wait()

    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(len(desk.taken)))
    desk = Desk(shown, does)
    receiving = asyncio.create_task(shown.receive(desk))
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not pressed:  # noqa: ASYNC110  a signal tells nobody
                await asyncio.sleep(0.01)
        assert pressed == [2]
    finally:
        receiving.cancel()
        await asyncio.wait([receiving])
        signal.signal(signal.SIGINT, before)


async def test_the_end_of_the_program_is_not_taken_for_ctrl_c() -> None:
    """Who cancels the platform itself is obeyed, and the last line is ended."""
    shown, file = terminal(["how?"])
    desk = Desk(shown, beginning)
    receiving = asyncio.create_task(shown.receive(desk))
    async with asyncio.timeout(PATIENCE_S):
        while not file.getvalue():  # noqa: ASYNC110  a file tells nobody
            await asyncio.sleep(0.01)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert file.getvalue() == "28 days. [1]\n"


@pytest.mark.parametrize("error", [FootnoteError, UnavailableError])
async def test_what_was_not_taken_is_said(error: type[FootnoteError]) -> None:
    """And the next line is read."""
    shown, file = terminal(["how?", "/sources", "how many?"])

    async def does(shown: Terminal, happening: Happening) -> None:
        if len(desk.taken) < 3:
            raise error("Not now: ask again.")
        await answering(shown, happening)

    desk = Desk(shown, does)
    await shown.receive(desk)
    assert len(desk.taken) == 3
    assert file.getvalue().startswith("Not now: ask again.\n\n" * 2 + "I could not find")


class Closed(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, text: str) -> int:
        """Fail."""
        raise BrokenPipeError(text)


async def test_what_cannot_be_written_ends_it() -> None:
    """Whoever made the answer is told, and the reason comes out where the lines are read."""
    console = Console(file=Closed(), width=80)
    shown = Terminal(iter(["how?"]).__next__, console, Console(file=io.StringIO()))

    async def does(shown: Terminal, happening: Happening) -> None:
        with pytest.raises(RefusedError):
            await beginning(shown, happening)

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(BrokenPipeError):
            await shown.receive(Desk(shown, does))


async def test_a_status_is_for_the_question_that_is_asked() -> None:
    """None is shown of one that has ended, where the prompt is by now."""
    file, statuses = io.StringIO(), io.StringIO()
    shown = Terminal(
        iter(["how?", None]).__next__,
        Console(file=file, width=80, force_terminal=True, highlight=False),
        Console(file=statuses, width=80, force_terminal=True),
    )

    async def does(shown: Terminal, happening: Happening) -> None:
        assert isinstance(happening, Question)
        await shown.tell(QUESTION, "Somebody else's")
        await shown.tell(happening, "Searching")
        await shown.post(happening, Written((), Answer(happening, Outcome.NOT_IN_SOURCES)), "key")
        await shown.tell(happening, "Too late")

    await shown.receive(Desk(shown, does))
    assert "Searching" in statuses.getvalue()
    assert statuses.getvalue().endswith("\x1b[1A\x1b[2K")
    assert "else" not in statuses.getvalue()
    assert "late" not in statuses.getvalue()
    assert "Searching" not in file.getvalue()


def test_there_is_nothing_to_show_of_nothing() -> None:
    """Neither before the first block, nor of a question that was withdrawn."""
    shown, _ = terminal()
    assert shown.render(View(QUESTION, status="Searching")) == ()
    withdrawn = Answer(QUESTION, Outcome.WITHDRAWN)
    assert shown.render(View(QUESTION, answer=withdrawn)) == ()


async def test_a_reply_is_shown_as_markdown() -> None:
    """As it is in a pipe, rendered in a terminal."""
    shown, file = terminal()
    await shown.reply(Command("sources"), "- docs: **2** documents")
    assert file.getvalue() == "- docs: **2** documents\n\n"
    shown, file = terminal(rich=True)
    await shown.reply(Command("sources"), "- docs: **2** documents")
    assert "**" not in file.getvalue()
    assert "•" in file.getvalue()


def _asked(desk: Desk) -> Question:
    """The question that was taken first."""
    question = desk.taken[0]
    assert isinstance(question, Question)
    return question
