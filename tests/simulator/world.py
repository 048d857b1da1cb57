"""One schedule: people ask, change their minds, processes die, and in the end all is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import Cancelled, Deleted, Edited, Happening
from footnote.bot.questions import Question
from tests.simulator.answers import scripted_answers
from tests.simulator.chat import Chat, ChatPlatform
from tests.simulator.clock import StuckError
from tests.simulator.faults import Fault, Faults, draw
from tests.simulator.replica import Disk, Replica, Surroundings

TROUBLE_S = 40.0
"""Until then things go wrong."""
JUMPS_S = (-7200.0, -30.0, 31.0, 35.0, 40.0, 7200.0)
"""How far the clock of the state jumps: mostly as far as a lease is long."""
END_S = 4 * 3600.0
"""A question that has no outcome by then never gets one."""


@dataclass(slots=True)
class Deed:
    """Something that a person did.

    Attributes:
        at: When.
        happening: What.
        acknowledged: Whether a platform would deliver it no more.
    """

    at: float
    happening: Happening
    acknowledged: bool = False


@dataclass(slots=True)
class World:
    """Everything that takes part in one schedule."""

    random: Random
    faults: Faults
    chat: Chat
    disk: Disk
    replicas: Sequence[Replica]
    deeds: Sequence[Deed]
    wall_s: float = 0.0
    _deliveries: set[asyncio.Task[None]] = field(default_factory=set)


def build(seed: int) -> World:
    """Draw a schedule."""
    random = Random(seed)  # noqa: S311  nobody has to be unable to guess it
    faults = draw(random)
    chat = Chat(random, faults)
    loop = asyncio.get_running_loop()
    world = World(random, faults, chat, Disk(lambda: loop.time() + world.wall_s), (), ())
    answers = scripted_answers(random, faults)
    around = Surroundings(world.disk, chat, random, faults, answers)
    world.replicas = [
        Replica(f"replica {number}", around) for number in range(random.choice((1, 1, 2, 3)))
    ]
    world.deeds = sorted(_deeds(random, faults), key=lambda deed: deed.at)
    return world


async def play(world: World) -> None:
    """Let everything happen, and wait until it has ended."""
    for replica in world.replicas:
        replica.start()
    people = [asyncio.ensure_future(_deliver(world, deed)) for deed in world.deeds]
    trouble = asyncio.ensure_future(_trouble(world))
    await asyncio.sleep(TROUBLE_S)
    world.faults.calm = True
    await trouble
    for replica in world.replicas:
        replica.dies_in = None
        replica.start_again()
    try:
        async with asyncio.timeout_at(END_S):
            await asyncio.gather(*people)
            while not _idle(world):  # noqa: ASYNC110  it is the state's file that is watched
                await asyncio.sleep(10.0)
    except TimeoutError:
        raise StuckError(f"not ended after {END_S:g} s") from None
    # What is still under way lands, and a worker that woke up late would do its harm now.
    await asyncio.sleep(17.0)
    await asyncio.gather(*(replica.stop() for replica in world.replicas))


def _idle(world: World) -> bool:
    (waiting,) = world.disk.connection.execute(
        "SELECT count(*) FROM questions WHERE state <> 'finished'"
    ).fetchone()
    return not waiting


def _deeds(random: Random, faults: Faults) -> list[Deed]:
    deeds = []
    for number in range(random.randint(1, 4)):
        name = f"q{number}"
        at = random.uniform(0.0, 0.6 * TROUBLE_S)
        thread = f"thread {random.randint(1, 2)}"
        deeds.append(Deed(at, _question(name, thread, 0)))
        if Fault.CHANGES not in faults.kinds:
            continue
        later = at + random.uniform(0.0, 20.0)
        match random.randrange(5):
            case 0:
                deeds.append(Deed(later, Edited(_question(name, thread, 1))))
            case 1:
                deeds.append(Deed(later, Deleted(name)))
            case 2:
                deeds.append(Deed(later, Cancelled(name)))
            case 3:
                deeds.append(Deed(later, Deleted(name, revision=1)))
                again = later + random.uniform(0.0, 10.0)
                deeds.append(Deed(again, Edited(_question(name, thread, 2))))
            case _:
                pass
    return deeds


def _question(name: str, thread: str, revision: int) -> Question:
    return Question(
        name, f"{name}r{revision}", place=thread, platform=ChatPlatform.name, revision=revision
    )


async def _deliver(world: World, deed: Deed) -> None:
    """Deliver until it is acknowledged, as platforms do; at times once more."""
    await asyncio.sleep(deed.at)
    if world.faults.has(Fault.DUPLICATES):
        await asyncio.sleep(world.random.choice((0.0, 0.0, 5.0)))
    while not deed.acknowledged:
        await _hand_in(world, deed)
        if not deed.acknowledged:
            await asyncio.sleep(world.random.uniform(0.5, 3.0))
    while world.faults.has(Fault.DUPLICATES, 0.6):
        await asyncio.sleep(world.random.choice((0.0, 0.05, 10.0)))
        await _hand_in(world, deed)


async def _hand_in(world: World, deed: Deed) -> None:
    up = [replica for replica in world.replicas if replica.up]
    if not up:
        return
    taken = world.random.choice(up).hand_in(deed.happening)
    taken.add_done_callback(_seen)
    await asyncio.wait([taken], timeout=3.0)
    if not taken.done():
        return
    if not taken.cancelled() and taken.exception() is None:
        deed.acknowledged = True
    elif not taken.cancelled() and isinstance(taken.exception(), Exception):
        assert isinstance(taken.exception(), UnavailableError), taken.exception()


def _seen(taken: asyncio.Task[None]) -> None:
    """What a delivery came to after the platform had stopped to wait for it."""
    if not taken.cancelled():
        taken.exception()


async def _trouble(world: World) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < TROUBLE_S:
        jumpy = Fault.CLOCK in world.faults.kinds
        await asyncio.sleep(world.random.uniform(0.5, 4.0 if jumpy else 15.0))
        replica = world.random.choice(world.replicas)
        if world.faults.has(Fault.CRASH) and replica.up:
            replica.dies_in = world.random.randint(1, 20)
            await asyncio.sleep(world.random.uniform(0.0, 10.0))
        if world.faults.has(Fault.RESTART, 0.4) and replica.up:
            await replica.stop()
        if world.faults.has(Fault.CLOCK, 0.7):
            world.wall_s += world.random.choice(JUMPS_S)
        for other in world.replicas:
            other.start_again()
