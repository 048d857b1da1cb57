"""Trouble that a test orders: which method, what, and how often."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from tests.servers.slack.specs import Specs

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call.

    Attributes:
        status: The HTTP status of an answer that is not Slack's own, if there is one.
        retry_after: The seconds of a 429.
        error: The error code of a refusal.
        drops: Whether the connection is cut instead of an answer.
        taken: Whether the call has had its effect all the same.
        slow_s: Seconds of the server's clock before the call is looked at.
    """

    status: int | None = None
    retry_after: int | None = None
    error: str | None = None
    drops: bool = False
    taken: bool = False
    slow_s: float = 0.0


class Faults:
    """What was ordered and has not yet happened; a method's own faults come before those of ANY.

    Attributes:
        duplicates: How many of the next events are delivered twice although they are acked.
        duplicates_say_so: Whether the second delivery is marked as a retry.
    """

    def __init__(self, specs: Specs) -> None:
        self._specs = specs
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self.duplicates = 0
        self.duplicates_say_so = True

    def limit(self, method: str = ANY, retry_after: int = 1, times: int = 1) -> None:
        """Answer 429 with Retry-After."""
        self._order(method, Fault(status=429, retry_after=retry_after), times)

    def fail(
        self, method: str = ANY, status: int = 503, times: int = 1, *, taken: bool = False
    ) -> None:
        """Answer 5xx, before the effect or (`taken`) after it."""
        self._order(method, Fault(status=status, taken=taken), times)

    def drop(self, method: str = ANY, times: int = 1, *, taken: bool = True) -> None:
        """Cut the connection, after the effect or (not `taken`) before it."""
        self._order(method, Fault(drops=True, taken=taken), times)

    def slow(self, method: str, seconds: float, times: int = 1) -> None:
        """Look at the call only after so many seconds of the server's clock."""
        self._order(method, Fault(slow_s=seconds), times)

    def refuse(self, method: str, error: str, times: int = 1) -> None:
        """Refuse with an error code that the method may give.

        Raises:
            ValueError: Slack's list of the method's errors lacks the code.
        """
        if not self._specs.lists_error(method, error):
            raise ValueError(f"{method} does not give {error}: choose a code that it gives")
        self._order(method, Fault(error=error), times)

    def duplicate(self, events: int = 1, *, say_so: bool = True) -> None:
        """Deliver the next events twice although they are acked."""
        self.duplicates, self.duplicates_say_so = events, say_so

    def next(self, method: str) -> Fault | None:
        """What happens to this call of a method."""
        for name in (method, ANY):
            if self._ordered[name]:
                return self._ordered[name].popleft()
        return None

    def _order(self, method: str, fault: Fault, times: int) -> None:
        self._ordered[method].extend([fault] * times)
