"""A terminal that can be read, and answers to show in it."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console

from footnote.bot.platforms.terminal import Terminal
from footnote.bot.questions import Answer, Block, Citation, Outcome, Question, View
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


def terminal(lines: Iterable[str] = (), *, rich: bool = False) -> tuple[Terminal, io.StringIO]:
    """A terminal with these lines to read, and what it shows."""
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=rich, highlight=False)
    waiting = iter(lines)
    return Terminal(lambda: next(waiting, None), console, console), file


def views(answer: Answer) -> Iterable[View]:
    """What there is to show of an answer, as it is made."""
    for count in range(1, len(answer.blocks) + 1):
        yield View(answer.question, answer.blocks[:count])
    yield View(answer.question, answer.blocks, answer=answer)


async def show(shown: Terminal, answer: Answer) -> None:
    """Show an answer as it is made, as the inbox would."""
    sent = ""
    for view in views(answer):
        (message,) = shown.render(view)
        if sent:
            await shown.update(answer.question, sent, message)
        else:
            sent = await shown.post(answer.question, message, "q1#0")
