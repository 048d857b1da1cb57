"""Buttons and menus below an answer or a notice, and what comes back when one is used.

All that is needed then is in a component's name, so that it outlives every process:

    footnote:1:show_passage:3:discord:81384788765712384:381870553235193857
    whose, which version, action, detail, and the id of the question

The button that approves a correction carries its author and its digest as well, and so leaves
"discord:" out of all ids. Those that decide about an adapter carry its id in the question's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from footnote.bot.platforms.actions import LABELS, Action, Pressed
from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.discord.limits import (
    BUTTONS,
    CUSTOM_ID,
    OPTION,
    OPTIONS,
    UNMARKED_ID,
    shortened,
    size,
)
from footnote.bot.platforms.discord.messages import JsonObject

BUTTON, MENU, ROW = 2, 3, 1
GREY, RED = 2, 4

_OURS = "footnote:1:"
_MENU = re.compile(r"menu\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_APPROVAL = re.compile(r"(\d{1,20})\.([\da-f]{16})", re.ASCII)
_DISCORD = "discord:"
_DETAILED = {Action.FEEDBACK, Action.APPROVE}
_CHOICES = (Action.PROMOTE, Action.KEEP)
_THUMBS = {Verdict.GOOD: "👍", Verdict.BAD: "👎"}


def to_custom_id(action: Action, pressed: Pressed) -> str | None:
    """The name of a component, or None where Discord could not carry it."""
    if action is Action.APPROVE:
        return _approval(pressed)
    if action in _CHOICES:
        return _named(action, "", pressed.adapter)
    detail = pressed.verdict.value if pressed.verdict else str(pressed.number or "")
    return _named(action, detail, pressed.question_id)


def from_custom_id(custom_id: str) -> Pressed | None:
    """What the name of a component carries; None where another bot or version has made it.

    A menu's carries no number: what was chosen comes back beside it.
    """
    if (parts := _parts(custom_id)) is None:
        return None
    action, detail, question_id = parts
    match action:
        case Action.FEEDBACK if detail in set(Verdict):
            return Pressed(question_id, verdict=Verdict(detail))
        case Action.SHOW_PASSAGE if _NUMBER.fullmatch(detail):
            return Pressed(question_id, int(detail))
        case Action.PROMOTE | Action.KEEP if not detail:
            return Pressed("", adapter=question_id)
        case Action.APPROVE if carried := _APPROVAL.fullmatch(detail):
            author, digest = carried.groups()
            return Pressed(f"{_DISCORD}{question_id}", author=f"{_DISCORD}{author}", digest=digest)
    empty = _MENU.fullmatch(detail) if action is Action.SHOW_PASSAGE else not detail
    return Pressed(question_id) if empty and action not in _DETAILED else None


def action_of(custom_id: str) -> Action | None:
    """Which action the name of a component stands for, or None where it is none of these."""
    parts = _parts(custom_id)
    return parts[0] if parts and from_custom_id(custom_id) else None


def pressed_in(data: Mapping[str, Any]) -> tuple[Action, Pressed] | None:
    """What somebody wants who pressed a button, or chose from a menu; None if it is not ours.

    Args:
        data: The `data` of the interaction, as Discord sends it.
    """
    custom_id = str(data.get("custom_id", ""))
    action, pressed = action_of(custom_id), from_custom_id(custom_id)
    if action is None or pressed is None:
        return None
    if action is not Action.SHOW_PASSAGE or pressed.number:
        return action, pressed
    match data.get("values"):
        case [str(number)] if _NUMBER.fullmatch(number):
            return action, replace(pressed, number=int(number))
    return None


def action_buttons(question_id: str, actions: Sequence[Action]) -> Iterator[JsonObject]:
    """A button for each of these actions."""
    for action in actions:
        if name := to_custom_id(action, Pressed(question_id)):
            style = RED if action is Action.CANCEL else GREY
            yield {"type": BUTTON, "style": style, "label": LABELS[action], "custom_id": name}


def approval_buttons(question_id: str, author: str, digest: str) -> Iterator[JsonObject]:
    """The button that approves somebody's correction."""
    if name := to_custom_id(Action.APPROVE, Pressed(question_id, author=author, digest=digest)):
        label = LABELS[Action.APPROVE]
        yield {"type": BUTTON, "style": GREY, "label": label, "custom_id": name}


def choice_buttons(adapter: str) -> Iterator[JsonObject]:
    """The buttons that decide about an adapter."""
    for action in _CHOICES:
        if name := to_custom_id(action, Pressed("", adapter=adapter)):
            yield {"type": BUTTON, "style": GREY, "label": LABELS[action], "custom_id": name}


def feedback_buttons(question_id: str) -> Iterator[JsonObject]:
    """Thumbs up and down."""
    for verdict, sign in _THUMBS.items():
        if name := to_custom_id(Action.FEEDBACK, Pressed(question_id, verdict=verdict)):
            yield {"type": BUTTON, "style": GREY, "emoji": {"name": sign}, "custom_id": name}


def passage_buttons(question_id: str, numbers: Sequence[int]) -> Iterator[JsonObject]:
    """A button for each of these citations."""
    for number in numbers:
        if name := to_custom_id(Action.SHOW_PASSAGE, Pressed(question_id, number)):
            label = f"Show passage [{number}]"
            yield {"type": BUTTON, "style": GREY, "label": label, "custom_id": name}


def passage_menus(question_id: str, named: Mapping[int, str]) -> Iterator[JsonObject]:
    """Menus to choose one of these citations from, by number, each with what it is called."""
    options = [
        {"label": shortened(f"[{number}] {name}", OPTION), "value": str(number)}
        for number, name in named.items()
    ]
    for start in range(0, len(options), OPTIONS):
        shown = options[start : start + OPTIONS]
        if name := _named(Action.SHOW_PASSAGE, f"menu{start}", question_id):
            first, last = shown[0]["value"], shown[-1]["value"]
            hint = f"Show a passage, [{first}] to [{last}]"
            yield {"type": MENU, "custom_id": name, "placeholder": hint, "options": shown}


def rows_of(buttons: Sequence[JsonObject]) -> list[JsonObject]:
    """Rows of so many buttons as one can hold."""
    starts = range(0, len(buttons), BUTTONS)
    return [row(buttons[start : start + BUTTONS]) for start in starts]


def row(components: Sequence[JsonObject]) -> JsonObject:
    """One row of components."""
    return {"type": ROW, "components": list(components)}


def _named(action: Action, detail: str, question_id: str) -> str | None:
    name = f"{_OURS}{action}:{detail}:{question_id}"
    return name if question_id and size(name) <= CUSTOM_ID else None


def _approval(pressed: Pressed) -> str | None:
    """The name of a button that approves; None where not all of it fits, or is Discord's."""
    author, question = pressed.author.removeprefix(_DISCORD), pressed.question_id
    detail = f"{author}.{pressed.digest}"
    if not _APPROVAL.fullmatch(detail) or not question.startswith(_DISCORD):
        return None
    name = f"{_OURS}{Action.APPROVE}:{detail}:{question.removeprefix(_DISCORD)}"
    return name if size(name) <= UNMARKED_ID else None


def _parts(custom_id: str) -> tuple[Action, str, str] | None:
    if not custom_id.startswith(_OURS):
        return None
    match custom_id.removeprefix(_OURS).split(":", 2):
        case [action, detail, question_id] if action in set(Action) and question_id:
            return Action(action), detail, question_id
    return None
