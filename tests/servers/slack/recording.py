"""Everything that went over the wire, in order."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.servers.clock import Changes, Clock
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
    """The entries of a run; whoever waits for a change is told of each.

    Attributes:
        on: Whether entries are kept; a long run that watches its memory switches this off.
    """

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self.on = True
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
        if self.on:
            taken = json.loads(json.dumps(data))
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

    def ack_seconds(self) -> list[float]:
        """How long the app took to acknowledge each thing that it acknowledged."""
        sent = {e.number: e.at for e in self.entries if e.what in {What.SENT, What.POSTED}}
        acks = [e for e in self.entries if e.what in {What.ACK, What.REPLY}]
        return [entry.at - sent[entry.number] for entry in acks if entry.number in sent]

    def save(self, file: Path) -> None:
        """Write the entries as one JSON list."""
        listed = [asdict(entry) for entry in self.entries]
        file.write_text(json.dumps(listed, indent=1), encoding="utf-8")
