"""Everything that went over the gateway, in order."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from enum import StrEnum

from tests.servers.clock import Changes, Clock
from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_codes import Op


class What(StrEnum):
    """What an entry is."""

    OPENED = "opened"
    SENT = "sent to the app"
    RECEIVED = "received from the app"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the wire.

    Attributes:
        connection: Its number, from 1 on.
        data: The payload; the address's query of what is OPENED; `code` and `by` of what is CLOSED,
            where a code of None is a cut without a word.
    """

    at: float
    what: What
    connection: int
    data: Json

    @property
    def name(self) -> str:
        """The event's name, or the opcode's as its type has it: `MESSAGE_CREATE`, `Hello`."""
        op = self.data.get("op", -1)
        known = op in set(Op)
        return str(self.data.get("t") or (Op(op).title if known else f"opcode {op}"))


class GatewayRecording:
    """The entries of a run; whoever waits for a change is told of each.

    Attributes:
        on: Whether entries are kept; a long run that watches its memory switches this off.
    """

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self.on = True
        self.entries: list[Entry] = []

    def add(self, what: What, connection: int, data: Json) -> None:
        """Append an entry; later changes to its data do not reach it."""
        if self.on:
            entry = Entry(self._clock.now(), what, connection, copy.deepcopy(data))
            self.entries.append(entry)
        self._changes.tell()

    def of(self, what: What) -> list[Entry]:
        """The entries of one sort."""
        return [entry for entry in self.entries if entry.what is what]

    def sent(self, name: str) -> list[Json]:
        """The payloads that went to the app under a name, such as `MESSAGE_CREATE`."""
        return [entry.data for entry in self.of(What.SENT) if entry.name == name]

    def received(self, op: Op) -> list[Json]:
        """What (`d`) the app sent with an opcode."""
        return [entry.data["d"] for entry in self.of(What.RECEIVED) if entry.data["op"] == op]

    def close_codes(self) -> list[int | None]:
        """How each connection ended that did; None is a cut."""
        return [entry.data["code"] for entry in self.of(What.CLOSED)]
