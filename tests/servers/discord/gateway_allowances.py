"""Where the published types and the gateway differ, each with the reason to allow it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from typing import Any

from tests.servers.discord.dispatch import Json

Change = Callable[[Json, str], object]

EXTRA: dict[tuple[str, str], str] = {
    ("Received Heartbeat", "d"): "the gateway writes null where the type has nothing",
    ("Received HeartbeatAck", "d"): "the gateway writes null where the type has nothing",
    ("Received Reconnect", "d"): "the gateway writes null, as its documentation shows",
    ("Received RESUMED", "d"): "the gateway sends an object, on which discord.py relies",
    ("Received GUILD_CREATE", "d.home_header"): "Discord's own OpenAPI document lists it",
    ("Received GUILD_CREATE", "d.nsfw"): "Discord's own OpenAPI document lists it",
    ("Received INTERACTION_CREATE.3", "d.data.id"): "the documentation of components shows it",
    (
        "Received INTERACTION_CREATE.*",
        "d.channel.permissions",
    ): "the channel's documentation has it",
    ("Received THREAD_MEMBERS_UPDATE", "d.added_members.presence"): "documented for this event",
    ("Received *", "*.reactions.burst_count"): "Discord's own OpenAPI document lists it",
    ("Received *", "*.reactions.burst_me"): "Discord's own OpenAPI document lists it",
}
"""Fields that a type lacks, by the pattern of the type and by the path; `*.` is any depth."""

NUMBERS: dict[tuple[str, str], str] = {
    (
        "Sent RequestGuildMembers",
        "d.guild_id",
    ): "discord.py sends ids as numbers, and Discord reads",
}
"""Ids that may be numbers where the type has a string."""


def as_typed(where: str, payload: Json) -> Json:
    """The payload without what is allowed."""
    typed = copy.deepcopy(payload)
    for field in _fields(EXTRA, where):
        _change(typed, field.split("."), lambda holder, name: holder.pop(name))
    for field in _fields(NUMBERS, where):
        _change(typed, field.split("."), _to_string)
    return typed


def _fields(table: Iterable[tuple[str, str]], where: str) -> list[str]:
    return [field for pattern, field in table if fnmatch(where, pattern)]


def _to_string(holder: Json, name: str) -> None:
    if isinstance(holder[name], int):
        holder[name] = str(holder[name])


def _change(payload: Any, path: list[str], change: Change) -> None:
    """Change a field wherever its path leads; each item of a list is looked at."""
    if isinstance(payload, list):
        for item in payload:
            _change(item, path, change)
    elif isinstance(payload, dict):
        name, *more = path
        if name == "*":
            _change(payload, more, change)
            for inner in list(payload.values()):
                _change(inner, path, change)
        elif name in payload and more:
            _change(payload[name], more, change)
        elif name in payload:
            change(payload, name)
