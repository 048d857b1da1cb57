"""What Footnote adds to an answer in Discord, over real sockets and HTTP on loopback.

`posted`: the answer to a mention is there at once, and becomes one message. `edited`: its first
block is there at once, its second after a moment, so that its message is edited; Footnote shows the
first without its usual wait for a second (`lead_s` of its platform). `asked`: /ask is acknowledged
at once; the answer is there after a moment, and becomes the reply.

`first_block` is the time from the server's sending of the event until the first block arrives at
the server, `final` until the server has done the last call, and `ack` until the command's
acknowledgement arrives. What the answer itself takes is taken off.

The baseline is a bare discord.py bot that keeps nothing and answers with the calls that Footnote
made. Both run in processes of their own, each in a Discord of its own, and answer in turn; their
questions come alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.overhead import WARM, Times, ask_in_turn, overheads, run_by_hand
from tests.benchmarks.timing import say
from tests.servers import bare_discord, discord_replica
from tests.servers.bare_discord import ASKED, BOT, BY, CHANNEL, GUILD, SENT
from tests.servers.discord import gateway_recording
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.recording import Entry, What
from tests.servers.discord.rest import ROUTES
from tests.servers.discord.server import DiscordServer
from tests.servers.forking import Forks, open_forks
from tests.servers.replicas import Replicas

MAKING_S = 0.3
QUESTION = "how many days?"
BLOCKS = "Everybody gets 28 days.", "They end in March."
ACK = "create_interaction_response"
EVENTS = {"MESSAGE_CREATE", "INTERACTION_CREATE"}
OK = 200
PATIENCE_S = 20.0
REST_S = 0.02
"""Whoever has answered gets so long to put things away, so that it does not slow the other."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How an answer is made, and shown.

    Attributes:
        steps: What it is made of.
        first: The call that shows its first block.
        last: The call that makes it final.
        first_s: How long its first block takes to make.
        final_s: How long the whole takes to make.
        by_command: Whether it is asked for by a command, not by a mention.
    """

    steps: Sequence[str | float]
    first: str
    last: str
    first_s: float = 0.0
    final_s: float = 0.0
    by_command: bool = False


REPLY = "update_original_webhook_message"
SHAPES = {
    "posted": Shape(BLOCKS, "create_message", "create_message"),
    "edited": Shape(
        (BLOCKS[0], MAKING_S, BLOCKS[1]), "create_message", "update_message", final_s=MAKING_S
    ),
    "asked": Shape((MAKING_S, *BLOCKS), REPLY, REPLY, MAKING_S, MAKING_S, by_command=True),
}


class Asking:
    """Asks one app in a Discord of its own.

    Args:
        discord: The server.
        alice: Who asks.
        channel: Where.
        shape: What is answered.
    """

    def __init__(
        self, discord: DiscordServer, alice: Person, channel: Channel, shape: Shape
    ) -> None:
        self.times = Times()
        self._discord = discord
        self._alice = alice
        self._channel = channel
        self._shape = shape

    async def ask(self) -> Message | Interaction:
        """Ask once, and take the time of the answer."""
        events, calls = self._discord.gateway.recording, self._discord.recording
        events.entries.clear()
        calls.entries.clear()
        asked = await self._asked()
        ended = await self._discord.until(self._ended, PATIENCE_S)
        sent = next(
            entry.at
            for entry in events.of(gateway_recording.What.SENT)
            if entry.name in EVENTS and entry.data["d"]["id"] == asked.id
        )
        (answer,) = self._discord.replies_to(asked)
        assert answer.content.endswith(BLOCKS[-1])
        assert ended
        made = calls.of(What.CALL)
        first = next(call for call in made if call.route == self._shape.first)
        self.times.first.append(first.at - sent)
        self.times.final.append(ended.at - sent)
        self.times.ack += [call.at - sent for call in made if call.route == ACK]
        await asyncio.sleep(REST_S)
        return asked

    def calls(self, asked: Message | Interaction) -> list[str]:
        """The calls that answered a question, for another app to make after the same time."""
        assert asked.channel.guild
        known = {
            self._discord.application.id: BOT,
            asked.channel.guild.id: GUILD,
            asked.channel.id: CHANNEL,
            asked.id: ASKED,
            self._discord.replies_to(asked)[0].id: SENT,
        }
        if isinstance(asked, Interaction):
            known[asked.token] = BY
        made = self._discord.recording.of(What.CALL)
        # Discord takes what comes with the same nonce for the same message.
        nonces = [call.data["nonce"] for call in made if call.route == "create_message"]
        known |= dict.fromkeys(nonces, ASKED)
        return [_template(self._told(call), known) for call in made]

    def routes(self) -> list[str]:
        """The calls that answered the last question, by name."""
        return [call.route for call in self._discord.recording.of(What.CALL)]

    async def _asked(self) -> Message | Interaction:
        if self._shape.by_command:
            return await self._alice.slash("ask", self._channel, question=QUESTION)
        return await self._alice.says(self._channel, f"{self._discord.mention} {QUESTION}")

    def _told(self, call: Entry) -> dict[str, Any]:
        (route,) = [route for route in ROUTES if route.name == call.route]
        return {
            "after_s": self._shape.final_s if call.route == self._shape.last else 0.0,
            "method": route.method,
            "path": route.path,
            "names": call.names,
            "query": call.query,
            "body": call.data,
        }

    def _ended(self) -> Entry | None:
        """The last call's answer, once it is there."""
        answers = self._discord.recording.of(What.ANSWER)
        taken = [entry for entry in answers if entry.status == OK]
        return next((entry for entry in taken if entry.route == self._shape.last), None)


