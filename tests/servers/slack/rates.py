"""Slack's rate limits, which a test switches on.

The numbers of chat.postMessage, the streaming methods and chat.update are documented, and those
of other methods come from their tier. Slack allows short bursts beyond them but documents none;
this server allows none.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Hashable

from tests.servers.clock import Clock
from tests.servers.slack.call import Call
from tests.servers.slack.specs import Specs

MINUTE_S = 60.0
POST_S = 1.0
CALLS_A_MINUTE = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "chat.update": 50,
}


class Rates:
    """Counts calls, by method and workspace, over a sliding minute.

    Attributes:
        on: Whether calls beyond the limits are refused.
        calls_a_minute: Limits that a test sets itself, by method.
    """

    def __init__(self, clock: Clock, specs: Specs) -> None:
        self.on = False
        self.calls_a_minute: dict[str, int] = {}
        self._clock = clock
        self._specs = specs
        self._calls: dict[Hashable, deque[float]] = defaultdict(deque)

    def refuse(self, call: Call) -> int | None:
        """After how many seconds to call again, or None where the call may go on."""
        if not self.on or call.team is None:
            return None
        if call.method == "chat.postMessage":
            return self._over((call.method, call.team.id, call.text("channel")), 1, POST_S)
        most = self.calls_a_minute.get(call.method) or CALLS_A_MINUTE.get(call.method)
        most = most or self._specs.calls_a_minute(call.method)
        return self._over((call.method, call.team.id), most, MINUTE_S) if most else None

    def _over(self, key: Hashable, most: int, window_s: float) -> int | None:
        now, calls = self._clock.now(), self._calls[key]
        while calls and calls[0] <= now - window_s:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + window_s - now))
        calls.append(now)
        return None
