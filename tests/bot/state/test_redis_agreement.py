"""Redis and SQLite answer alike, whatever is asked of them."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.questions import Outcome
from footnote.bot.state.base import Noted, State
from footnote.bot.state.entries import Decision, Filing, Kept, Lease, Owner, Remains, Sent, Wish
from footnote.bot.state.errors import StateError
from tests.bot.state.acts import LONG
from tests.bot.state.bench import sqlite_bench
from tests.bot.state.redis_bench import redis_bench

SECONDS = float(os.environ.get("FOOTNOTE_SOAK_SECONDS", "60"))
STEPS = 300
KNOWN = 7
"""How many questions are spoken of at a time, the oldest of which is left for a new one."""
THREADS = ("t0", "t1", "t2")

Step = Callable[[State], Awaitable[Any]]


class Script:
    """Draws what is done next; some of it with leases that were lost long ago.

    Args:
        chance: Where from.

    Attributes:
        leases: Every lease that was given out.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.leases: list[Lease] = []
        self._steps = 0

    def next(self) -> tuple[str, Step]:
        """A step and its name."""
        leased = [self._record, self._decide, self._decide, self._finish, self._finish]
        leased += [self._release, self._look, self._renew]
        other = [self._accept, self._accept, self._revise, self._wish, self._take, self._take]
        other += [self._reclaim, self._read, self._talk]
        self._steps += 1
        draw = self._chance.choice(leased + other if self.leases else other)
        return draw.__name__, draw()

    def _ids(self) -> list[str]:
        first = self._steps // 10
        return [f"q{number}" for number in range(first, first + KNOWN)]

    def _lease(self) -> Lease:
        return self._chance.choice(self.leases[-3:] if self._chance.random() < 0.8 else self.leases)

    def _filing(self) -> Filing:
        question_id = self._chance.choice(self._ids())
        revision = self._chance.randrange(4)
        thread = THREADS[int(question_id[1:]) % len(THREADS)]
        mentioned = self._chance.random() < 0.8
        return Filing(question_id, thread, f"{question_id} {revision}", revision, mentioned)

    def _accept(self) -> Step:
        filing, limit = self._filing(), self._chance.randrange(4, 30)
        return lambda state: state.queue.accept(filing, limit=limit, engaged_s=LONG)

    def _revise(self) -> Step:
        filing, limit = self._filing(), self._chance.randrange(4, 30)
        return lambda state: state.queue.revise(filing, limit=limit, engaged_s=LONG)

    def _wish(self) -> Step:
        wish = self._chance.choice(list(Wish))
        question_id = self._chance.choice(self._ids())
        return lambda state: state.queue.wish(question_id, wish)

    def _take(self) -> Step:
        owner = Owner(self._chance.choice("ab"), self._chance.choice("12"))
        lease_s = self._chance.choice([0.0, LONG, LONG])
        quick = self._chance.random() < 0.3
        return lambda state: state.queue.take(owner, lease_s=lease_s, quick=quick)

    def _renew(self) -> Step:
        lease, lease_s = self._lease(), self._chance.choice([0.0, LONG])
        return lambda state: state.queue.renew(lease, lease_s=lease_s)

    def _look(self) -> Step:
        lease = self._lease()
        return lambda state: state.queue.look(lease)

    def _record(self) -> Step:
        lease, sent = self._lease(), self._sent()
        return lambda state: state.queue.record(lease, sent)

    def _decide(self) -> Step:
        lease, sent = self._lease(), self._sent()
        revision = lease.revision + (self._chance.random() < 0.1)
        decision = Decision(self._chance.choice(list(Outcome)), f"answer to {lease.id}", revision)
        return lambda state: state.queue.decide(lease, decision, sent)

    def _finish(self) -> Step:
        lease, sent = self._lease(), self._sent()
        turn = self._chance.choice([None, f"turn of {lease.id} {lease.fence}"])
        remains = Remains(turn, self._chance.randrange(1, 4))
        return lambda state: state.queue.finish(lease, sent, remains)

    def _release(self) -> Step:
        lease, quiet = self._lease(), self._chance.random() < 0.5
        delay_s = self._chance.choice([0.0, 0.0, LONG])
        return lambda state: state.queue.release(lease, delay_s=delay_s, quiet=quiet)

    def _reclaim(self) -> Step:
        owner = Owner(self._chance.choice("ab"), self._chance.choice("12"))
        return lambda state: state.queue.reclaim(owner)

    def _read(self) -> Step:
        ids = self._ids()
        return lambda state: everything(state, ids)

    def _talk(self) -> Step:
        question_id, thread = self._chance.choice(self._ids()), self._chance.choice(THREADS)
        noted = Noted(self._chance.choice("mn"), question_id, str(self._chance.random()))
        steps: list[Step] = [
            lambda state: state.journal.note(noted),
            lambda state: state.journal.erase(question_id),
            lambda state: state.conversations.forget(thread),
        ]
        return self._chance.choice(steps)

    def _sent(self) -> list[Sent]:
        return [Sent("key", self._chance.choice("mno")) for _ in range(self._chance.randrange(3))]


async def everything(state: State, ids: Sequence[str]) -> list[Any]:
    """All that can be read of a state."""
    seen: list[Any] = [await state.queue.waiting(), await state.queue.idle()]
    seen.append(await state.queue.positions(ids))
    seen += [timeless(await state.queue.kept(question_id)) for question_id in ids]
    for thread in THREADS:
        seen += [await state.conversations.turns(thread, before=before) for before in ("", *ids)]
        seen.append(await state.conversations.engaged(thread))
    seen.append([timeless(kept) for kept in await state.journal.finished(limit=9)])
    for question_id in ("", *ids):
        seen.append([timeless(noted) for noted in await state.journal.notes(question_id)])
    return seen


def timeless(value: Any) -> Any:
    """A value without the times in it, which differ."""
    match value:
        case Lease():
            return replace(value, accepted_at=0.0)
        case Kept():
            return replace(value, finished_at=0.0)
        case Noted():
            return replace(value, noted_at=0.0)
        case _:
            return value


async def outcome(step: Step, state: State) -> Any:
    """What a step gives back, or which error it raises."""
    try:
        return await step(state)
    except StateError as error:
        return type(error)


@pytest.mark.soak
async def test_both_answer_alike(tmp_path: Path, seed: int) -> None:
    """Over random histories every answer and every error of the two is the same."""
    until, chance = time.monotonic() + SECONDS, random.Random(seed)  # noqa: S311  guards no secret
    while time.monotonic() < until:
        script = Script(chance)
        (folder := tmp_path / str(chance.random())).mkdir()
        history = []
        async with sqlite_bench(folder) as sqlite, redis_bench(folder) as redis:
            for _ in range(STEPS):
                name, step = script.next()
                expected = timeless(await outcome(step, sqlite.state))
                if isinstance(expected, Lease):
                    script.leases.append(expected)
                history.append((name, expected))
                found = timeless(await outcome(step, redis.state))
                assert found == expected, history[-9:]
