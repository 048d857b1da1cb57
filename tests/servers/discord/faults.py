"""Trouble that a test orders: which route, what, and how often."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from tests.servers.discord.errors import KNOWN

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request.

    Attributes:
        status: The HTTP status of an answer that is not Discord's own, if there is one.
        retry_after: The seconds of a 429.
        everywhere: Whether the 429 is the global one.
        via: Whether the 429 has the header that Discord's own have, and Cloudflare's bans lack.
        code: The JSON error code of a refusal.
        drops: Whether the connection is cut instead of an answer.
        taken: Whether the request has had its effect all the same.
        slow_s: Seconds of the server's clock before the request is looked at.
    """

    status: int | None = None
    retry_after: float | None = None
    everywhere: bool = False
    via: bool = True
    code: int | None = None
    drops: bool = False
    taken: bool = False
    slow_s: float = 0.0


class Faults:
    """What was ordered and has not yet happened; a route's own faults come before those of ANY.

    Routes have the names of Discord's published description: `create_message`, `update_message`,
    `create_interaction_response`, `update_original_webhook_message`, `execute_webhook` and so on.
    """

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)

    def limit(
        self,
        route: str = ANY,
        retry_after: float = 0.05,
        times: int = 1,
        *,
        everywhere: bool = False,
        via: bool = True,
    ) -> None:
        """Answer 429: for the route, or globally (`everywhere`), or as Cloudflare (not `via`)."""
        fault = Fault(status=429, retry_after=retry_after, everywhere=everywhere, via=via)
        self._order(route, fault, times)

    def fail(
        self, route: str = ANY, status: int = 503, times: int = 1, *, taken: bool = False
    ) -> None:
        """Answer 5xx, before the effect or (`taken`) after it."""
        self._order(route, Fault(status=status, taken=taken), times)

    def drop(self, route: str = ANY, times: int = 1, *, taken: bool = True) -> None:
        """Cut the connection, after the effect or (not `taken`) before it."""
        self._order(route, Fault(drops=True, taken=taken), times)

    def slow(self, route: str, seconds: float, times: int = 1) -> None:
        """Look at the request only after so many seconds of the server's clock."""
        self._order(route, Fault(slow_s=seconds), times)

    def refuse(self, route: str, code: int, times: int = 1) -> None:
        """Refuse with a JSON error code.

        Raises:
            ValueError: This server knows no such code.
        """
        if code not in KNOWN:
            raise ValueError(f"there is no code {code} here: add it to errors.KNOWN")
        self._order(route, Fault(code=code), times)

    def next(self, route: str) -> Fault | None:
        """What happens to this request."""
        for name in (route, ANY):
            if self._ordered[name]:
                return self._ordered[name].popleft()
        return None

    def _order(self, route: str, fault: Fault, times: int) -> None:
        self._ordered[route].extend([fault] * times)
