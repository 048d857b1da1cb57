"""What Footnote adds to an answer in Slack, over real sockets and HTTP on loopback.

`posted`: an answer that is there at once becomes one message. `streamed`: its first block is there
at once, its second after half a second, so that it becomes a stream.

`first_block` is the time from the server's sending of the event until the first block arrives at
the server, `final` until the server has done the last call, and `ack` until the event is
acknowledged. What the answer itself takes is taken off, as is the moment for which Footnote waits
for a second block before it shows the first (`lead_s` of its platform).

The baseline is a bare bolt app that keeps nothing and answers with the calls that Footnote made.
Both run in processes of their own, each in a Slack of its own, and answer in turn; their questions
come alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from footnote.bot.platforms.slack.platform import SlackPlatform
from tests.benchmarks.overhead import WARM, Times, ask_in_turn, overheads, run_by_hand
from tests.benchmarks.timing import say
from tests.servers import bare_slack, slack_replica
from tests.servers.bare_slack import CHANNEL, SENT, TEAM, THREAD, USER
from tests.servers.forking import Forks, open_forks
from tests.servers.replicas import Replicas
from tests.servers.slack.people import Person
from tests.servers.slack.recording import Entry, What
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Message

MAKING_S = 0.5
BLOCKS = "Everybody gets 28 days.", "They end in March."
SHAPES: dict[str, Sequence[str | float]] = {
    "posted": BLOCKS,
    "streamed": (BLOCKS[0], MAKING_S, BLOCKS[1]),
}
FIRST, LAST = ("chat.startStream", "chat.postMessage"), ("chat.stopStream", "chat.postMessage")
PATIENCE_S = 20.0

Call = tuple[float, str, Mapping[str, Any]]


class Asking:
    """Asks one app in a Slack of its own.

    Args:
        slack: The server.
        acme: The workspace.
        alice: Who asks.
        channel: Where.
    """

    def __init__(
        self, slack: SlackServer, acme: Workspace, alice: Person, channel: Channel
    ) -> None:
        self.times = Times()
        self._slack = slack
        self._acme = acme
        self._alice = alice
        self._channel = channel

    async def ask(self) -> Message:
        """Ask once, and take the time of the answer."""
        recording = self._slack.recording
        recording.entries.clear()
        asked = await self._alice.says(self._channel, f"{self._acme.mention} how many days?")
        await self._slack.until(lambda: self._ended(asked), PATIENCE_S)
        await self._slack.settled()
        sent = next(entry.at for entry in recording.of(What.SENT) if "payload" in entry.data)
        first = next(call for call in self._calls(asked) if call.name in FIRST)
        ended = self._ended(asked)
        assert ended
        self.times.ack.append(max(recording.ack_seconds()))
        self.times.first.append(first.at - sent)
        self.times.final.append(ended.at - sent)
        return asked

    def calls(self, asked: Message, making_s: float) -> list[Call]:
        """The calls that answered a question, for another app to make after the same time."""
        known = {
            asked.channel.id: CHANNEL,
            asked.ts: THREAD,
            self._alice.id: USER,
            self._acme.id: TEAM,
            self._slack.replies_to(asked)[0].ts: SENT,
        }
        return [
            (
                making_s if call.name == "chat.stopStream" else 0.0,
                call.name,
                {
                    name: known.get(value, value) if isinstance(value, str) else value
                    for name, value in call.data.items()
                },
            )
            for call in self._calls(asked)
        ]

    def _calls(self, asked: Message) -> list[Entry]:
        entries = self._slack.recording.of(What.CALL)
        return [entry for entry in entries if entry.data.get("channel") == asked.channel.id]

    def _ended(self, asked: Message) -> Entry | None:
        """The last call's answer, once it is there."""
        last = [call.number for call in self._calls(asked) if call.name in LAST]
        answers = self._slack.recording.of(What.ANSWER)
        return next((entry for entry in answers if entry.number in last), None)


@asynccontextmanager
async def _app(
    forks: Forks, folder: Path, arguments: Mapping[str, object]
) -> AsyncIterator[Asking]:
    """An app that runs in a Slack of its own."""
    async with SlackServer() as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        asking = Asking(slack, acme, alice, acme.channel("general", alice))
        app = Replicas(forks, {**slack_replica.connection(slack, acme), **arguments}, folder)
        await app.start(0)
        await slack.until(lambda: slack.sockets.open, PATIENCE_S)
        yield asking
        await app.stop(0)


async def measured(
    footnote: Forks, bare: Forks, folder: Path, shape: str, questions: int
) -> dict[str, object]:
    """What one shape of answer takes, beside the bare app."""
    making_s = sum(step for step in SHAPES[shape] if isinstance(step, float))
    steps = {"steps": SHAPES[shape], "data": str(folder), "as_usual": True}
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_app(footnote, folder / "footnote", steps))
        for _ in range(WARM):
            asked = await ours.ask()
        calls = ours.calls(asked, making_s)
        theirs = await stack.enter_async_context(_app(bare, folder / "bare", {"calls": calls}))
        await ask_in_turn(ours, theirs, questions)
    lead_s = SlackPlatform.lead_s if making_s else 0.0
    mine = ours.times.without(first_s=lead_s, final_s=making_s)
    bare_times = theirs.times.without(final_s=making_s)
    return {"calls": [method for _, method, _ in calls], **overheads(mine, bare_times)}


async def measure(folder: Path, questions: int) -> dict[str, object]:
    """Both shapes of answers, one after the other."""
    found: dict[str, object] = {}
    async with open_forks(slack_replica.MODULE) as footnote, open_forks(bare_slack.MODULE) as bare:
        for shape in SHAPES:
            say(f"Asking {questions} questions whose answers are {shape}…")
            home = folder / shape
            home.mkdir()
            found[shape] = await measured(footnote, bare, home, shape, questions)
    return found


if __name__ == "__main__":
    run_by_hand(measure, __doc__)
