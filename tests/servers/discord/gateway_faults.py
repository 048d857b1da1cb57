"""Trouble on the gateway that a test orders: for which event, what, and how often."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one delivery of an event to one session.

    Attributes:
        twice: Whether it is dispatched again at once, with a sequence number of its own.
        slow_s: Seconds of the server's clock before it goes out; what comes later waits too.
        cuts: Whether the socket is cut instead, without a close frame; a RESUME replays the event.
    """

    twice: bool = False
    slow_s: float = 0.0
    cuts: bool = False


class GatewayFaults:
    """What was ordered and has not yet happened; an event's own faults come before those of ANY.

    Attributes:
        answers_heartbeats: Whether heartbeats are acknowledged.
        refused_resumes: How many of the next RESUMEs are answered with an invalid session.
        resumable: Whether these invalid sessions may be resumed after all.
    """

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self.answers_heartbeats = True
        self.refused_resumes = 0
        self.resumable = False

    def repeat(self, event: str = ANY, times: int = 1) -> None:
        """Deliver an event twice."""
        self._order(event, Fault(twice=True), times)

    def slow(self, event: str, seconds: float, times: int = 1) -> None:
        """Hold an event, and what comes after it, for so many seconds of the server's clock."""
        self._order(event, Fault(slow_s=seconds), times)

    def cut_before(self, event: str = ANY, times: int = 1) -> None:
        """Cut the socket just before an event would go out."""
        self._order(event, Fault(cuts=True), times)

    def refuse_resumes(self, times: int = 1, *, resumable: bool = False) -> None:
        """Answer RESUME with an invalid session; one that is not resumable is gone."""
        self.refused_resumes, self.resumable = times, resumable

    def next(self, event: str) -> Fault:
        """What happens to the next delivery of this event."""
        for name in (event, ANY):
            if self._ordered[name]:
                return self._ordered[name].popleft()
        return Fault()

    def _order(self, event: str, fault: Fault, times: int) -> None:
        self._ordered[event].extend([fault] * times)
