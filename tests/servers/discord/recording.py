"""Everything that went over REST, in order."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.servers.clock import Changes, Clock


class What(StrEnum):
    """What an entry is."""

    CALL = "request"
    ANSWER = "response"


@dataclass(frozen=True, slots=True)
class Entry:
    """A request or its response.

    Attributes:
        route: The route's name, which is the `operationId` of Discord's published description.
        number: The same for a request and its response.
        data: The body; None where there is none.
        status: Of a response; None where its connection was cut.
        names: The parameters of the path.
    """

    at: float
    what: What
    route: str
    number: str
    data: Any
    status: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


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

    def add(self, what: What, route: str, number: str, data: Any, **more: Any) -> None:
        """Append an entry; later changes to its data do not reach it."""
        if self.on:
            taken = copy.deepcopy(data)
            self.entries.append(Entry(self._clock.now(), what, route, number, taken, **more))
        self._changes.tell()

    def calls(self, route: str) -> list[Any]:
        """The body of each request to a route, in order, refused ones too."""
        return [e.data for e in self.entries if e.what is What.CALL and e.route == route]

    def answers(self, route: str) -> list[Any]:
        """What each request to a route was answered with."""
        return [e.data for e in self.entries if e.what is What.ANSWER and e.route == route]

    def statuses(self, route: str) -> list[int | None]:
        """The HTTP status of each response of a route; None where the connection was cut."""
        return [e.status for e in self.entries if e.what is What.ANSWER and e.route == route]

    def codes(self) -> list[int]:
        """The JSON error code of each refusal, in order."""
        answers = [e for e in self.entries if e.what is What.ANSWER and (e.status or 0) >= 400]
        return [e.data["code"] for e in answers if isinstance(e.data, dict) and "code" in e.data]

    def of(self, what: What) -> list[Entry]:
        """The entries of one sort."""
        return [entry for entry in self.entries if entry.what is what]

    def save(self, file: Path) -> None:
        """Write the entries as one JSON list."""
        listed = [asdict(entry) for entry in self.entries]
        file.write_text(json.dumps(listed, indent=1), encoding="utf-8")
