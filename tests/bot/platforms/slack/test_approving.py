"""Corrections that admins approve."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.feedback import Opinion, opinions
from footnote.bot.platforms.slack.settings import SlackSettings
from tests.bot.platforms.slack.scene import Scene, scene
from tests.bot.platforms.slack.test_sharing import own
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message

pytestmark = pytest.mark.usefixtures("brisk")

EXPERTS = "experts"
TICKED = {"approval": ["approval"]}


@dataclass(slots=True)
class Answered:
    """An answer that people can make better.

    Attributes:
        room: Where all is.
        boss: An admin.
        experts: The channel of those who know; the admin is there, and so is alice.
        final: The answer.
    """

    room: Scene
    boss: Person
    experts: Channel
    final: Message

    async def suggests(self, who: Person, text: str, *, approve: bool = False) -> None:
        """Somebody suggests a better answer; an admin may approve it at once."""
        assert (await who.clicks(self.final, "suggest")).ok
        *_, view = who.views
        more = TICKED if approve else {}
        assert (await who.submits(view, {"suggestion": text, **more})).ok

    async def shown(self, count: int = 1) -> Message:
        """The last correction that is shown to admins, once there are so many."""
        await self.room.slack.until(lambda: len(own(self.room, self.experts)) == count)
        return own(self.room, self.experts)[-1]

    async def opinion(self) -> Opinion:
        """The one opinion."""
        (opinion,) = await opinions(self.room.state)
        return opinion


@asynccontextmanager
async def answered(folder: Path, people: str | None = f"#{EXPERTS}") -> AsyncIterator[Answered]:
    """An answer in a public channel."""
    async with scene(folder, SlackSettings(people=people)) as room:
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        experts = room.acme.channel(EXPERTS, boss, room.alice)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.answer(asked, final.text)
        yield Answered(room, boss, experts, final)


async def test_an_admin_approves_their_own_at_once(tmp_path: Path) -> None:
    """By a tick in the form, which nobody else has; nothing has to be shown to others."""
    async with answered(tmp_path) as here:
        await here.suggests(here.boss, "30 days.", approve=True)
        opinion = await here.opinion()
        assert (opinion.correction, opinion.approved_by) == ("30 days.", f"slack:{here.boss.id}")
        assert (await here.room.alice.clicks(here.final, "suggest")).ok
        assert "approval" not in str(here.room.alice.views[-1].blocks)
        await here.room.quiet()
        assert not own(here.room, here.experts)


async def test_an_admin_who_is_none_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is refused when the form is sent off, and loses nothing of what they wrote."""
    monkeypatch.setattr("footnote.bot.platforms.slack.people.ADMINS_REMEMBERED_S", 0.0)
    async with answered(tmp_path) as here:
        assert (await here.boss.clicks(here.final, "suggest")).ok
        (view,) = here.boss.views
        here.boss.member.admin = False
        assert (await here.boss.submits(view, {"suggestion": "30 days.", **TICKED})).ok
        assert "Only admins" in view.errors["approval"]
        assert here.boss.views == [view]
        assert not await opinions(here.room.state)
        assert (await here.boss.submits(view, {"suggestion": "30 days."})).ok
        assert not (await here.opinion()).approved_by


async def test_somebody_elses_is_approved_by_an_admin(tmp_path: Path) -> None:
    """Where those who know are: others who press the button are told, and nothing is kept."""
    async with answered(tmp_path) as here:
        room = here.room
        await here.suggests(room.alice, "30 days, says &lt;HR&gt;.")
        message = await here.shown()
        assert "leave?" in message.text
        assert "30 days" in message.shown
        assert (await room.alice.clicks(message, "approve")).ok
        (told,) = await room.slack.until(lambda: room.alice.sees)
        assert told.text == "Only admins can approve an answer: ask one of them."
        assert not (await here.opinion()).approved_by
        assert (await here.boss.clicks(message, "approve")).ok
        done = await here.shown(2)
        assert (done.thread_ts, here.boss.mention in done.text) == (message.ts, True)
        opinion = await here.opinion()
        assert opinion.asker == f"slack:{room.alice.id}"
        assert opinion.approved_by == f"slack:{here.boss.id}"
        assert not here.boss.sees


async def test_one_that_has_changed_since(tmp_path: Path) -> None:
    """Is not approved in the place of what the admin has read; its later version can be."""
    async with answered(tmp_path) as here:
        await here.suggests(here.room.alice, "30 days.")
        first = await here.shown()
        await here.suggests(here.room.alice, "31 days.")
        second = await here.shown(2)
        assert (await here.boss.clicks(first, "approve")).ok
        (told,) = await here.room.slack.until(lambda: here.boss.sees)
        assert "changed" in told.text
        assert not (await here.opinion()).approved_by
        assert (await here.boss.clicks(second, "approve")).ok
        await here.shown(3)
        assert (await here.opinion()).approved_by
        await here.suggests(here.room.alice, "32 days.")
        assert not (await here.opinion()).approved_by


async def test_the_same_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Is shown once, and that is nothing to complain of."""
    async with answered(tmp_path) as here:
        for _ in range(2):
            await here.suggests(here.room.alice, "30 days.")
        await here.suggests(here.room.alice, "31 days.")
        await here.shown(2)
        assert not [entry for entry in caplog.records if entry.levelname == "ERROR"]


async def test_what_was_asked_in_private(tmp_path: Path) -> None:
    """Its correction is shown to nobody, nor is that of a private channel."""
    async with answered(tmp_path) as here:
        room = here.room
        board = room.acme.channel("board", room.alice, private=True)
        for where, text in ((room.alice.dm, "travel?"), (board, room.mention("travel?"))):
            asked = await room.alice.says(where, text)
            final = await room.slack.reply_to(asked)
            await room.answer(asked, final.text)
            here.final = final
            await here.suggests(room.alice, "By train.")
        await room.quiet()
        assert len(await opinions(room.state)) == 2
        assert not own(room, here.experts)


async def test_without_a_channel_of_people(tmp_path: Path) -> None:
    """It is kept, and shown nowhere."""
    async with answered(tmp_path, people=None) as here:
        await here.suggests(here.room.alice, "30 days.")
        await here.room.quiet()
        assert (await here.opinion()).correction == "30 days."
        assert not own(here.room, here.experts)
