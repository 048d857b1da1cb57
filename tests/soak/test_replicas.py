"""Three replicas on one real Redis: whatever is killed, each question is answered once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from footnote.bot.platforms.base import Edited
from footnote.bot.questions import Outcome, Question
from footnote.bot.records import answer_from_json
from footnote.bot.state import redis
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from tests.servers.chat import ChatServer, Deed, Message
from tests.servers.redis import RedisServer, find_redis, running_redis
from tests.servers.replicas import Replicas, open_replicas

REPLICAS = 3
A_THREAD = 8
"""How many questions are asked in one thread."""
EDITED = 0.1
"""The share of questions that are edited."""
LATE = 1 / 6
"""How late duplicates and edits come at most, as a share of the time in which people ask."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that a person does, and when, in seconds since the start."""

    at: float
    deed: Deed


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that takes part."""

    chat: ChatServer
    server: RedisServer
    replicas: Replicas
    state: State


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis, or a skip."""
    executable = find_redis()
    if executable is None:
        pytest.skip("there is no redis-server")
    with running_redis(executable, tmp_path / "redis") as server:
        yield server


@asynccontextmanager
async def _stage(
    random: Random, server: RedisServer, folder: Path, trouble: float
) -> AsyncIterator[Stage]:
    chat = ChatServer(random, trouble=trouble)
    async with (
        chat.running(),
        redis.open_state(server.url) as state,
        open_replicas(
            "tests.servers.replica", {"port": chat.port, "state": server.url}, folder
        ) as replicas,
    ):
        for number in range(REPLICAS):
            await replicas.start(number)
        yield Stage(chat, server, replicas, state)


@pytest.mark.soak
async def test_each_question_is_answered_once_while_replicas_are_killed(
    seed: int, redis_server: RedisServer, tmp_path: Path
) -> None:
    """10,000 deliveries of 2,500 questions, and a replica is killed every second until the end."""
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    plans = _plans(random, questions=2500, deliveries=10_000, span_s=30.0)
    async with _stage(random, redis_server, tmp_path, trouble=0.5) as stage:
        killing = asyncio.ensure_future(_kill_every_second(random, stage))
        try:
            await _until_answered(stage, plans, within_s=240.0)
        finally:
            killing.cancel()
            await asyncio.wait([killing])
        assert killing.cancelled()
        await _stopped(stage)
        outcomes = await _checked(stage, [plan.deed for plan in plans])
    kills = stage.replicas.starts - REPLICAS
    offered = sum(plan.deed.offered for plan in plans)
    print(f"{kills} kills, {offered} deliveries, {dict(outcomes)}")  # noqa: T201  for the curious
    assert kills > 20
    assert outcomes[Outcome.ANSWERED] > 2000


@pytest.mark.soak
async def test_a_redis_that_is_killed_and_comes_back_costs_no_question(
    seed: int, redis_server: RedisServer, tmp_path: Path
) -> None:
    """Questions from before get their outcome, those meanwhile come again, no replica restarts."""
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    plans = _plans(random, questions=150, deliveries=300, span_s=2.5)
    async with _stage(random, redis_server, tmp_path, trouble=0.0) as stage:
        answering = asyncio.ensure_future(_until_answered(stage, plans, within_s=60.0))
        await asyncio.sleep(1.0)
        await asyncio.to_thread(redis_server.kill)
        await asyncio.sleep(0.6)
        acknowledged = _acknowledged(plans)
        await asyncio.sleep(0.6)
        offered = sum(plan.deed.offered > 0 for plan in plans)
        assert 0 < acknowledged == _acknowledged(plans) < offered
        await asyncio.to_thread(redis_server.start)
        await answering
        await _stopped(stage)
        await _checked(stage, [plan.deed for plan in plans])
    assert stage.replicas.starts == REPLICAS


def _acknowledged(plans: Sequence[Plan]) -> int:
    return sum(plan.deed.acknowledged_at is not None for plan in plans)


def _plans(random: Random, *, questions: int, deliveries: int, span_s: float) -> list[Plan]:
    """Each question at least once, the other deliveries of any, and some edits."""
    plans = []
    asked = [random.uniform(0.0, span_s) for _ in range(questions)]
    extra = random.choices(range(questions), k=deliveries - questions)
    for number in (*range(questions), *extra):
        question = _question(number, questions)
        later = random.choice((0.0, 0.0, 0.1, LATE * span_s)) * random.random()
        plans.append(Plan(asked[number] + later, Deed(question)))
    for number, at in enumerate(asked):
        if random.random() < EDITED:
            edited = Edited(replace(_question(number, questions), revision=1))
            plans.append(Plan(max(0.0, at + random.uniform(-0.2, LATE * span_s)), Deed(edited)))
    return plans


