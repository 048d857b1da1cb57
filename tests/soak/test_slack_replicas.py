"""Two thousand questions in Slack over three replicas: each is answered once, nothing is left."""

from __future__ import annotations

import asyncio
import gc
import resource
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.sqlite import open_state
from tests.bot.platforms.slack.scene import Script, footnote_in
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.world import Channel, Message

QUESTIONS, WARM, AT_ONCE = 2000, 500, 40
STATM = Path("/proc/self/statm")
MEGABYTE = 1024 * 1024
REPLICAS = ("one", "two", "three")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="this system has no /proc/self/statm"),
]


async def test_two_thousand_questions_over_three_replicas(tmp_path: Path) -> None:
    """No duplicate, no task left, and little more memory than the messages of the server take."""
    script = Script()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackServer())
        slack.recording.on = False
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        state = await stack.enter_async_context(open_state(tmp_path / "state.db"))
        options = InboxOptions(queue_limit=10_000)
        for name in REPLICAS:
            await stack.enter_async_context(
                footnote_in(slack, [acme], state, script, options=options, replica=name)
            )
        asked = await _ask(slack, state, alice, general, acme.mention, WARM)
        before, tasks = _resident(), len(asyncio.all_tasks())
        asked += await _ask(slack, state, alice, general, acme.mention, QUESTIONS - WARM)
        grown = _resident() - before
        left = len(asyncio.all_tasks()) - tasks
        for number, message in enumerate(asked):
            texts = [reply.text for reply in slack.replies_to(message)]
            assert texts == [f"About question {number}"]
        outcomes = {kept.outcome for kept in await state.journal.finished(limit=2 * QUESTIONS)}
        assert outcomes == {Outcome.ANSWERED}
        assert await state.queue.idle()
    assert len(script.asked) == QUESTIONS
    assert left <= len(REPLICAS)
    print(f"{grown / MEGABYTE:.1f} MB more, {left} tasks more")  # noqa: T201  pytest shows it
    assert grown < 40 * MEGABYTE


async def _ask(  # noqa: PLR0913, PLR0917  who asks whom where
    slack: SlackServer, state: State, alice: Person, channel: Channel, mention: str, count: int
) -> list[Message]:
    """Ask so many questions, a few at once, and wait for all answers."""
    free = asyncio.Semaphore(AT_ONCE)

    async def ask(number: int) -> Message:
        async with free:
            message = await alice.says(channel, f"{mention} question {number}")
            await slack.reply_to(message)
            return message

    start = sum(1 for message in channel.messages.values() if message.is_root)
    asked = await asyncio.gather(*(ask(start + number) for number in range(count)))
    while not await state.queue.idle():  # noqa: ASYNC110  it is a file
        await asyncio.sleep(0.1)
    await slack.settled()
    gc.collect()
    return list(asked)


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
