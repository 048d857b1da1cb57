"""Three real processes on one real Redis, killed at random: each slot is run once."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from footnote.bot.schedule.slots import ATTEMPTS
from tests.servers.redis import find_redis, running_redis
from tests.waiting import until

REPLICAS = 3
SECONDS = min(30.0, float(os.environ.get("FOOTNOTE_SOAK_SECONDS", "25")))
ROOT = Path(__file__).parents[2]
KILLED = "killed"


@pytest.mark.soak
async def test_a_slot_is_run_once_while_replicas_are_killed(seed: int, tmp_path: Path) -> None:
    """No two are at it at a time, and one comes after another only where that one was killed."""
    executable = find_redis()
    if executable is None:
        pytest.skip("there is no redis-server")
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    log = tmp_path / "log"
    log.touch()
    with running_redis(executable, tmp_path / "redis") as server:
        replicas = [await _start(server.url, log) for _ in range(REPLICAS)]
        await until(lambda: _lines(log), 120.0)
        end = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(random.uniform(0.5, 3.0))
            number = await _victim(random, replicas, log)
            await _kill(replicas[number], log)
            replicas[number] = await _start(server.url, log)
        for replica in replicas:
            await _kill(replica, log)
    course = Course()
    for line in _lines(log):
        course.follow(*line.split())
    print(f"{course.deaths} died at work, {len(course.ended)} slots")  # noqa: T201  for the curious
    assert course.deaths >= 1
    assert len(course.ended) >= 3


@dataclass(slots=True)
class Course:
    """What has happened so far, checked as it is followed.

    Attributes:
        begun: The processes that began each slot, in order.
        ended: The slots that were run to their end.
        dead: The processes that were killed.
        at_it: The process at work, with its slot.
        deaths: How many were killed at work.
        claims: Every claim that was used.
    """

    begun: defaultdict[float, list[str]] = field(default_factory=lambda: defaultdict(list))
    ended: set[float] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    at_it: tuple[str, float] | None = None
    deaths: int = 0
    claims: set[str] = field(default_factory=set)

    def follow(self, what: str, process: str, slot: str = "0", claim: str = "") -> None:
        """Take in a line of the log."""
        at = float(slot)
        if what == KILLED:
            self.dead.add(process)
            if self.at_it and self.at_it[0] == process:
                self.deaths += 1
                self.at_it = None
        elif what == "begins":
            assert self.at_it is None, "another is still at it"
            assert claim not in self.claims, "a claim is used once"
            assert self.dead.issuperset(self.begun[at]), "whoever began it before lives"
            assert at >= max(self.begun), "a later slot was begun already"
            self.begun[at].append(process)
            assert len(self.begun[at]) <= ATTEMPTS
            self.claims.add(claim)
            self.at_it = (process, at)
        else:
            assert self.at_it == (process, at), "whoever ends it began it"
            self.ended.add(at)
            self.at_it = None


async def _victim(random: Random, replicas: list[Process], log: Path) -> int:
    """Any replica; mostly the one that is at work, if one is."""
    what, process, *_ = _lines(log)[-1].split()
    numbers = {str(replica.pid): number for number, replica in enumerate(replicas)}
    if what == "begins" and process in numbers and random.random() < 0.8:
        return numbers[process]
    return random.randrange(len(replicas))


async def _start(url: str, log: Path) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.scheduled", url, str(log), cwd=ROOT
    )


async def _kill(process: Process, log: Path) -> None:
    process.kill()
    await process.wait()
    await asyncio.to_thread(_write, log, f"{KILLED} {process.pid}\n")


def _write(log: Path, line: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(line)


def _lines(log: Path) -> list[str]:
    return log.read_text("utf-8").splitlines()
