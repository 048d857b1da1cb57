"""What stands under an answer: where it comes from, or what comes nearest, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from footnote.bot.platforms.actions import Action, offered
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.pages.sources import Source, sources
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.buttons import (
    action_block,
    feedback_block,
    passage_block,
    passage_buttons,
)
from footnote.bot.platforms.slack.limits import BLOCKS_IN_ALL, BUTTONS, SECTION, size
from footnote.bot.platforms.slack.links import address
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.platforms.slack.messages import below as as_json
from footnote.bot.platforms.slack.shortening import shortened, spoken_within
from footnote.bot.platforms.wording import CLOSEST, MORE
from footnote.bot.questions import Answer, Outcome, Question

NAME = 300
"""The room for a passage's title, headings and place; more of them is cut, and marked by "…"."""

_LINES_IN_ALL = 6_000


@dataclass(frozen=True, slots=True)
class Footer:
    """The blocks under an answer.

    Attributes:
        spoken: What they say, as mrkdwn for notifications and screen readers.
        blocks: The blocks.
    """

    spoken: str = ""
    blocks: tuple[JsonObject, ...] = field(default=())


def running_footer(question: Question, options: RenderOptions) -> Footer:
    """What stands under an answer that is still made."""
    actions = [Action.CANCEL] if options.cancel else []
    return Footer(blocks=tuple(action_block(question.id, actions)))


def answer_footer(answer: Answer, conclusion: str, options: RenderOptions) -> Footer:
    """What stands under an answer.

    Args:
        answer: The answer.
        conclusion: How it ended, if that is not said by the message itself, or "".
        options: Which buttons it has.
    """
    said = [spoken_within(conclusion, SECTION)] if conclusion else []
    places = [_place(source) for source in sources(answer)]
    above = [CLOSEST] if places and answer.outcome is Outcome.NOT_IN_SOURCES else []
    linked = _filled([*above, *(place.linked for place in places)])
    if answer.outcome is Outcome.ANSWERED:
        blocks = [_context(text) for text in (*linked, *said)]
    else:
        blocks = [_section(text) for text in (*said, *linked)]
    return Footer(
        "\n".join((*said, *_filled([*above, *(place.spoken for place in places)]))),
        tuple(_that_fit([*blocks, *_controls(answer, options)])),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A line for a passage, with its link and as a screen reader says it."""

    linked: str
    spoken: str


def _place(source: Source) -> _Place:
    spoken = f"{source.mark} {spoken_within(source.named, NAME)}"
    leads = address(source.url)
    if leads is None:
        return _Place(spoken, spoken)
    linked = f"{source.mark} {mrkdwn.link(leads, shortened(source.named, NAME))}"
    return _Place(linked if size(linked) <= SECTION else spoken, spoken)


def _controls(answer: Answer, options: RenderOptions) -> Iterator[JsonObject]:
    """The buttons, those first that matter most."""
    question_id = answer.question.id
    if answer.outcome is Outcome.ANSWERED:
        yield from _passages(answer)
        if options.feedback:
            yield from feedback_block(question_id)
    yield from action_block(question_id, offered(answer.outcome, options))


def _passages(answer: Answer) -> Iterator[JsonObject]:
    """Buttons for the citations that no link leads to."""
    numbers = [source.number for source in sources(answer) if address(source.url) is None]
    buttons = list(passage_buttons(answer.question.id, numbers))
    for start in range(0, len(buttons), BUTTONS):
        yield passage_block(buttons[start : start + BUTTONS])


def _filled(lines: Iterable[str]) -> list[str]:
    """The lines, each at most a section long, in texts of a section; too many are counted."""
    texts: list[str] = []
    room = _LINES_IN_ALL
    left = list(lines)
    while left and size(left[0]) <= room:
        line = left.pop(0)
        room -= size(line)
        if texts and size(f"{texts[-1]}\n{line}") <= SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [*texts, MORE.format(len(left))] if left else texts


def _that_fit(blocks: Iterable[JsonObject]) -> list[JsonObject]:
    fitting: list[JsonObject] = []
    for block in blocks:
        if size(as_json([*fitting, block])) <= BLOCKS_IN_ALL:
            fitting.append(block)
    return fitting


def _context(text: str) -> JsonObject:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _section(text: str) -> JsonObject:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> JsonObject:
    """Text in which Slack looks for nothing of its own accord."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
