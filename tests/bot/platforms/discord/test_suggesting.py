"""Suggest a better answer: a form, and admins who approve what was written into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.feedback import Opinion, opinions
from tests.bot.platforms.discord.pressing import (
    answered,
    asking,
    experts_in,
    final,
    labels,
    own,
    told,
)
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message, Role
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

SUGGEST, APPROVE = "Suggest a better answer", "Approve"
TICKED = {"approval": "approval"}
THANKED = "Thank you: your correction is kept."


@dataclass(slots=True)
class Answered:
    """An answer that people can make better.

    Attributes:
        s: Where all is.
        boss: An admin.
        manager: The role that makes one.
        experts: The channel of those who know, which everybody sees.
        asked: The question.
        answer: The answer.
    """

    s: Scene
    boss: Person
    manager: Role
    experts: Channel
    asked: Message
    answer: Message

    async def form(self, who: Person) -> Interaction:
        """The form, which somebody opens."""
        opened = await who.presses(self.answer, SUGGEST)
        await self.s.discord.until(lambda: opened.modal)
        return opened

    async def suggests(self, who: Person, text: str, *, approve: bool = False) -> str:
        """What somebody is told who suggests a better answer; an admin may approve it at once."""
        given = {"suggestion": text, **(TICKED if approve else {})}
        return await told(self.s, await who.submits(await self.form(who), given))

    async def shown(self, count: int = 1) -> Message:
        """The last message where those who know are, once there are so many."""
        await self.s.discord.until(lambda: len(own(self.s, self.experts)) >= count)
        assert len(own(self.s, self.experts)) == count
        return own(self.s, self.experts)[-1]

    async def opinion(self) -> Opinion:
        """The one opinion."""
        (opinion,) = await opinions(self.s.state)
        return opinion


@asynccontextmanager
async def here(folder: Path) -> AsyncIterator[Answered]:
    """An answer in a channel that everybody sees."""
    async with scene(folder, asking) as s:
        manager = s.acme.role("manager", int(Permission.MANAGE_GUILD))
        boss = s.acme.person("boss", manager)
        yield Answered(s, boss, manager, experts_in(s), *(await answered(s)))


async def test_a_better_answer_is_kept(tmp_path: Path) -> None:
    """With its author, also of one who has not asked; a second one replaces the first."""
    async with here(tmp_path) as h:
        bob = h.s.acme.person("bob")
        for written in ("30 days.", "  31 days. "):
            form = await h.form(bob)
            assert form.modal
            (label,) = form.modal.data["components"]
            assert label["description"] == "leave?"
            assert label["component"]["value"] == "About leave?"
            submitted = await bob.submits(form, {"suggestion": written})
            assert await told(h.s, submitted) == THANKED
        opinion = await h.opinion()
        assert (opinion.asker, opinion.correction) == (f"discord:{bob.id}", "31 days.")


async def test_a_long_answer_is_made_better(tmp_path: Path) -> None:
    """All of it is there to be edited, and what is left out is left out."""
    async with scene(tmp_path) as s:
        text = "\n".join(f"- Rule {number} & what it says of leave." for number in range(300))
        s.script.answers["leave"] = [text]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.ended(asked)
        await s.quiet()
        form = await s.alice.presses(own(s, s.general)[-1], SUGGEST)
        await s.discord.until(lambda: form.modal)
        assert form.modal
        given = [label["component"]["value"] for label in form.modal.data["components"]]
        assert "\n".join(given) == text
        last = f"suggestion:{len(given) - 1}"
        changed = {last: "And no more.", "suggestion:1": ""}
        assert await told(s, await s.alice.submits(form, changed)) == THANKED
        (opinion,) = await opinions(s.state)
        assert opinion.correction == "\n".join([given[0], "And no more."])


async def test_what_cannot_be_kept_is_given_back(tmp_path: Path) -> None:
    """Discord has closed the form by then: it is told why, and nothing that was written is lost."""
    async with here(tmp_path) as h:
        assert await h.suggests(h.s.alice, "  ") == "Write what the answer should have been."
        form = await h.form(h.s.alice)
        await h.s.state.journal.erase(h.s.question_id(h.asked))
        long = "\n".join(["30 days."] * 400)
        pressed = await h.s.alice.submits(form, {"suggestion": long})
        said = [await told(h.s, pressed, nth) for nth in (1, 2)]
        assert "no longer kept" in said[0]
        assert "\n".join(said).endswith(long)
        assert not await opinions(h.s.state)


async def test_while_the_state_is_away(tmp_path: Path) -> None:
    """What was written is given back, too."""
    async with here(tmp_path) as h:
        form = await h.form(h.s.alice)
        h.s.link.away = True
        said = await told(h.s, await h.s.alice.submits(form, {"suggestion": "30 days."}))
        assert "try again" in said
        assert "30 days." in said
        h.s.link.away = False


async def test_an_admin_approves_their_own_at_once(tmp_path: Path) -> None:
    """By a choice in the form, which nobody else has; nothing has to be shown to others."""
    async with here(tmp_path) as h:
        said = await h.suggests(h.boss, "30 days.", approve=True)
        assert said == "Thank you: this is kept as the answer."
        opinion = await h.opinion()
        assert (opinion.correction, opinion.approved_by) == ("30 days.", f"discord:{h.boss.id}")
        assert "approval" not in str((await h.form(h.s.alice)).modal)
        await h.s.settled()
        assert not own(h.s, h.experts)


async def test_an_admin_who_only_suggests(tmp_path: Path) -> None:
    """Approves nothing: it is shown to admins as what others suggest is."""
    async with here(tmp_path) as h:
        assert await h.suggests(h.boss, "30 days.") == THANKED
        assert not (await h.opinion()).approved_by
        await h.shown()


async def test_an_admin_who_is_none_any_more(tmp_path: Path) -> None:
    """Is refused when the form is sent off, and gets back what they wrote."""
    async with here(tmp_path) as h:
        form = await h.form(h.boss)
        h.s.acme.take(h.boss, h.manager)
        said = await told(h.s, await h.boss.submits(form, {"suggestion": "30 days.", **TICKED}))
        assert "Only admins" in said
        assert said.endswith("30 days.")
        assert not await opinions(h.s.state)


async def test_somebody_elses_is_approved_by_an_admin(tmp_path: Path) -> None:
    """Where those who know are: others who press the button are told, and nothing is kept."""
    async with here(tmp_path) as h:
        s = h.s
        await h.suggests(s.alice, "30 days, says @everyone.\n[Here](https://evil.example).")
        message = await h.shown()
        assert "leave?" in message.content
        assert message.content.startswith(s.alice.mention)
        assert "30 days" in message.content
        assert message.notified.users == frozenset()
        assert not message.notified.everyone
        assert "https://evil" not in message.content
        denied = "Only admins can approve an answer: ask one of them."
        assert await told(s, await s.alice.presses(message, APPROVE)) == denied
        assert not (await h.opinion()).approved_by
        await h.boss.presses(message, APPROVE)
        done = await h.shown(2)
        assert done.content == f"Approved by {h.boss.mention}: it is kept as the answer."
        assert done.notified.users == frozenset()
        opinion = await h.opinion()
        assert opinion.asker == f"discord:{s.alice.id}"
        assert opinion.approved_by == f"discord:{h.boss.id}"


async def test_one_that_has_changed_since(tmp_path: Path) -> None:
    """Is not approved in the place of what the admin has read; its later version can be."""
    async with here(tmp_path) as h:
        await h.suggests(h.s.alice, "30 days.")
        first = await h.shown()
        await h.suggests(h.s.alice, "31 days.")
        second = await h.shown(2)
        assert "changed" in await told(h.s, await h.boss.presses(first, APPROVE))
        assert not (await h.opinion()).approved_by
        await h.boss.presses(second, APPROVE)
        await h.shown(3)
        assert (await h.opinion()).approved_by
        await h.suggests(h.s.alice, "32 days.")
        assert not (await h.opinion()).approved_by


async def test_a_long_one(tmp_path: Path) -> None:
    """Is shown in as many messages as it takes, with the button below the last."""
    async with here(tmp_path) as h:
        text = "\n".join(f"{number}: 30 days." for number in range(250))
        await h.suggests(h.s.alice, text)
        last = await h.shown(2)
        *others, _ = own(h.s, h.experts)
        said = "\n".join(message.content for message in (*others, last))
        assert said.endswith(text)
        assert not any(labels(message) for message in others)
        await h.boss.presses(last, APPROVE)
        await h.shown(3)
        assert (await h.opinion()).approved_by


async def test_the_same_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Is shown once, over two replicas, and that is nothing to complain of."""
    async with here(tmp_path) as h:
        for _ in range(2):
            await h.suggests(h.s.alice, "30 days.")
        await h.suggests(h.s.alice, "31 days.")
        await h.shown(2)
        assert not [entry for entry in caplog.records if entry.levelname in {"WARNING", "ERROR"}]