def _template(call: Mapping[str, Any], known: Mapping[str, str]) -> str:
    text = json.dumps(call)
    for value, name in known.items():
        text = text.replace(value, name)
    return text


@asynccontextmanager
async def _app(
    forks: Forks, folder: Path, shape: Shape, arguments: Mapping[str, object]
) -> AsyncIterator[Asking]:
    """An app that runs in a Discord of its own."""
    async with DiscordServer() as discord:
        discord.application.bot_public = False
        acme = discord.guild("acme")
        asking = Asking(discord, acme.person("alice"), acme.channel("general"), shape)
        app = Replicas(forks, {**discord_replica.reached(discord), **arguments}, folder)
        await app.start(0)
        recording = discord.gateway.recording
        await discord.until(lambda: recording.sent("GUILD_CREATE"), PATIENCE_S)
        await discord.until(lambda: discord.application.commands, PATIENCE_S)
        yield asking
        await app.stop(0)


async def measured(  # noqa: PLR0913, PLR0917  what differs from one run to the other
    footnote: Forks, bare: Forks, folder: Path, shape: Shape, questions: int, warm: int
) -> dict[str, object]:
    """What one shape of answer takes, beside the bare app."""
    steps = {"steps": shape.steps, "data": str(folder), "as_usual": True}
    if shape.first != shape.last:
        steps["lead_s"] = 0.0
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_app(footnote, folder / "footnote", shape, steps))
        for _ in range(warm):
            asked = await ours.ask()
        calls, routes = ours.calls(asked), ours.routes()
        bot = _app(bare, folder / "bare", shape, {"calls": calls})
        theirs = await stack.enter_async_context(bot)
        await ask_in_turn(ours, theirs, questions, warm)
    mine, bare_times = (
        asking.times.without(first_s=shape.first_s, final_s=shape.final_s)
        for asking in (ours, theirs)
    )
    return {"calls": routes, **overheads(mine, bare_times)}


async def measure(folder: Path, questions: int, warm: int = WARM) -> dict[str, object]:
    """All shapes of answers, one after the other."""
    found: dict[str, object] = {}
    async with (
        open_forks(discord_replica.MODULE) as footnote,
        open_forks(bare_discord.MODULE) as bare,
    ):
        for name, shape in SHAPES.items():
            say(f"Asking {questions} questions whose answers are {name}…")
            home = folder / name
            home.mkdir()
            found[name] = await measured(footnote, bare, home, shape, questions, warm)
    return found


if __name__ == "__main__":
    run_by_hand(measure, __doc__)
