"""Questions that people are asked, and what becomes of what they reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.pages.safety import BREAK
from footnote.bot.questions import Outcome
from tests.bot.platforms.discord.pressing import (
    answered,
    asking,
    cited,
    experts_in,
    final,
    own,
    privately,
    told,
)
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene
from tests.servers.discord.community import Community
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

ASK = "Ask a person"
BY_CAROL = "This is the answer of a person who was asked: Carol."


@dataclass(slots=True)
class Asked:
    """A question of alice's that the people of a channel were asked.

    Attributes:
        s: Where all is.
        carol: One of those people.
        experts: Their channel.
        message: Alice's question.
        final: The bot's answer to it.
        posted: What the people are asked.
    """

    s: Scene
    carol: Person
    experts: Channel
    message: Message
    final: Message
    posted: Message

    @property
    def thread(self) -> Channel:
        """The thread below it."""
        assert self.posted.thread
        return self.posted.thread

    async def reply(self, text: str) -> Message:
        """Carol replies in the thread, and is thanked for it."""
        said = await self.carol.says(self.thread, text)
        await self.s.discord.until(lambda: said.reactions)
        return said

    async def brought(self, *texts: str) -> list[Message]:
        """What was brought to where alice asked, once it is just that."""
        s = self.s

        def there() -> list[Message]:
            return [m for m in own(s, s.general) if m is not self.final]

        expected = [f"{text}\n\n{BY_CAROL}" for text in texts]
        await s.discord.until(lambda: [said(m) for m in there()] == expected)
        await s.settled()
        assert len(there()) == len(texts)
        return there()


def said(message: Message) -> str:
    """What a message says, with what is framed below it."""
    return "\n\n".join([message.content, *(embed["description"] for embed in message.embeds)])


@asynccontextmanager
async def asked_people(folder: Path) -> AsyncIterator[Asked]:
    """A question that was asked in public, and then of people."""
    async with scene(folder, asking) as s:
        experts = experts_in(s)
        carol = s.acme.person("carol")
        s.script.answers["leave"] = [Outcome.NOT_IN_SOURCES]
        message, answer = await answered(s)
        assert experts.mention in await told(s, await s.alice.presses(answer, ASK))
        (posted,) = own(s, experts)
        yield Asked(s, carol, experts, message, answer, posted)


async def test_people_are_asked(tmp_path: Path) -> None:
    """In their channel with a thread, once, with a link to the question, and nobody is pinged."""
    async with asked_people(tmp_path) as here:
        s = here.s
        assert here.posted.content.startswith(f"{s.alice.mention} asks: leave?")
        where = f"/channels/{s.acme.id}/{s.general.id}/{here.message.id}"
        assert where in here.posted.content
        assert here.thread.name == "leave?"
        assert here.posted.notified.users == frozenset()
        bob = s.acme.person("bob")
        for person in (s.alice, bob):
            assert "already" in await told(s, await person.presses(here.final, ASK))
        assert own(s, here.experts) == [here.posted]


async def test_a_reply(tmp_path: Path) -> None:
    """Is kept as the answer with its author, and brought to where it was asked, as a reply.

    There it is said that a person says so, and which.
    """
    async with asked_people(tmp_path) as here:
        other = await here.carol.says(here.experts, "Nothing to do with it.")
        await here.reply("Ask HR, @here.")
        (brought,) = await here.brought(f"Ask HR, @{BREAK}here.")
        assert brought.reply_to == here.message.id
        assert not brought.components or "feedback" not in str(brought.components)
        (opinion,) = await opinions(here.s.state, here.s.question_id(here.message))
        assert (opinion.asker, opinion.asked) == (f"discord:{here.carol.id}", True)
        assert opinion.correction == "Ask HR, @here."
        assert len(here.s.script.asked) == 2  # with the one by which the scene is settled
        await here.s.ignored(other)


async def test_a_direct_reply(tmp_path: Path) -> None:
    """In the channel, to what was posted there, is one too."""
    async with asked_people(tmp_path) as here:
        said = await here.carol.says(here.experts, "30 days.", reply_to=here.posted)
        await here.s.discord.until(lambda: said.reactions)
        await here.brought("30 days.")
        assert own(here.s, here.experts) == [here.posted]


async def test_several_replies(tmp_path: Path) -> None:
    """Each is brought; together they are what is kept."""
    async with asked_people(tmp_path) as here:
        for text in ("30 days.", "Ask HR for the form."):
            await here.reply(text)
        await here.brought("30 days.", "Ask HR for the form.")
        (opinion,) = await opinions(here.s.state)
        assert opinion.correction == "30 days.\n\nAsk HR for the form."


async def test_a_reply_that_is_edited(tmp_path: Path) -> None:
    """Changes what is kept and the message that was brought."""
    async with asked_people(tmp_path) as here:
        reply = await here.reply("30 days.")
        (before,) = await here.brought("30 days.")
        for text in ("31 days.", "32 days."):
            await here.carol.edits(reply, text)
            (after,) = await here.brought(text)
            assert after is before
        (opinion,) = await opinions(here.s.state)
        assert opinion.correction == "32 days."


async def test_a_reply_that_is_deleted(tmp_path: Path) -> None:
    """Is kept no longer, and the message that was brought goes; another one stays."""
    async with asked_people(tmp_path) as here:
        reply = await here.reply("30 days.")
        await here.reply("Or 31.")
        await here.brought("30 days.", "Or 31.")
        await here.carol.deletes(reply)
        await here.brought("Or 31.")
        (opinion,) = await opinions(here.s.state)
        assert opinion.correction == "Or 31."


async def test_a_reply_without_words(tmp_path: Path) -> None:
    """Is withdrawn as if it was deleted; with words again, it is brought again."""
    async with asked_people(tmp_path) as here:
        reply = await here.reply("30 days.")
        await here.brought("30 days.")
        await here.carol.edits(reply, here.s.discord.mention)
        await here.brought()
        assert not await opinions(here.s.state)
        await here.carol.edits(reply, "31 days.")
        await here.brought("31 days.")


async def test_what_its_asker_writes_there(tmp_path: Path) -> None:
    """Is no reply, nor is what mentions the bot, which is a question there."""
    async with asked_people(tmp_path) as here:
        s = here.s
        await s.alice.says(here.thread, "Does anybody know?")
        question = await here.carol.says(here.thread, s.mention("travel?"))
        assert (await final(s, question)).content == "About travel?"
        await here.brought()
        assert not await opinions(s.state)


async def test_the_question_is_deleted(tmp_path: Path) -> None:
    """The replies go with its answer."""
    async with asked_people(tmp_path) as here:
        await here.reply("30 days.")
        await here.brought("30 days.")
        await here.s.alice.deletes(here.message)
        await here.s.discord.until(lambda: not own(here.s, here.s.general))


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("taken", [True, False])
async def test_a_reply_is_brought_once(tmp_path: Path, taken: bool) -> None:  # noqa: FBT001  a parameter
    """Over two replicas, and with sends that nobody heard of."""
    async with asked_people(tmp_path) as here:
        s = here.s
        settings = DiscordSettings(people=here.experts.id)
        async with footnote_in(s.discord, s.state, s.script, settings, replica="two"):
            s.discord.faults.drop("create_message", times=2, taken=taken)
            for number in range(3):
                await here.reply(f"{number} days.")
            await here.brought("0 days.", "1 days.", "2 days.")
        (opinion,) = await opinions(s.state)
        assert opinion.correction == "0 days.\n\n1 days.\n\n2 days."


async def test_people_answer_what_only_its_asker_has_seen(tmp_path: Path) -> None:
    """There is no link to it; the reply is kept, and only its asker sees it."""
    async with scene(tmp_path, asking) as s:
        carol = s.acme.person("carol")
        _, seen = await privately(s, s.alice, cited())
        await told(s, await s.alice.presses(seen, ASK))
        (posted,) = own(s, experts_in(s))
        assert "/channels/" not in posted.content
        assert posted.thread
        await carol.says(posted.thread, "30 days.")
        await s.discord.until(lambda: [said(m) for m in own(s, s.alice.dm)])
        assert [said(m) for m in own(s, s.alice.dm)] == [f"30 days.\n\n{BY_CAROL}"]
        (opinion,) = await opinions(s.state)
        assert (opinion.asker, opinion.correction) == (f"discord:{carol.id}", "30 days.")
        await s.settled()
        assert not own(s, s.general)


async def test_people_answer_a_direct_message(tmp_path: Path) -> None:
    """In the direct messages with its asker."""
    async with scene(tmp_path, asking) as s:
        carol = s.acme.person("carol")
        _, answer = await answered(s, where=s.alice.dm)
        await told(s, await s.alice.presses(answer, ASK))
        (posted,) = own(s, experts_in(s))
        assert "/channels/" not in posted.content
        assert posted.thread
        await carol.says(posted.thread, "30 days.")
        await s.discord.until(lambda: said(own(s, s.alice.dm)[-1]) == f"30 days.\n\n{BY_CAROL}")


async def test_a_reply_to_what_is_no_longer_kept(tmp_path: Path) -> None:
    """Who writes it is told so, below it."""
    async with asked_people(tmp_path) as here:
        await here.s.state.journal.erase(here.s.question_id(here.message))
        reply = await here.carol.says(here.thread, "30 days.")
        answer = await here.s.discord.reply_to(reply)
        assert "no longer kept" in answer.content
        assert not reply.reactions


@pytest.mark.parametrize("lost", ["create_message", "create_thread_from_message"])
async def test_what_nobody_heard_of_is_not_posted_twice(tmp_path: Path, lost: str) -> None:
    """Whoever wants people to be asked is told to press again, and it is there once."""
    async with scene(tmp_path, asking) as s:
        _, answer = await answered(s)
        s.discord.faults.drop(lost, taken=True)
        assert "press the button again" in await told(s, await s.alice.presses(answer, ASK))
        assert experts_in(s).mention in await told(s, await s.alice.presses(answer, ASK))
        (posted,) = own(s, experts_in(s))
        assert posted.thread


@pytest.mark.parametrize(
    "lacking",
    ["VIEW_CHANNEL", "SEND_MESSAGES", "CREATE_PUBLIC_THREADS"],
)
async def test_a_channel_of_people_where_the_bot_may_not_act(tmp_path: Path, lacking: str) -> None:
    """Who wants to ask them is told what to do, can try again, and nothing is left there."""
    async with scene(tmp_path, asking) as s:
        _, answer = await answered(s)
        bot = s.discord.application.bot.id
        s.acme.overwrite(experts_in(s), bot, deny=int(Permission[lacking]))
        for _ in range(2):
            assert "has to let me" in await told(s, await s.alice.presses(answer, ASK))
        assert not own(s, experts_in(s))
        s.acme.overwrite(experts_in(s), bot)
        assert experts_in(s).mention in await told(s, await s.alice.presses(answer, ASK))


@pytest.mark.parametrize("forum", [False, True])
async def test_a_channel_of_people_that_is_not_there(tmp_path: Path, forum: bool) -> None:  # noqa: FBT001  a parameter
    """Or is a forum: who wants to ask them is told so."""

    def settings(acme: Community) -> DiscordSettings:
        return DiscordSettings(people=acme.forum("questions").id if forum else "1")

    async with scene(tmp_path, settings) as s:
        _, answer = await answered(s)
        assert "no such text channel" in await told(s, await s.alice.presses(answer, ASK))
