"""What people do while many questions wait is taken as soon as Slack demands, and only once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.state.sqlite import open_state
from tests.servers import bare_slack
from tests.servers.replicas import open_replicas
from tests.servers.slack.delivery import ACK_S
from tests.servers.slack.recording import Entry, What
from tests.servers.slack.server import SlackServer
from tests.servers.slack.specs import specs_folder
from tests.servers.slack_replica import MODULE, connection, shared

WAITING, MORE, IDLE = 500, 50, 20
AT_ONCE = 50
"""How many people ask at the same time while the queue grows."""
TOO_SLOW_S = ACK_S / 6
"""Where an app that does nothing takes so long, the machine is what is slow."""


@pytest.mark.soak
async def test_acknowledging_while_500_questions_wait(tmp_path: Path) -> None:
    """Footnote, in a process of its own, acknowledges whatever comes within Slack's 3 seconds.

    Nothing comes a second time, and each question is in the queue once. The first answers take for
    ever, so that all the others wait, and their askers are told so meanwhile.
    """
    idle = max(await _bare_ack_seconds(tmp_path))
    # What goes over the wire here is checked elsewhere: thousands of messages would take long.
    async with SlackServer(specs_folder()) as slack, open_state(tmp_path / "state.db") as state:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)

        async def ask(number: int) -> None:
            await alice.says(general, f"{acme.mention} question {number}")

        async with open_replicas(MODULE, shared(slack, acme, tmp_path), tmp_path) as replicas:
            await replicas.start(0, steps=[None])
            await slack.until(lambda: slack.sockets.open)
            for first in range(0, WAITING, AT_ONCE):
                await asyncio.gather(*(ask(first + number) for number in range(AT_ONCE)))
                await slack.settled()
            waiting = await state.queue.waiting()
            await slack.until(lambda: slack.recording.calls("assistant.threads.setStatus"))
            acks = len(slack.recording.of(What.ACK))
            for number in range(MORE):
                await ask(WAITING + number)
                assert (await alice.slash("/footnote", channel=general)).ok
            await slack.settled()
            seconds = slack.recording.ack_seconds()
            busy, later = max(seconds), max(seconds[acks:])
            print(  # noqa: T201  for the curious
                f"acknowledged within {busy:.3f} s while questions came, {later:.3f} s while "
                f"{waiting} waited; by a bare app within {idle:.3f} s"
            )
            kept = await state.queue.waiting()
            await replicas.kill(0)
        again = [entry for entry in slack.recording.of(What.SENT) if _is_repetition(entry)]
        if idle > TOO_SLOW_S:
            pytest.skip(f"too slow a machine to tell: {idle:.1f} s for an app that does nothing")
        assert not again
        assert not slack.deliveries.given_up
        assert busy < ACK_S
    assert WAITING - 8 < waiting <= WAITING
    assert kept == waiting + MORE


async def _bare_ack_seconds(folder: Path) -> list[float]:
    """How long an idle bolt app takes that does nothing, in a process of its own."""
    async with SlackServer() as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        arguments = {**connection(slack, acme), "calls": ()}
        async with open_replicas(bare_slack.MODULE, arguments, folder / "bare") as apps:
            await apps.start(0)
            await slack.until(lambda: slack.sockets.open)
            for _ in range(IDLE):
                await alice.says(general, "Good morning!")
                await slack.settled()
            await apps.kill(0)
        return slack.recording.ack_seconds()


def _is_repetition(entry: Entry) -> bool:
    return bool(entry.data.get("retry_attempt"))
