"""What stands under an answer: where it comes from, or what comes nearest, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from footnote.bot.platforms.actions import Action, offered
from footnote.bot.platforms.discord.buttons import (
    action_buttons,
    feedback_buttons,
    passage_buttons,
    passage_menus,
    row,
    rows_of,
)
from footnote.bot.platforms.discord.limits import ADDRESS, BUTTONS, DESCRIPTION, ROWS, size
from footnote.bot.platforms.discord.messages import JsonObject
from footnote.bot.platforms.discord.safety import escaped, plain
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.links import address
from footnote.bot.platforms.pages.sources import Source, sources
from footnote.bot.platforms.wording import CLOSEST, MORE
from footnote.bot.questions import Answer, Outcome, Question

SOURCES = "Sources"

NAME = 300
"""The room for a passage's title, headings and place; more of them is cut, and marked by "…"."""

NOTE = 1_000
"""The room for how a question ended."""

_LINES_IN_ALL = DESCRIPTION - NOTE - 10

_ROWS_OF_PASSAGES = 2
_ROWS_OF_ACTIONS = 2


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands under an answer.

    Attributes:
        embeds: What is said: at most one embed.
        rows: Rows of components.
    """

    embeds: tuple[JsonObject, ...] = field(default=())
    rows: tuple[JsonObject, ...] = field(default=())


def running_footer(question: Question, options: RenderOptions) -> Footer:
    """What stands under an answer that is still made."""
    actions = [Action.CANCEL] if options.cancel else []
    return Footer(rows=tuple(rows_of(list(action_buttons(question.id, actions)))))


def answer_footer(answer: Answer, conclusion: str, options: RenderOptions) -> Footer:
    """What stands under an answer.

    Args:
        answer: The answer.
        conclusion: How it ended, if that is not said by the message itself, or "".
        options: Which buttons it has.
    """
    return Footer(tuple(_embed(answer, conclusion)), tuple(_rows(answer, options)))


def _embed(answer: Answer, conclusion: str) -> Iterator[JsonObject]:
    """The passages as links, or by their titles, and how it ended."""
    said = _fitting(escaped, conclusion, NOTE) if conclusion else ""
    lines = _filled([_line(source) for source in sources(answer)], _LINES_IN_ALL)
    parts = [lines, said] if answer.outcome is Outcome.ANSWERED else [said, lines]
    if description := "\n\n".join(part for part in parts if part):
        title = SOURCES if answer.outcome is Outcome.ANSWERED else CLOSEST
        about = {"title": title} if lines else {}
        yield {**about, "description": description}


def _line(source: Source) -> str:
    leads = address(source.url, ADDRESS)
    if leads is None:
        return f"{source.mark} {_fitting(escaped, source.named, NAME)}"
    return f"{source.mark} [{_fitting(plain, source.named, NAME)}]({leads})"


def _fitting(write: Callable[[str], str], text: str, room: int) -> str:
    """The text as it is written, cut and marked so if it takes more room than this."""
    kept = text[:room]
    while size(write(kept)) >= room:
        kept = kept[: len(kept) * 7 // 8]
    return write(kept) if kept == text else f"{write(kept)}…"


def _filled(lines: Sequence[str], room: int) -> str:
    """So many of the lines as fit; how many more there are is said."""
    left = room - size(f"\n{MORE.format(len(lines))}")
    fitting = 0
    for line in lines:
        left -= size(f"{line}\n")
        if left < 0:
            break
        fitting += 1
    shown = list(lines[:fitting])
    if fitting < len(lines):
        shown.append(MORE.format(len(lines) - fitting))
    return "\n".join(shown)


def _rows(answer: Answer, options: RenderOptions) -> list[JsonObject]:
    """The rows of components, those first that matter most."""
    question_id = answer.question.id
    rows, buttons = [], []
    if answer.outcome is Outcome.ANSWERED:
        rows = _passages(answer)
        if options.feedback:
            buttons = list(feedback_buttons(question_id))
    buttons += action_buttons(question_id, offered(answer.outcome, options))
    return [*rows, *rows_of(buttons)]


def _passages(answer: Answer) -> list[JsonObject]:
    """Buttons for the citations that no link leads to; menus where they are too many."""
    named = {
        source.number: plain(source.named)
        for source in sources(answer)
        if address(source.url, ADDRESS) is None
    }
    if len(named) > _ROWS_OF_PASSAGES * BUTTONS:
        menus = passage_menus(answer.question.id, named)
        return [row([menu]) for menu in islice(menus, ROWS - _ROWS_OF_ACTIONS)]
    return rows_of(list(passage_buttons(answer.question.id, list(named))))