async def test_what_was_asked_in_private(tmp_path: Path) -> None:
    """Its correction is shown to nobody, nor is that of a channel that not everybody sees."""
    async with here(tmp_path) as h:
        s = h.s
        board = s.acme.channel("board", only=[s.alice])
        asked = await s.alice.slash("ask", s.general, question="travel?", private=True)
        for answer in (
            await final(s, asked),
            (await answered(s, where=s.alice.dm))[1],
            (await answered(s, where=board))[1],
        ):
            h.answer = answer
            assert await h.suggests(s.alice, "By train.") == THANKED
        await s.settled()
        assert len(await opinions(s.state)) == 3
        assert not own(s, h.experts)


async def test_without_a_channel_of_people(tmp_path: Path) -> None:
    """It is kept, and shown nowhere."""
    async with scene(tmp_path) as s:
        asked, answer = await answered(s)
        h = Answered(s, s.alice, s.acme.role("none"), s.general, asked, answer)
        assert await h.suggests(s.alice, "30 days.") == THANKED
        await s.settled()
        assert own(s, s.general) == [answer]


async def test_a_channel_of_people_that_is_not_to_be_written_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is kept all the same, and whoever wrote it is thanked; the log says what is wrong."""
    async with here(tmp_path) as h:
        bot = h.s.discord.application.bot.id
        h.s.acme.overwrite(h.experts, bot, deny=int(Permission.SEND_MESSAGES))
        assert await h.suggests(h.s.alice, "30 days.") == THANKED
        await h.s.settled()
        assert (await h.opinion()).correction == "30 days."
        assert "not shown to admins" in caplog.text
