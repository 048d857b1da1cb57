"""Two thousand questions in Slack over three replicas: each is answered once, nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import pytest

from footnote.bot.platforms.slack.events import question_id
from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.bot.state.sqlite import open_state
from tests.servers.replicas import Held, Replicas, open_replicas
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.world import Channel, Message
from tests.servers.slack_replica import MODULE, STATM, Step, shared

WARM, FLAT, KILLED = 500, 1000, 500
"""How many questions are asked until memory is looked at, until it is again, and while replicas
are killed."""
AT_ONCE = 40
REPLICAS = 3
LOST = 20
"""Of so many questions, one loses the answer of Slack to each kind of call."""
KILL_S = 1.0
QUIET_S = 2.0
MEGABYTE = 1024 * 1024
PATIENCE_S = 120.0
STEPS: list[Step] = ["About {text}.", 0.05, "End."]
METHODS = "chat.postMessage", "chat.startStream", "chat.appendStream", "chat.stopStream"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="this system has no /proc/self/statm"),
]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that takes part."""

    slack: SlackServer
    alice: Person
    general: Channel
    mention: str
    state: State
    replicas: Replicas
    numbers: count[int]

    async def ask(self, questions: int) -> list[Message]:
        """Ask so many, a few at once, and wait until all have ended."""
        free = asyncio.Semaphore(AT_ONCE)

        async def ask() -> Message:
            async with free:
                number = next(self.numbers)
                if number % LOST == 0:
                    for method in METHODS:
                        self.slack.faults.drop(method)
                text = f"{self.mention} question {number}"
                asked = await self.alice.says(self.general, text)
                await self.slack.until(lambda: self.slack.replies_to(asked), PATIENCE_S)
                return asked

        asked = await asyncio.gather(*(ask() for _ in range(questions)))
        await self.slack.until(lambda: not self.slack.deliveries.open, PATIENCE_S)
        async with asyncio.timeout(PATIENCE_S):
            while not await self.state.queue.idle():  # noqa: ASYNC110  another process has to tell
                await asyncio.sleep(0.1)
        return list(asked)

    async def held(self) -> list[Held]:
        """What each replica holds, as soon as what ends by itself has ended."""
        await asyncio.sleep(QUIET_S)
        return [await self.replicas.held(number) for number in range(REPLICAS)]


async def test_two_thousand_questions_over_three_replicas(seed: int, tmp_path: Path) -> None:
    """Flat memory, no task left, and one message to each question, whatever is lost or killed.

    One in twenty questions loses the answer to a call that Slack has done. While the last quarter
    is asked, a replica is killed every second.
    """
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    async with SlackServer(random=random) as slack, open_state(tmp_path / "state.db") as state:
        slack.recording.on = False
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        async with open_replicas(MODULE, shared(slack, acme, tmp_path), tmp_path) as replicas:
            for number in range(REPLICAS):
                await replicas.start(number, steps=STEPS, landing_s=1.0)
            await slack.until(lambda: len(slack.sockets.open) == REPLICAS)
            stage = Stage(slack, alice, general, acme.mention, state, replicas, count())
            asked = await stage.ask(WARM)
            before = await stage.held()
            asked += await stage.ask(FLAT)
            after = await stage.held()
            enough = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(_kill(random, replicas, enough))
                asked += await stage.ask(KILLED)
                enough.set()
            await slack.until(lambda: len(slack.sockets.open) == REPLICAS)
            for number in range(REPLICAS):
                await replicas.stop(number)
        await _each_has_one_answer(slack, state, acme.id, asked)
    grown = max(b.resident - a.resident for a, b in zip(before, after, strict=True)) / MEGABYTE
    more = [b.tasks - a.tasks for a, b in zip(before, after, strict=True)]
    kills = replicas.starts - REPLICAS
    print(f"{grown:.1f} MB more, {more} tasks more, {kills} kills")  # noqa: T201  for the curious
    assert kills
    assert max(more) <= 0
    assert grown < 4


async def _kill(random: Random, replicas: Replicas, enough: asyncio.Event) -> None:
    """Kill any replica again and again, and start it anew, until it is enough."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_S):
                await enough.wait()
                return
        number = random.randrange(REPLICAS)
        await replicas.kill(number)
        await replicas.start(number, steps=STEPS, landing_s=1.0)


async def _each_has_one_answer(
    slack: SlackServer, state: State, team: str, asked: Sequence[Message]
) -> None:
    """Each question has one final message, and the record says which."""
    kept = {record.id: record for record in await _records(state)}
    assert len(kept) == len(asked) == WARM + FLAT + KILLED
    for number, question in enumerate(asked):
        found = slack.replies_to(question)
        assert len(found) == 1, f"{question.text}: {[message.text for message in found]}"
        (final,) = found
        record = kept[question_id(team, question.channel.id, question.ts)]
        assert record.outcome is Outcome.ANSWERED
        assert [sent.message for sent in record.sent] == [final.ts]
        assert not final.streaming
        said = question.text.split(" ", 1)[1]
        assert final.text.startswith(f"About {said}.\n\nEnd."), number


async def _records(state: State) -> list[Kept]:
    records: list[Kept] = []
    while more := await state.journal.finished(after=records[-1].finished_at if records else 0.0):
        records += more
    return records
