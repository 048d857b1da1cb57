"""What is meant for some is answered to them, and to nobody else in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.bot.questions import Outcome
from tests.bot.parts import parts
from tests.bot.platforms.slack.scene import Scene, scene
from tests.library import EVERYONE, HANDBOOK, Page
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel

SAID = "300 euros"
BONUS = Page(
    "bonus",
    f"# Bonus\n\nThe board members get a bonus of {SAID} in December.\n",
    source="board",
)


@asynccontextmanager
async def board(folder: Path) -> AsyncIterator[tuple[Scene, Channel]]:
    """A private channel with a source of its own, and answers as the product gives them."""
    async with scene(folder) as room:
        closed = room.acme.channel("board", room.alice, private=True)
        audiences = {"handbook": EVERYONE, "board": frozenset({f"slack:{closed.id}"})}
        async with parts((*HANDBOOK, BONUS), audiences=audiences) as made:
            room.script.answering = made.answerer(made.quote).answer
            yield room, closed


async def told(
    room: Scene, where: Channel, who: Person | None = None, about: str = "bonus do board members"
) -> tuple[str, Outcome]:
    """What an answer there shows, in all of its words, and how the question ended."""
    asked = await (who or room.alice).says(where, room.mention(f"What {about} get?"))
    kept = await room.ended(asked)
    (message,) = [m for m in room.slack.replies_to(asked) if m.ts == kept.sent[0].message]
    return message.shown, kept.outcome


async def test_in_the_channel_that_it_is_meant_for(tmp_path: Path) -> None:
    """It is answered, with its source."""
    async with board(tmp_path) as (room, closed):
        shown, outcome = await told(room, closed)
        assert SAID in shown
        assert outcome is Outcome.ANSWERED


async def test_in_another_channel(tmp_path: Path) -> None:
    """It is answered to nobody, not even to those for whom it is meant, nor shown as near."""
    async with board(tmp_path) as (room, _):
        shown, outcome = await told(room, room.general)
        assert SAID not in shown
        assert "onus" not in shown.replace("What bonus", "")
        assert outcome is Outcome.NOT_IN_SOURCES


async def test_in_direct_messages(tmp_path: Path) -> None:
    """It is answered to who is in the channel, and to no others."""
    async with board(tmp_path) as (room, _):
        bob = room.acme.person("bob")
        shown, outcome = await told(room, room.alice.dm)
        assert SAID in shown
        assert outcome is Outcome.ANSWERED
        shown, outcome = await told(room, bob.dm, bob)
        assert SAID not in shown
        assert outcome is Outcome.NOT_IN_SOURCES


async def test_what_is_meant_for_everyone(tmp_path: Path) -> None:
    """Is answered in every channel of the team, and not where a guest reads along."""
    async with board(tmp_path) as (room, closed):
        for where in (room.general, closed, room.alice.dm):
            shown, outcome = await told(room, where, about="leave does every employee")
            assert "28 days" in shown
            assert outcome is Outcome.ANSWERED
        guest = room.acme.person("guest", guest=True)
        mixed = room.acme.channel("mixed", room.alice, guest)
        shown, outcome = await told(room, mixed, about="leave does every employee")
        assert "28 days" not in shown
        assert outcome is Outcome.NOT_IN_SOURCES


async def test_a_thread_does_not_carry_it_on(tmp_path: Path) -> None:
    """What was answered in private in a channel is no turn of what others ask there."""
    async with board(tmp_path) as (room, _):
        await room.alice.slash("/ask", "private What bonus do board members get?", room.general)
        (seen,) = await room.slack.until(lambda: room.alice.sees)
        assert SAID in seen.shown
        shown, _ = await told(room, room.general)
        assert SAID not in shown
        assert room.script.asked[-1].conversation.turns == ()
