"""Questions that people are asked, and what becomes of what they reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.platforms.slack.settings import SlackSettings
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import Scene, footnote_in, scene
from tests.bot.platforms.slack.test_sharing import cited, own, pressed, privately
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message

pytestmark = pytest.mark.usefixtures("brisk")

EXPERTS = "experts"
ASKING = SlackSettings(people=f"#{EXPERTS}")
BY_CAROL = "This is the answer of a person who was asked: carol."


@dataclass(slots=True)
class Asked:
    """A question of alice's that the people of a channel were asked.

    Attributes:
        room: Where all is.
        carol: One of those people.
        experts: Their channel.
        message: Alice's question.
        final: The bot's answer to it.
        posted: What the people are asked.
    """

    room: Scene
    carol: Person
    experts: Channel
    message: Message
    final: Message
    posted: Message

    async def reply(self, text: str) -> Message:
        """Carol replies, and is thanked for it."""
        said = await self.carol.says(self.experts, text, thread=self.posted)
        await self.room.slack.until(lambda: said.reactions)
        return said

    async def brought(self, *texts: str) -> list[Message]:
        """What was brought to alice's thread, once it is just that."""
        room = self.room

        def there() -> list[Message]:
            return [m for m in room.slack.replies_to(self.message) if m is not self.final]

        await room.slack.until(
            lambda: [m.text for m in there()] == [f"{text}\n\n{BY_CAROL}" for text in texts]
        )
        await room.quiet()
        assert len(there()) == len(texts)
        return there()


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Asked]:
    """A question that was asked in public, and then of people."""
    async with scene(folder, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        room.script.answers["leave"] = [Outcome.NOT_IN_SOURCES]
        message = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(message)
        await room.ended(message)
        assert experts.id in await pressed(room, room.alice, final, "ask_person")
        (posted,) = own(room, experts)
        yield Asked(room, carol, experts, message, final, posted)


async def test_people_are_asked(tmp_path: Path) -> None:
    """In their channel, once, with a link to the thread."""
    async with asked(tmp_path) as here:
        room = here.room
        assert here.posted.text.startswith(f"{room.alice.mention} asks: leave?")
        where = f"/archives/{room.general.id}/p{here.message.ts.replace('.', '')}"
        assert where in here.posted.text
        assert "already" in await pressed(room, room.alice, here.final, "ask_person")
        assert own(room, here.experts) == [here.posted]


async def test_a_reply(tmp_path: Path) -> None:
    """Is kept as the answer with its author, and brought to where it was asked.

    There it is said that a person says so, and which.
    """
    async with asked(tmp_path) as here:
        await here.carol.says(here.experts, "Nothing to do with it.")
        await here.reply("Ask &lt;HR&gt;.")
        (brought,) = await here.brought("Ask &lt;HR&gt;.")
        assert brought.thread_ts == here.message.ts
        assert "feedback" not in str(brought.blocks)
        (opinion,) = await opinions(here.room.state, here.room.question_id(here.message))
        assert (opinion.asker, opinion.correction) == (f"slack:{here.carol.id}", "Ask <HR>.")
        assert opinion.asked
        assert len(here.room.script.asked) == 1


async def test_several_replies(tmp_path: Path) -> None:
    """Each is brought; together they are what is kept."""
    async with asked(tmp_path) as here:
        for text in ("30 days.", "Ask HR for the form."):
            await here.reply(text)
        await here.brought("30 days.", "Ask HR for the form.")
        (opinion,) = await opinions(here.room.state)
        assert opinion.correction == "30 days.\n\nAsk HR for the form."


async def test_a_reply_that_is_edited(tmp_path: Path) -> None:
    """Changes what is kept and the message that was brought, also with a mention in it."""
    async with asked(tmp_path) as here:
        reply = await here.reply("30 days.")
        (before,) = await here.brought("30 days.")
        for text in ("31 days.", here.room.mention("32 days.")):
            await here.carol.edits(reply, text)
            (after,) = await here.brought(text.removeprefix(here.room.mention("")))
            assert after is before
        (opinion,) = await opinions(here.room.state)
        assert opinion.correction == "32 days."


async def test_a_reply_that_is_deleted(tmp_path: Path) -> None:
    """Is kept no longer, and the message that was brought goes; another one stays."""
    async with asked(tmp_path) as here:
        reply = await here.reply("30 days.")
        await here.reply("Or 31.")
        await here.brought("30 days.", "Or 31.")
        await here.carol.deletes(reply)
        await here.brought("Or 31.")
        (opinion,) = await opinions(here.room.state)
        assert opinion.correction == "Or 31."


async def test_a_reply_without_words(tmp_path: Path) -> None:
    """Is withdrawn as if it was deleted; with words again, it is brought again."""
    async with asked(tmp_path) as here:
        reply = await here.reply("30 days.")
        await here.brought("30 days.")
        await here.carol.edits(reply, here.carol.mention)
        await here.brought()
        assert not await opinions(here.room.state)
        await here.carol.edits(reply, "31 days.")
        await here.brought("31 days.")
        (opinion,) = await opinions(here.room.state)
        assert opinion.correction == "31 days."


async def test_what_its_asker_writes_there(tmp_path: Path) -> None:
    """Is no reply, nor is what mentions the bot, which is a question there."""
    async with asked(tmp_path) as here:
        room = here.room
        here.experts.members.add(room.alice.id)
        await room.alice.says(here.experts, "Does anybody know?", thread=here.posted)
        question = await here.carol.says(here.experts, room.mention("travel?"), thread=here.posted)
        await room.slack.until(lambda: len(own(room, here.experts)) == 2)
        assert own(room, here.experts)[1].text.startswith("About travel?")
        await here.carol.edits(question, room.mention("laptops?"))
        await room.slack.until(lambda: own(room, here.experts)[1].text.startswith("About laptops?"))
        await here.brought()
        assert not await opinions(room.state)


async def test_the_question_is_deleted(tmp_path: Path) -> None:
    """The replies go with its answer."""
    async with asked(tmp_path) as here:
        await here.reply("30 days.")
        await here.brought("30 days.")
        await here.room.alice.deletes(here.message)
        await here.room.slack.until(lambda: not here.room.slack.replies_to(here.message))


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("taken", [True, False])
async def test_a_reply_is_brought_once(tmp_path: Path, taken: bool) -> None:  # noqa: FBT001  a parameter
    """Over two replicas, with events that come twice, and with sends that nobody heard of."""
    async with asked(tmp_path) as here:
        room = here.room
        room.slack.faults.drop("chat.postMessage", times=2, taken=taken)
        room.slack.faults.duplicate(6, say_so=False)
        async with footnote_in(
            room.slack, [room.acme], room.state, room.script, ASKING, replica="two"
        ):
            for number in range(3):
                await here.reply(f"{number} days.")
            await here.brought("0 days.", "1 days.", "2 days.")
        (opinion,) = await opinions(room.state)
        assert opinion.correction == "0 days.\n\n1 days.\n\n2 days."


async def test_people_answer_what_only_its_asker_has_seen(tmp_path: Path) -> None:
    """There is no link to it; the reply is kept, and only its asker sees it."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        seen = await privately(room, room.alice, cited())
        await pressed(room, room.alice, seen, "ask_person")
        (posted,) = own(room, experts)
        assert "archives" not in posted.text
        await carol.says(experts, "30 days.", thread=posted)
        await room.slack.until(lambda: room.alice.sees[-1].text == f"30 days.\n\n{BY_CAROL}")
        (opinion,) = await opinions(room.state)
        assert (opinion.asker, opinion.correction) == (f"slack:{carol.id}", "30 days.")
        await room.quiet()
        assert not own(room, room.general)


async def test_people_answer_a_direct_message(tmp_path: Path) -> None:
    """In the direct messages with its asker."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        asked_in = await room.alice.says(room.alice.dm, "leave?")
        final = await room.slack.reply_to(asked_in)
        await room.ended(asked_in)
        await pressed(room, room.alice, final, "ask_person")
        (posted,) = own(room, experts)
        assert "archives" not in posted.text
        await carol.says(experts, "30 days.", thread=posted)
        await room.slack.until(
            lambda: room.slack.replies_to(asked_in)[-1].text == f"30 days.\n\n{BY_CAROL}"
        )


async def test_a_reply_to_what_is_no_longer_kept(tmp_path: Path) -> None:
    """Who writes it is told so, and Slack does not bring it again."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.ended(asked)
        await pressed(room, room.alice, final, "ask_person")
        (posted,) = own(room, experts)
        await room.state.journal.erase(room.question_id(asked))
        await carol.says(experts, "30 days.", thread=posted)
        await room.slack.until(lambda: carol.sees)
        assert "no longer kept" in carol.sees[0].text
        await room.quiet()
        assert not room.slack.deliveries.given_up


async def test_a_reply_while_the_state_is_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not acknowledged, and is kept when Slack brings it again."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.ended(asked)
        await pressed(room, room.alice, final, "ask_person")
        (posted,) = own(room, experts)
        await room.quiet()
        room.link.away = True
        reply = await carol.says(experts, "30 days.", thread=posted)
        await room.soon(lambda: "The state is away" in caplog.text)
        room.link.away = False
        room.slack.clock.advance(4.0)
        await room.slack.until(lambda: reply.reactions)
        (opinion,) = await opinions(room.state)
        assert opinion.correction == "30 days."


async def test_a_channel_of_people_that_is_not_there(tmp_path: Path) -> None:
    """Who wants to ask them is told what to do, and can try again."""
    async with scene(tmp_path, ASKING) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.ended(asked)
        for _ in range(2):
            told = await pressed(room, room.alice, final, "ask_person")
            assert "invite me there" in told
