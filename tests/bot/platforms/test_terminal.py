"""The terminal as a platform: lines in, answers and replies out."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Iterable

import pytest
from rich.console import Console

from footnote.bot.platforms.base import Command, Incoming
from footnote.bot.platforms.terminal import Terminal
from footnote.bot.questions import Answer, Block, Citation, Event, Outcome, Question, Status
from footnote.retrieval.passages import Passage

QUESTION = Question("q1", "how many days?")
PASSAGE = Passage(
    id="docs:leave.md#1",
    document_id="docs:leave.md",
    source="docs",
    title="Leave\n",
    heading=("Annual [bold]leave[/bold]",),
    text="28 days.",
    start=0,
    end=8,
    ordinal=0,
)
LINKED = Passage(
    id="docs:sick.pdf#1",
    document_id="docs:sick.pdf",
    source="docs",
    title="Sick leave",
    heading=(),
    text="3 days.",
    start=0,
    end=7,
    ordinal=0,
    url="https://docs.example.com/sick.pdf#page=3",
    place="page 3",
)
BLOCKS = (
    Block("28 days. [1]", citations=(Citation(1, PASSAGE, "28 days.", 0, 8),)),
    Block("3 days. [2]", " ", citations=(Citation(2, LINKED, "3 days.", 0, 7),)),
)
ANSWERED = Answer(QUESTION, Outcome.ANSWERED, BLOCKS, note="Quoted.")


def _terminal(lines: Iterable[str] = (), *, rich: bool = False) -> tuple[Terminal, io.StringIO]:
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=rich, highlight=False)
    waiting = iter(lines)
    return Terminal(lambda: next(waiting, None), console, console), file


async def _incoming(*lines: str) -> list[Incoming]:
    terminal, _ = _terminal(lines)
    return [event async for event in terminal.incoming()]


async def _events(*events: Event) -> AsyncIterator[Event]:
    for event in events:
        yield event


async def test_lines_become_questions_and_commands() -> None:
    """A slash and a word is a command; what only looks like one is a question."""
    asked = await _incoming("how?", "  ", "/sources", "/more of it", "/etc/hosts is what?", "1/2?")
    assert [event.text if isinstance(event, Question) else event for event in asked] == [
        "how?",
        Command("sources", place="terminal"),
        Command("more", "of it", place="terminal"),
        "/etc/hosts is what?",
        "1/2?",
    ]
    assert len({event.id for event in asked if isinstance(event, Question)}) == 3


async def test_quit_ends_what_comes_in() -> None:
    """Whatever follows."""
    assert await _incoming("/quit", "how?") == []


async def test_a_question_comes_with_the_least_rights() -> None:
    """What a place may see is not the platform's to say."""
    (question,) = await _incoming("how?")
    assert isinstance(question, Question)
    assert question.readers == Question("", "").readers
    assert not question.readers.unrestricted


async def test_an_answer_has_its_places_below() -> None:
    """Each number has its title and headings, then the link or else the document's id."""
    terminal, file = _terminal()
    shown = await terminal.show(QUESTION, _events(Status("Searching…"), *BLOCKS, ANSWERED))
    assert shown is ANSWERED
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
    terminal, file = _terminal(rich=True)
    await terminal.show(QUESTION, _events(*BLOCKS, ANSWERED))
    assert ";https://docs.example.com/sick.pdf#page=3\x1b\\Sick leave, page 3" in file.getvalue()
    assert "\x1b[2mQuoted." in file.getvalue()


async def test_not_in_the_sources_names_the_closest() -> None:
    """They are no citations, so they have no numbers."""
    terminal, file = _terminal()
    answer = Answer(QUESTION, Outcome.NOT_IN_SOURCES, closest=(LINKED, PASSAGE), note="never shown")
    await terminal.show(QUESTION, _events(answer))
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
    terminal, file = _terminal()
    await terminal.show(QUESTION, _events(Answer(QUESTION, Outcome.NOT_IN_SOURCES)))
    assert file.getvalue() == "I could not find this in the sources.\n\n"


async def test_a_failed_answer_says_why() -> None:
    """What was shown stays, and the sentence stands below it."""
    terminal, file = _terminal()
    answer = Answer(QUESTION, Outcome.FAILED, BLOCKS[:1], note="It took too long.")
    assert await terminal.show(QUESTION, _events(BLOCKS[0], answer)) is answer
    assert file.getvalue() == "28 days. [1]\n\nIt took too long.\n\n"


async def test_ctrl_c_cancels_the_answer_alone() -> None:
    """The work is ended at once, and the platform goes on."""
    terminal, file = _terminal()
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[Event]:
        yield BLOCKS[0]
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    before = signal.getsignal(signal.SIGINT)
    async with asyncio.timeout(10):
        assert await terminal.show(QUESTION, endless()) is None
    assert closed.is_set()
    assert file.getvalue() == "28 days. [1]\nCancelled.\n\n"
    assert signal.getsignal(signal.SIGINT) is before
    assert await terminal.show(QUESTION, _events(*BLOCKS, ANSWERED)) is ANSWERED


async def test_the_end_of_the_program_is_not_taken_for_ctrl_c() -> None:
    """Who cancels the platform itself is obeyed."""
    terminal, file = _terminal()

    async def endless() -> AsyncIterator[Event]:
        yield BLOCKS[0]
        await asyncio.Event().wait()

    showing = asyncio.create_task(terminal.show(QUESTION, endless()))
    await asyncio.sleep(0.05)
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    assert "Cancelled" not in file.getvalue()


async def test_an_answer_without_an_end_is_a_defect() -> None:
    """It is not passed over in silence."""
    terminal, _ = _terminal()
    with pytest.raises(RuntimeError, match="ended without the answer"):
        await terminal.show(QUESTION, _events(*BLOCKS))


async def test_a_status_is_shown_until_there_is_something_to_read() -> None:
    """It is taken back, and none is shown behind the first block."""
    file, statuses = io.StringIO(), io.StringIO()
    terminal = Terminal(
        lambda: None,
        Console(file=file, width=80, force_terminal=True, highlight=False),
        Console(file=statuses, width=80, force_terminal=True),
    )
    late = Status("Too late")
    await terminal.show(QUESTION, _events(Status("Searching"), BLOCKS[0], late, ANSWERED))
    assert "Searching" in statuses.getvalue()
    assert statuses.getvalue().endswith("\x1b[1A\x1b[2K")
    assert "late" not in statuses.getvalue()
    assert "Searching" not in file.getvalue()


async def test_a_reply_is_shown_as_markdown() -> None:
    """As it is in a pipe, rendered in a terminal."""
    terminal, file = _terminal()
    await terminal.reply(Command("sources"), "- docs: **2** documents")
    assert file.getvalue() == "- docs: **2** documents\n\n"
    terminal, file = _terminal(rich=True)
    await terminal.reply(Command("sources"), "- docs: **2** documents")
    assert "**" not in file.getvalue()
    assert "•" in file.getvalue()
