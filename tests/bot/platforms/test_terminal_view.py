"""One answer shown from its events, as `footnote ask` does."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from footnote.bot.platforms.terminal_view import AnswerView
from footnote.bot.questions import Event, Status
from tests.bot.platforms.terminal_answers import ANSWERED, BLOCKS


async def events(*these: Event) -> AsyncIterator[Event]:
    """Events, one after the other."""
    for event in these:
        yield event


def view() -> tuple[AnswerView, io.StringIO, io.StringIO]:
    """A view, the answers that it shows and the statuses."""
    file, statuses = io.StringIO(), io.StringIO()
    console = Console(file=file, width=80, highlight=False)
    return (
        AnswerView(console, Console(file=statuses, width=80, force_terminal=True)),
        file,
        statuses,
    )


async def test_an_answer_is_shown_and_given_back() -> None:
    """Its blocks, then where they come from."""
    shown, file, _ = view()
    assert await shown.show(events(Status("Searching…"), *BLOCKS, ANSWERED)) is ANSWERED
    assert file.getvalue().startswith("28 days. [1] 3 days. [2]\n\n[1] Leave > ")
    assert file.getvalue().endswith("\nQuoted.\n")


async def test_an_answer_without_an_end_is_a_defect() -> None:
    """It is not passed over in silence."""
    shown, _, _ = view()
    with pytest.raises(RuntimeError, match="ended without the answer"):
        await shown.show(events(*BLOCKS))


async def test_a_status_is_shown_until_there_is_something_to_read() -> None:
    """It is taken back, and none is shown behind the first block."""
    shown, file, statuses = view()
    await shown.show(events(Status("Searching"), BLOCKS[0], Status("Too late"), ANSWERED))
    assert "Searching" in statuses.getvalue()
    assert statuses.getvalue().endswith("\x1b[1A\x1b[2K")
    assert "late" not in statuses.getvalue()
    assert "Searching" not in file.getvalue()


async def test_one_answer_follows_another() -> None:
    """Each has its status and its own lines."""
    shown, file, statuses = view()
    for status in ("Searching", "Looking"):
        await shown.show(events(Status(status), *BLOCKS, ANSWERED))
        assert status in statuses.getvalue()
    first, _, second = file.getvalue().partition("Quoted.\n")
    assert f"{first}Quoted.\n" == second
