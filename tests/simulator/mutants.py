"""Defects put into the core on purpose, each of which the simulation has to find.

`python -m tests.simulator.mutants` prints what it found as JSON.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from footnote.bot.inbox.delivery import Delivery
from footnote.bot.inbox.keeper import Keeper
from footnote.bot.state import sqlite_filing, sqlite_leases
from footnote.bot.state.entries import Acceptance, Accepted, Filing, Lease
from footnote.bot.state.sqlite_order import LOOSE, settle
from footnote.bot.state.sqlite_parts import SqliteQueue
from tests.simulator.schedule import play_schedule, quiet

MOST = 1000
"""Schedules within which a defect has to be found."""


@contextmanager
def no_claim() -> Iterator[None]:
    """A question that comes again is queued again."""
    accept = sqlite_filing.accept

    def again(connection: sqlite3.Connection, now: float, filing: Filing, *rest: Any) -> Accepted:
        connection.execute(
            "UPDATE questions SET state = 'waiting', rank = 1, sent = '[]', "
            "decided_outcome = NULL WHERE id = ? AND state = 'finished' AND wish = 'none'",
            (filing.id,),
        )
        return accept(connection, now, filing, *rest)

    with patch.object(sqlite_filing, "accept", again):
        yield


@contextmanager
def claim_and_queue_apart() -> Iterator[None]:
    """A question is claimed in one transaction and queued in another."""

    async def apart(queue: SqliteQueue, filing: Filing, **limits: Any) -> Accepted:
        def claim(connection: sqlite3.Connection, now: float) -> Accepted:
            accepted = sqlite_filing.accept(connection, now, filing, *limits.values())
            if accepted.acceptance is Acceptance.NEW:
                connection.execute(
                    "UPDATE questions SET state = 'held', lease_s = 1e18, lease_until = 1e18 "
                    "WHERE id = ?",
                    (filing.id,),
                )
            return accepted

        def line_up(connection: sqlite3.Connection, _now: float) -> None:
            connection.execute(
                "UPDATE questions SET state = 'waiting' WHERE id = ?",
                (filing.id,),
            )
            settle(connection, filing.thread)

        accepted = await queue._lane.run(claim)
        if accepted.acceptance is Acceptance.NEW:
            await queue._lane.run(line_up)
        return accepted

    with patch.object(SqliteQueue, "accept", apart):
        yield


@contextmanager
def no_lease_renewal() -> Iterator[None]:
    """A lease ends while its holder works on."""

    async def sleep(keeper: Keeper) -> None:
        while True:
            await asyncio.sleep(1.0)
            keeper._renewed = asyncio.get_running_loop().time()
            keeper._send_now.set()

    with patch.object(Keeper, "keep", sleep):
        yield


@contextmanager
def no_adoption() -> Iterator[None]:
    """A message whose acknowledgement was lost is not looked for."""

    async def settle(delivery: Delivery, index: int) -> None:
        await delivery._settle(index)

    with patch.object(Delivery, "_adopt", settle):
        yield


@contextmanager
def double_finish() -> Iterator[None]:
    """Whoever held a question once may still decide and finish it."""

    def unfenced(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(
            connection: sqlite3.Connection, now: float, lease: Lease, *rest: Any, **more: Any
        ) -> Any:
            row = connection.execute("SELECT fence FROM questions WHERE id = ?", (lease.id,))
            (fence,) = row.fetchone()
            return function(connection, now, replace(lease, fence=fence), *rest, **more)

        return call

    fenced = ("look", "renew", "record", "decide", "finish")
    with ExitStack() as stack:
        for name in fenced:
            function = unfenced(getattr(sqlite_leases, name))
            stack.enter_context(patch.object(sqlite_leases, name, function))
        yield


@contextmanager
def no_waiting_for_late_sends() -> Iterator[None]:
    """What was sent before may land after what is sent next."""

    async def at_once(delivery: Delivery, index: int) -> None:
        del delivery, index

    with patch.object(Delivery, "_settle", at_once):
        yield


@contextmanager
def no_record_before_a_send() -> Iterator[None]:
    """A message is sent before anybody could know of it."""

    async def nothing(delivery: Delivery) -> None:
        del delivery

    with patch.object(Delivery, "_record", nothing):
        yield


@contextmanager
def no_order_in_a_thread() -> Iterator[None]:
    """Questions of one thread are answered side by side."""

    def loose(connection: sqlite3.Connection, thread: str) -> int:
        del connection, thread
        return LOOSE

    with patch.object(sqlite_filing, "last_rank", loose):
        yield


@contextmanager
def decisions_are_not_kept() -> Iterator[None]:
    """A successor answers anew what was decided already."""
    read = sqlite_leases._read

    def blind(*arguments: Any) -> Lease:
        return replace(read(*arguments), decision=None)

    with patch.object(sqlite_leases, "_read", blind):
        yield


MUTANTS = (
    no_claim,
    claim_and_queue_apart,
    no_lease_renewal,
    no_adoption,
    double_finish,
    no_waiting_for_late_sends,
    no_record_before_a_send,
    no_order_in_a_thread,
    decisions_are_not_kept,
)


def hunt(mutant: Callable[[], Any], seeds: Sequence[int]) -> dict[str, Any]:
    """Play schedules until one shows the defect."""
    name = mutant.__name__.replace("_", " ")
    with mutant():
        for count, seed in enumerate(seeds, start=1):
            if wrong := play_schedule(seed).wrong:
                return {
                    "name": name,
                    "caught": True,
                    "seed": seed,
                    "schedules": count,
                    "wrong": wrong[0],
                }
    return {"name": name, "caught": False, "seed": None, "schedules": len(seeds), "wrong": None}


def main() -> None:
    """Print what became of each mutant, and fail where one was not caught."""
    quiet()
    first = secrets.randbits(31)
    found = [hunt(mutant, range(first, first + MOST)) for mutant in MUTANTS]
    sys.stdout.write(json.dumps({"mutants": found}, indent=2) + "\n")
    sys.exit(not all(mutant["caught"] for mutant in found))


if __name__ == "__main__":
    main()
