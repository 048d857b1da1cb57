"""Everything that went over the wire, in order."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.servers.slack.clock import Changes, Clock
from tests.servers.slack.world import Json


class What(StrEnum):
    """What an entry is."""

    CALL = "Web API request"
    ANSWER = "Web API response"
    SENT = "envelope"
    ACK = "acknowledgement"
    POSTED = "signed request"
    REPLY = "response to a signed request"
    RESPONSE_URL = "response_url request"
    SOCKET = "socket"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the wire.

    Attributes:
        name: The method, or the kind of the payload.
        number: The call, envelope or socket that it belongs to.
        data: The arguments, the answer, the payload.
        status: The HTTP status; None where a connection was cut or there is no HTTP.
    """

    at: float
    what: What
    name: str
    number: str
    data: Any
    team: str | None = None
    status: int | None = None


class Recording:
    """The entries of a run; whoever waits for a change is told of each."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self.entries: list[Entry] = []

    def add(  # noqa: PLR0913  an entry's fields
        self,
        what: What,
        name: str,
        number: str,
        data: Any,
        *,
        team: str | None = None,
        status: int | None = None,
    ) -> None:
        """Append an entry; later changes to its data do not reach it."""
        taken = copy.deepcopy(data)
        self.entries.append(Entry(self._clock.now(), what, name, number, taken, team, status))
        self._changes.tell()

    def calls(self, method: str) -> list[Json]:
        """The arguments of each call of a method, in order, refused ones too."""
        return [e.data for e in self.entries if e.what is What.CALL and e.name == method]

    def answers(self, method: str) -> list[Json]:
        """What each call of a method was answered with."""
        return [e.data for e in self.entries if e.what is What.ANSWER and e.name == method]

    def of(self, what: What) -> list[Entry]:
        """The entries of one sort."""
        return [entry for entry in self.entries if entry.what is what]

    def save(self, file: Path) -> None:
        """Write the entries as one JSON list."""
        listed = [asdict(entry) for entry in self.entries]
        file.write_text(json.dumps(listed, indent=1), encoding="utf-8")
