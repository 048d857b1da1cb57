"""Two thousand questions in Discord over three replicas: each is answered once, nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import pytest

from footnote.bot.platforms.discord.events import question_id
from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.bot.state.sqlite import open_state
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer
from tests.servers.discord_replica import MODULE, shared
from tests.servers.replicas import Held, Replicas, open_replicas
from tests.servers.slack_replica import STATM, Step

WARM, FLAT, KILLED = 500, 1000, 500
"""How many questions are asked until memory is looked at, until it is again, and while replicas
are killed."""
AT_ONCE = 40
REPLICAS = 3
LOST = 20
"""Of so many questions, one loses the answer of Discord to each kind of call."""
KILL_S = 2.0
QUIET_S = 2.0
MEGABYTE = 1024 * 1024
PATIENCE_S = 120.0
CHANNELS = 40
"""So many, since Discord takes few messages a second in each."""
STEPS: list[Step] = ["About {text}.", 0.05, "End."]
ROUTES = "create_message", "update_message"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="this system has no /proc/self/statm"),
]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that takes part."""

    discord: DiscordServer
    alice: Person
    channels: Sequence[Channel]
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
                    for route in ROUTES:
                        self.discord.faults.drop(route)
                channel = self.channels[number % CHANNELS]
                text = f"{self.discord.mention} question {number}"
                asked = await self.alice.says(channel, text)
                await self.discord.until(lambda: self.discord.replies_to(asked), PATIENCE_S)
                return asked

        asked = await asyncio.gather(*(ask() for _ in range(questions)))
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

    All replicas serve one shard, so that Discord tells each of them of everything. One in twenty
    questions loses the answer to a call that Discord has done. While the last quarter is asked, a
    replica is killed every two seconds.
    """
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    async with DiscordServer() as discord, open_state(tmp_path / "state.db") as state:
        discord.recording.on = discord.gateway.recording.on = False
        discord.application.bot_public = False
        discord.gateway.handshake.identify_every_s = 0.0
        acme = discord.guild("acme")
        alice = acme.person("alice")
        channels = [acme.channel(f"general-{number}") for number in range(CHANNELS)]
        async with open_replicas(MODULE, shared(discord, tmp_path), tmp_path) as replicas:

            async def all_are_there() -> None:
                def connected() -> bool:
                    return len(discord.gateway.connected()) == REPLICAS

                await discord.until(connected, PATIENCE_S)

            for number in range(REPLICAS):
                await replicas.start(number, steps=STEPS, landing_s=1.0)
            await all_are_there()
            stage = Stage(discord, alice, channels, state, replicas, count())
            asked = await stage.ask(WARM)
            before = await stage.held()
            asked += await stage.ask(FLAT)
            after = await stage.held()
            enough = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(_kill(random, replicas, enough))
                asked += await stage.ask(KILLED)
                enough.set()
            await all_are_there()
            for number in range(REPLICAS):
                await replicas.stop(number)
        await _each_has_one_answer(discord, state, asked)
    grown = [
        (late.resident - early.resident) / MEGABYTE
        for early, late in zip(before, after, strict=True)
    ]
    more = [late.tasks - early.tasks for early, late in zip(before, after, strict=True)]
    kills = replicas.starts - REPLICAS
    print(f"{kills} kills; grown by {max(grown):.1f} MB, {max(more)} tasks; seed {seed}")  # noqa: T201  for the curious
    assert kills
    assert max(more) <= 0
    assert max(grown) < 8


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
    discord: DiscordServer, state: State, asked: Sequence[Message]
) -> None:
    """Each question has one final message, and the record says which."""
    kept = {record.id: record for record in await _records(state)}
    assert len(kept) == len(asked) == WARM + FLAT + KILLED
    assert len(discord.everything()) == 2 * len(asked)
    for question in asked:
        found = discord.replies_to(question)
        assert len(found) == 1, f"{question.content}: {[message.content for message in found]}"
        (final,) = found
        record = kept[question_id(question.channel.id, question.id)]
        assert record.outcome is Outcome.ANSWERED
        assert [sent.message.rpartition("/")[2] for sent in record.sent] == [final.id]
        said = question.content.split(" ", 1)[1]
        assert final.content == f"About {said}.\n\nEnd."
        assert "feedback" in str(final.components)


async def _records(state: State) -> list[Kept]:
    records: list[Kept] = []
    while more := await state.journal.finished(after=records[-1].finished_at if records else 0.0):
        records += more
    return records
