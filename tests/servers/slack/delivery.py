"""What the server sends to the app, until it is acknowledged.

Documented: an event that is not acknowledged in three seconds comes again at once, after a
minute, and after five; commands and interactions do not come again. Not documented, and so this
server's choice: the retries of Socket Mode keep those times, each delivery has an envelope id of
its own and an acknowledgement of any of them counts, and an event for which no socket is open
waits its three seconds for one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from tests.servers.slack.faults import Faults
from tests.servers.slack.world import Json, World

ACK_S = 3.0
RETRIES_S = (0.0, 60.0, 300.0)


class Sort(StrEnum):
    """What is delivered, as envelopes name it."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a command, a click or a submission.

    Attributes:
        ok: Whether the app acknowledged it in time.
        payload: What it acknowledged it with.
        error: What the person reads where it did not.
    """

    ok: bool
    payload: Any = None
    error: str | None = None


@dataclass(slots=True, eq=False)
class Delivery:
    """Something for the app.

    Attributes:
        attempts: How often it was sent.
        reason: Why it comes again.
        resting: Whether it waits for its next attempt.
        acked: Done with the acknowledgement's payload.
    """

    sort: Sort
    payload: Json
    acked: asyncio.Future[Any] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    attempts: int = 0
    reason: str = ""
    resting: bool = False
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def ack(self, payload: Any) -> None:
        """The app has it."""
        if not self.acked.done():
            self.acked.set_result(payload)


class Transport(Protocol):
    """A way to the app."""

    async def send(self, delivery: Delivery) -> str | None:
        """Send once, and wait for the acknowledgement; why there was none, or None."""


class Deliveries:
    """Everything under way to the app."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self.transport: Transport | None = None
        self.open: list[Delivery] = []
        self.given_up: list[Delivery] = []

    def begin(self, sort: Sort, payload: Json) -> Delivery:
        """Something goes out to the app."""
        delivery = Delivery(sort, payload)
        self.open.append(delivery)
        task = asyncio.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def answered(self, sort: Sort, payload: Json) -> Answered:
        """What becomes of a command or an interaction."""
        delivery = self.begin(sort, payload)
        await self._world.clock.within(2 * ACK_S, delivery.acked)
        if delivery.acked.done():
            return Answered(ok=True, payload=delivery.acked.result())
        return Answered(ok=False, error="operation_timeout")

    def redeliver(self) -> None:
        """Send everything that waits for its next attempt now."""
        for delivery in self.open:
            delivery.hurry.set()

    async def close(self) -> None:
        """Give everything up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, delivery: Delivery) -> None:
        twice = delivery.sort is Sort.EVENT and self._faults.duplicates > 0
        self._faults.duplicates -= twice
        pauses = (0.0, *RETRIES_S) if delivery.sort is Sort.EVENT else (0.0,)
        for attempt, pause in enumerate(pauses):
            await self._pause(delivery, pause)
            if delivery.acked.done() or await self._send(delivery, attempt):
                break
        if twice and delivery.acked.done():
            await self._send(delivery, 1 if self._faults.duplicates_say_so else 0, again=True)
        self.open.remove(delivery)
        if not delivery.acked.done():
            self.given_up.append(delivery)
        self._world.changes.tell()

    async def _send(self, delivery: Delivery, attempt: int, *, again: bool = False) -> bool:
        """Whether no further attempt is needed."""
        assert self.transport is not None
        delivery.attempts = attempt
        if again:
            delivery = Delivery(delivery.sort, delivery.payload, attempts=attempt, reason="timeout")
        reason = await self.transport.send(delivery)
        delivery.reason = reason or ""
        return reason is None or reason == "no_retry"

    async def _pause(self, delivery: Delivery, seconds: float) -> None:
        delivery.hurry.clear()
        delivery.resting = seconds > 0
        self._world.changes.tell()
        hurried = asyncio.ensure_future(delivery.hurry.wait())
        await self._world.clock.within(seconds, hurried, delivery.acked)
        hurried.cancel()
        delivery.resting = False
