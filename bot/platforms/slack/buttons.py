"""Buttons below an answer or a notice, and what comes back when one is pressed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from footnote.bot.platforms.actions import LABELS, Action, Pressed
from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.slack.limits import VALUE, size
from footnote.bot.platforms.slack.messages import JsonObject


def to_value(pressed: Pressed) -> str | None:
    """The value of a button, or None where Slack could not carry it."""
    if pressed.adapter:
        value = json.dumps(["adapter", pressed.adapter])
    else:
        parts = [pressed.question_id, pressed.number, pressed.verdict]
        value = json.dumps([*parts, pressed.author, pressed.digest] if pressed.author else parts)
    return value if size(value) <= VALUE else None


def from_value(value: str) -> Pressed:
    """What a button says that was pressed.

    Raises:
        ValueError: It is no value of these buttons.
    """
    match json.loads(value):
        case ["adapter", str(adapter)]:
            return Pressed("", adapter=adapter)
        case [str(question_id), int(number), None]:
            return Pressed(question_id, number)
        case [str(question_id), int(number), str(verdict)]:
            return Pressed(question_id, number, Verdict(verdict))
        case [str(question_id), int(number), None, str(author), str(digest)]:
            return Pressed(question_id, number, author=author, digest=digest)
    raise ValueError(f"not the value of a button: {value[:100]!r}")


def action_of(action_id: str) -> Action | None:
    """Which action an `action_id` stands for, or None where it is of none."""
    try:
        return Action(action_id.partition(":")[0])
    except ValueError:
        return None


def action_block(question_id: str, actions: Sequence[Action]) -> Iterator[JsonObject]:
    """One block with a button for each action; none where there is none to show."""
    value = to_value(Pressed(question_id))
    if value and actions:
        yield _block([_button(action, LABELS[action], value) for action in actions])


def approval_block(question_id: str, author: str, digest: str) -> Iterator[JsonObject]:
    """A block with the button that approves a correction."""
    if value := to_value(Pressed(question_id, author=author, digest=digest)):
        yield _block([_button(Action.APPROVE, LABELS[Action.APPROVE], value)])


def choice_block(adapter: str) -> Iterator[JsonObject]:
    """A block with the buttons that decide about an adapter."""
    if value := to_value(Pressed("", adapter=adapter)):
        actions = (Action.PROMOTE, Action.KEEP)
        yield _block([_button(action, LABELS[action], value) for action in actions])


def passage_buttons(question_id: str, numbers: Sequence[int]) -> Iterator[JsonObject]:
    """A button for each citation that has no link, each to be put in a block of passages."""
    for number in numbers:
        if value := to_value(Pressed(question_id, number)):
            label = f"Show passage [{number}]"
            yield _button(f"{Action.SHOW_PASSAGE}:{number}", label, value)


def passage_block(buttons: Sequence[JsonObject]) -> JsonObject:
    """A block of `passage_buttons`."""
    return _block(buttons)


def feedback_block(question_id: str) -> Iterator[JsonObject]:
    """Thumbs up and down, as Slack's own apps have them."""
    good = to_value(Pressed(question_id, verdict=Verdict.GOOD))
    bad = to_value(Pressed(question_id, verdict=Verdict.BAD))
    if good and bad:
        yield {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": Action.FEEDBACK.value,
                    "positive_button": _thumb("👍", good, "This answer helped"),
                    "negative_button": _thumb("👎", bad, "This answer did not help"),
                }
            ],
        }


def _thumb(sign: str, value: str, said: str) -> JsonObject:
    return {"text": _plain(sign), "value": value, "accessibility_label": said}


def _button(action_id: str, label: str, value: str) -> JsonObject:
    return {"type": "button", "action_id": str(action_id), "text": _plain(label), "value": value}


def _block(buttons: Sequence[JsonObject]) -> JsonObject:
    return {"type": "actions", "elements": list(buttons)}


def _plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text, "emoji": True}
