"""Private answers that are shared with the channel, and questions that people are asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.platforms.slack.settings import SlackSettings
from footnote.bot.questions import Block, Outcome
from tests.bot.platforms.slack.answers import citation
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message

pytestmark = pytest.mark.usefixtures("brisk")

EXPERTS = "experts"
ASKING = SlackSettings(people=f"#{EXPERTS}")


def cited(restrictions: frozenset[str] | None = None) -> Block:
    """A block that cites something of a source for all, which may be restricted itself."""
    found = citation(1)
    passage = replace(found.passage, source="docs", restrictions=restrictions)
    return Block("28 days [1].", citations=(replace(found, passage=passage),))


async def privately(room: Scene, who: Person, block: Block) -> Message:
    """An answer that only one person sees."""
    room.script.answers["leave"] = [block]
    assert (await who.slash("/ask", "private leave?", room.general)).ok
    await room.slack.until(lambda: who.sees)
    await room.quiet()
    (seen,) = who.sees
    assert "28 days" in seen.text
    return seen


async def pressed(room: Scene, who: Person, seen: Message, action_id: str) -> str:
    """What somebody is told who presses a button, when there is something."""
    before = len(who.sees)
    assert (await who.clicks(seen, action_id)).ok
    await room.slack.until(lambda: len(who.sees) > before)
    return who.sees[-1].text


def own(room: Scene, channel: Channel) -> list[Message]:
    """The bot's messages in a channel, in order."""
    bot = room.acme.team.bot
    return [message for message in channel.messages.values() if message.author is bot]


async def test_a_private_answer_is_shared(tmp_path: Path) -> None:
    """Everybody sees the question and, in its thread, the answer: once, however often it is asked.

    Nobody but its asker could say anything of it, so that there are no thumbs.
    """
    async with scene(tmp_path) as room:
        seen = await privately(room, room.alice, cited())
        assert not own(room, room.general)
        room.slack.faults.limit("chat.postMessage", 0, times=3)
        assert (await room.alice.clicks(seen, "share")).ok
        await room.slack.until(lambda: len(own(room, room.general)) == 2)
        root, answer = own(room, room.general)
        assert root.text == f"{room.alice.mention} has asked: leave?"
        assert answer.thread_ts == root.ts
        assert "28 days" in answer.text
        assert [block["type"] for block in answer.blocks][-1] == "actions"
        assert "show_passage" in str(answer.blocks)
        assert "feedback" not in str(answer.blocks)
        assert "shared" in await pressed(room, room.alice, seen, "share")
        assert len(own(room, room.general)) == 2


async def test_what_not_all_may_see_is_not_shared(tmp_path: Path) -> None:
    """An admin's answer from what is for admins stays with the admin, who is told so."""
    async with scene(tmp_path) as room:
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        seen = await privately(room, boss, cited(frozenset({"admins"})))
        assert "stays with you" in await pressed(room, boss, seen, "share")
        assert not own(room, room.general)


async def test_what_could_not_be_shared_can_be_shared_later(tmp_path: Path) -> None:
    """Slack did not take it: the asker is told, and presses again."""
    async with scene(tmp_path) as room:
        seen = await privately(room, room.alice, cited())
        room.slack.faults.fail("chat.postMessage")
        assert "press the button again" in await pressed(room, room.alice, seen, "share")
        assert (await room.alice.clicks(seen, "share")).ok
        await room.slack.until(lambda: len(own(room, room.general)) == 2)


async def test_people_are_asked(tmp_path: Path) -> None:
    """In their channel, with a link to the thread; what they reply there is kept as the answer."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        room.script.answers["leave"] = [Outcome.NOT_IN_SOURCES]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.ended(asked)
        assert experts.id in await pressed(room, room.alice, final, "ask_person")
        (posted,) = own(room, experts)
        assert posted.text.startswith(f"{room.alice.mention} asks: leave?")
        assert f"/archives/{room.general.id}/p{asked.ts.replace('.', '')}" in posted.text
        assert "already" in await pressed(room, room.alice, final, "ask_person")
        assert own(room, experts) == [posted]
        await carol.says(experts, "Nothing to do with it.")
        reply = await carol.says(experts, "Ask &lt;HR&gt;.", thread=posted)
        await room.slack.until(lambda: reply.reactions)
        (opinion,) = await opinions(room.state, room.question_id(asked))
        assert (opinion.asker, opinion.correction) == (f"slack:{carol.id}", "Ask <HR>.")
        await carol.says(experts, room.mention("travel?"), thread=posted)
        await room.slack.until(lambda: len(own(room, experts)) == 2)
        assert own(room, experts)[1].text.startswith("About travel?")
        await room.quiet()
        assert len(await opinions(room.state)) == 1


async def test_people_answer_what_only_its_asker_has_seen(tmp_path: Path) -> None:
    """There is no link to it; the reply is kept, since the asker wants it."""
    async with scene(tmp_path, ASKING) as room:
        carol = room.acme.person("carol")
        experts = room.acme.channel(EXPERTS, carol)
        seen = await privately(room, room.alice, cited())
        await pressed(room, room.alice, seen, "ask_person")
        (posted,) = own(room, experts)
        assert "archives" not in posted.text
        reply = await carol.says(experts, "30 days.", thread=posted)
        await room.slack.until(lambda: reply.reactions)
        (opinion,) = await opinions(room.state)
        assert (opinion.asker, opinion.correction) == (f"slack:{carol.id}", "30 days.")


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
