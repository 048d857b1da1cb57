"""Discord's rate limits, which a test switches on, and the headers that tell of them.

Documented: 50 requests a second for a bot in all, but for the answers to interactions; the headers;
that a limit holds for a route and its channel, guild or webhook. The numbers of single routes are
not documented ("read them from the headers"): these are what the service is known to have sent.
Clients wait in real time, and so `pace` makes all windows shorter instead of the clock faster.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass

from tests.servers.clock import Clock
from tests.servers.discord.call import Call

GLOBAL_CALLS = 50
GLOBAL_WINDOW_S = 1.0
USUAL = (10, 10.0)
KNOWN: dict[str, tuple[int, float]] = {
    "create_message": (5, 5.0),
    "update_message": (5, 5.0),
    "delete_message": (5, 1.0),
    "add_my_message_reaction": (1, 0.25),
    "delete_my_message_reaction": (1, 0.25),
    "trigger_typing_indicator": (5, 5.0),
    "execute_webhook": (5, 2.0),
    "update_original_webhook_message": (5, 2.0),
    "update_webhook_message": (5, 2.0),
}
NOT_GLOBAL = frozenset({"create_interaction_response"})
GENEROUS = 1_000
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say to a request.

    Attributes:
        retry_after: After how many seconds to try again; None where the request may go on.
        everywhere: Whether it was the global limit.
        headers: What tells the client.
    """

    headers: dict[str, str]
    retry_after: float | None = None
    everywhere: bool = False


class Rates:
    """Counts requests by route and by its channel, guild or webhook.

    Attributes:
        on: Whether requests beyond the limits are refused; else the headers name a limit that
            nobody meets.
        pace: How many times shorter every window is.
        limits: Limits that a test sets itself: requests and seconds, by route.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[Hashable, deque[float]] = defaultdict(deque)
        self.on = False
        self.pace = 1.0
        self.limits: dict[str, tuple[int, float]] = {}

    def judge(self, call: Call) -> Verdict:
        """Whether a request may go on; if so, it counts."""
        if self.on and call.application and call.route not in NOT_GLOBAL:
            key = ("global", call.application.id)
            left, reset_s = self._take(key, GLOBAL_CALLS, GLOBAL_WINDOW_S)
            if left < 0:
                return Verdict(
                    self._late(reset_s, "global", everywhere=True), reset_s, everywhere=True
                )
        most, window_s = self.limits.get(call.route) or KNOWN.get(call.route, USUAL)
        if not self.on:
            return Verdict(self._headers(call, GENEROUS, GENEROUS - 1, window_s))
        major = tuple(call.names.get(name) for name in _MAJOR)
        left, reset_s = self._take((call.route, *major), most, window_s)
        headers = self._headers(call, most, max(0, left), reset_s)
        if left >= 0:
            return Verdict(headers)
        return Verdict(headers | self._late(reset_s, "user"), reset_s)

    def told(self, call: Call, retry_after: float, *, everywhere: bool) -> dict[str, str]:
        """The headers of a 429 that a test ordered."""
        late = self._late(retry_after, "global" if everywhere else "user", everywhere=everywhere)
        return late if everywhere else self._headers(call, 1, 0, retry_after) | late

    def _take(self, key: Hashable, most: int, window_s: float) -> tuple[int, float]:
        """How many requests are left (-1: this one is too many), and seconds until there are."""
        now, calls, window_s = self._clock.now(), self._calls[key], window_s / self.pace
        while calls and calls[0] <= now - window_s:
            calls.popleft()
        if len(calls) >= most:
            return -1, calls[0] + window_s - now
        calls.append(now)
        return most - len(calls), calls[0] + window_s - now

    def _headers(self, call: Call, most: int, left: int, reset_s: float) -> dict[str, str]:
        bucket = hashlib.sha256(call.route.encode()).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{self._clock.now() + reset_s:.3f}",
            "X-RateLimit-Reset-After": f"{reset_s:.3f}",
            "X-RateLimit-Bucket": bucket,
        }

    def _late(self, retry_after: float, scope: str, *, everywhere: bool = False) -> dict[str, str]:
        late = {"Retry-After": str(max(1, math.ceil(retry_after))), "X-RateLimit-Scope": scope}
        return late | ({"X-RateLimit-Global": "true"} if everywhere else {})