def _question(number: int, questions: int) -> Question:
    thread = f"thread {number % (questions // A_THREAD)}"
    return Question(f"q{number}", f"Question {number}?", place=thread, platform="chat")


async def _until_answered(stage: Stage, plans: Sequence[Plan], within_s: float) -> None:
    """Deliver everything, and wait until there is nothing left to do."""
    async with asyncio.timeout(within_s):
        await asyncio.gather(*(_delivered(stage.chat, plan) for plan in plans))
        while not await stage.state.queue.idle():  # noqa: ASYNC110  another process has to tell
            await asyncio.sleep(0.2)


async def _delivered(chat: ChatServer, plan: Plan) -> None:
    await asyncio.sleep(plan.at)
    await chat.deliver(plan.deed)


async def _kill_every_second(random: Random, stage: Stage) -> None:
    while True:
        await asyncio.sleep(1.0)
        number = random.randrange(REPLICAS)
        await stage.replicas.kill(number)
        await stage.replicas.start(number)
        if random.random() < 0.3:
            stage.chat.disconnect()


async def _stopped(stage: Stage) -> None:
    for number in range(REPLICAS):
        await stage.replicas.stop(number)


async def _checked(stage: Stage, deeds: Sequence[Deed]) -> Counter[Outcome]:
    """Hold what is there at the end to every promise, and count the outcomes."""
    assert await stage.state.queue.idle()
    assert not stage.chat.taken_back
    records = await _records(stage.state)
    assert not [name for name, count in Counter(kept.id for kept in records).items() if count > 1]
    kept = {record.id: record for record in records}
    revisions: dict[str, int] = defaultdict(int)
    for deed in deeds:
        question = _asked(deed)
        assert deed.acknowledged_at
        assert question.id in kept, f"{question.id} was acknowledged but not accepted"
        revisions[question.id] = max(revisions[question.id], question.revision)
    there: dict[str, list[tuple[str, Message]]] = defaultdict(list)
    for name, message in stage.chat.messages.items():
        there[message.says.question].append((name, message))
    assert there.keys() == kept.keys() == revisions.keys()
    for question_id, messages in there.items():
        assert len(messages) == 1, f"{question_id} has {messages}"
        _agree(kept[question_id], *messages[0], revisions[question_id])
    _in_order(deeds, {name: messages[0][1] for name, messages in there.items()})
    return Counter(record.outcome for record in records)


async def _records(state: State) -> list[Kept]:
    records: list[Kept] = []
    while more := await state.journal.finished(after=records[-1].finished_at if records else 0.0):
        records += more
    return records


def _agree(kept: Kept, name: str, message: Message, revision: int) -> None:
    """The message says what the record says, and both answer what was asked last."""
    answer = answer_from_json(kept.body)
    assert [sent.message for sent in kept.sent] == [name]
    assert (message.says.outcome, message.says.revision) == (kept.outcome, revision)
    assert answer.question.revision == revision
    assert message.says.text.strip() == (answer.text or answer.note)


def _in_order(deeds: Sequence[Deed], messages: dict[str, Message]) -> None:
    """Of two questions of a thread, the one that was accepted first was answered first.

    It certainly was accepted first where it was acknowledged before the other was delivered at all.
    """
    taken: dict[str, float] = {}
    offered: dict[str, float] = {}
    threads: dict[str, set[str]] = defaultdict(set)
    for deed in deeds:
        question = _asked(deed)
        assert deed.acknowledged_at
        threads[question.place].add(question.id)
        taken[question.id] = min(taken.get(question.id, deed.acknowledged_at), deed.acknowledged_at)
        offered[question.id] = min(offered.get(question.id, deed.offered_at), deed.offered_at)
    compared = 0
    for names in threads.values():
        for first, second in pairwise(sorted(names, key=lambda name: offered[name])):
            if taken[first] < offered[second]:
                before, after = messages[first].final_at, messages[second].final_at
                assert before
                assert after
                assert before <= after, f"{second} was answered before {first}"
                compared += 1
    assert compared > len(offered) / 4


def _asked(deed: Deed) -> Question:
    return deed.happening.question if isinstance(deed.happening, Edited) else deed.happening
