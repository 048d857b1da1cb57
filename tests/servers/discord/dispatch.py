"""What happens in the world, told to whoever subscribes: the gateway, and the recording."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

Listener = Callable[[str, Json, str | None, frozenset[str]], None]
"""Told of an event: its name, its payload (`d`), the guild's id, and the ids of the bots' users
that may see it. Intents are the gateway's business."""


class Dispatches:
    """Tells every listener of each event, in order."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of all events from now on; what comes back ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(
        self, event: str, payload: Json, guild_id: str | None, seen_by: frozenset[str]
    ) -> None:
        """Tell of an event; each listener gets a payload of its own."""
        for listener in list(self._listeners):
            listener(event, copy.deepcopy(payload), guild_id, seen_by)
