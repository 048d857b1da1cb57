"""How a message is known again: by what its buttons carry, and by its nonce."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

import discord

from footnote.bot.platforms.discord.events import question_id
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.view import Controls, JsonObject
from footnote.bot.questions import Question

SEPARATOR = "|"
DIGITS = 8
_MORE: JsonObject = {
    "type": 1,
    "components": [
        {"type": 2, "style": 2, "label": "…", "custom_id": "footnote", "disabled": True}
    ],
}

NONCE = 25
"""Characters that a nonce has at most (discord.com/developers/docs, "Create Message")."""


def nonce(key: str) -> str:
    """What Discord knows a message by for a few minutes, so that a second send is no second one."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


def mark(key: str) -> str:
    """What the buttons of a message carry, so that it is found again at any time."""
    return hashlib.sha256(key.encode()).hexdigest()[-DIGITS:]


def is_known_without_mark(question: Question, key: str) -> bool:
    """Whether a message is known by what it replies to: the first one of an answer.

    What a person has said to the same question is another answer, which begins likewise.
    """
    address = question.address
    own = question.id == question_id(address["channel"], address["message"])
    return own and key == first_key(question)


def first_key(question: Question) -> str:
    """The key of the first message of an answer, as the inbox makes them."""
    return f"{question.id}#0"


def controls_of(question: Question, message: DiscordMessage, key: str) -> Controls:
    """The buttons of a message, by which it is known again."""
    rows = json.loads(message.components)
    return Controls(marked(rows, key, in_any_case=not is_known_without_mark(question, key)))


def marked(rows: Sequence[JsonObject], key: str, *, in_any_case: bool) -> list[JsonObject]:
    """Rows of components whose names carry the mark of this key.

    Args:
        rows: The rows.
        key: The key.
        in_any_case: Whether a button that does nothing carries it where there is no other.
    """
    if in_any_case and not rows:
        rows = [_MORE]
    return [
        row | {"components": [_with(each, mark(key)) for each in row["components"]]} for row in rows
    ]


def unmarked(custom_id: str) -> str:
    """A component's name without the mark."""
    return custom_id.partition(SEPARATOR)[0]


def marks_of(rows: Iterable[discord.Component]) -> Iterator[str]:
    """The marks that rows of components carry."""
    for name in names_in(rows):
        _, separator, carried = name.partition(SEPARATOR)
        if separator:
            yield carried


def names_in(rows: Iterable[discord.Component]) -> Iterator[str]:
    """The names of the components in these rows."""
    for row in rows:
        for component in row.children if isinstance(row, discord.ActionRow) else ():
            if component.custom_id:
                yield component.custom_id


def _with(component: JsonObject, carried: str) -> JsonObject:
    if "custom_id" not in component:
        return component
    return component | {"custom_id": f"{component['custom_id']}{SEPARATOR}{carried}"}
