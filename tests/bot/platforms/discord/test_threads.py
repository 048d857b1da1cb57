"""Which messages in threads and forums are questions, and what they follow up on."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.follow_ups import FollowUps
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.community import Community
from tests.servers.discord.model import Channel

pytestmark = pytest.mark.usefixtures("brisk")

BY_MENTION = DiscordSettings(follow_ups=FollowUps.MENTION)


def questions_in_help(acme: Community) -> DiscordSettings:
    """A server with a forum for questions."""
    return DiscordSettings(forums=(acme.forum("help").id,))


def forum_of(s: Scene, name: str) -> Channel:
    """The forum of this name."""
    return next(channel for channel in s.acme.guild.channels.values() if channel.name == name)


async def test_an_engaged_thread(tmp_path: Path) -> None:
    """Needs no further mention, whoever writes, and follows up on what came before."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        thread = s.acme.thread(s.general, "plans", s.alice)
        aside = await bob.says(thread, "Good morning!")
        asked = await s.alice.says(thread, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        again = await bob.says(thread, "and when?")
        await s.answer(again, "About and when?")
        first, second = s.script.asked
        assert first.place == second.place == thread.id
        assert not second.mentioned
        assert [turn.question for turn in second.conversation.turns] == ["leave?"]
        await s.ignored(aside)


async def test_another_thread(tmp_path: Path) -> None:
    """Is none of the bot's business, nor is what is said outside of threads."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.acme.thread(s.general, "a", s.alice), s.mention("leave?"))
        await s.answer(asked, "About leave?")
        other = await s.alice.says(s.acme.thread(s.general, "b", s.alice), "and when?")
        outside = await s.alice.says(s.general, "and when?")
        await s.ignored(other, outside)


async def test_where_only_mentions_are_questions(tmp_path: Path) -> None:
    """What people say among each other stays theirs; the next mention follows up all the same."""
    async with scene(tmp_path, BY_MENTION) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        asked = await s.alice.says(thread, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        aside = await s.alice.says(thread, "Oh, really.")
        await s.ignored(aside)
        again = await s.alice.says(thread, s.mention("and when?"))
        await s.answer(again, "About and when?")
        by_reply = await s.alice.says(thread, "and how?", reply_to=answer)
        await s.answer(by_reply, "About and how?")
        turns = [turn.question for turn in s.script.asked[-1].conversation.turns]
        assert turns == ["leave?", "and when?"]


@pytest.mark.parametrize("by_parent", [True, False])
async def test_a_rule_of_its_own(tmp_path: Path, by_parent: bool) -> None:  # noqa: FBT001  a parameter
    """What the settings say of a thread, or of its channel, goes before what they say of all."""
    settings = BY_MENTION.model_copy(update={"channels": {}})
    async with scene(tmp_path, settings) as s:
        lively = s.acme.thread(s.general, "lively", s.alice)
        quiet = s.acme.thread(s.acme.channel("quiet"), "quiet", s.alice)
        named = s.general.id if by_parent else lively.id
        settings.channels[named] = FollowUps.THREAD
        for thread in (lively, quiet):
            await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        again = await s.alice.says(lively, "and when?")
        await s.answer(again, "About and when?")
        await s.ignored(await s.alice.says(quiet, "and when?"))


async def test_a_thread_before_its_channel(tmp_path: Path) -> None:
    """What is said of a thread itself goes before what is said of its channel."""
    settings = DiscordSettings(channels={})
    async with scene(tmp_path, settings) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        settings.channels[s.general.id] = FollowUps.THREAD
        settings.channels[thread.id] = FollowUps.MENTION
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        await s.ignored(await s.alice.says(thread, "and when?"))


async def test_direct_messages_under_any_rule(tmp_path: Path) -> None:
    """Go on without a mention."""
    async with scene(tmp_path, BY_MENTION) as s:
        await s.answer(await s.alice.says(s.alice.dm, "leave?"), "About leave?")
        await s.answer(await s.alice.says(s.alice.dm, "and when?"), "About and when?")


async def test_a_thread_that_was_opened_from_an_answer(tmp_path: Path) -> None:
    """Goes on with its conversation, without a mention."""
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?")
        answer = await s.answer(asked, "> leave?\n\nAbout leave?")
        await s.alice.presses(answer, "Continue in a thread")
        thread = await s.discord.until(lambda: answer.thread)
        assert thread
        again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")
        assert [turn.question for turn in s.script.asked[1].conversation.turns] == ["leave?"]


async def test_an_archived_thread(tmp_path: Path) -> None:
    """Opens again when somebody asks in it, and is still engaged."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        await s.alice.archives(thread)
        again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")


async def test_a_post_in_a_configured_forum(tmp_path: Path) -> None:
    """Is a question without a mention, answered in the post, where one can go on."""
    async with scene(tmp_path, questions_in_help) as s:
        forum = forum_of(s, "help")
        asked = await s.alice.opens_post(forum, "Holidays", "How long is the leave?")
        await s.answer(asked, "About How long is the leave?")
        assert s.script.asked[0].mentioned
        again = await s.alice.says(asked.channel, "and when?")
        await s.answer(again, "About and when?")
        turns = s.script.asked[1].conversation.turns
        assert [turn.question for turn in turns] == ["How long is the leave?"]


async def test_a_post_where_only_mentions_are_questions(tmp_path: Path) -> None:
    """Asks with its first words alone; what people say below them stays theirs."""

    def settings(acme: Community) -> DiscordSettings:
        return questions_in_help(acme).model_copy(update={"follow_ups": FollowUps.MENTION})

    async with scene(tmp_path, settings) as s:
        asked = await s.alice.opens_post(forum_of(s, "help"), "Holidays", "leave?")
        await s.answer(asked, "About leave?")
        await s.ignored(await s.alice.says(asked.channel, "Oh, really."))


async def test_a_post_whose_words_come_late(tmp_path: Path) -> None:
    """Is a question once they are there: Discord tells of the post first."""
    async with scene(tmp_path, questions_in_help) as s:
        forum = forum_of(s, "help")
        s.discord.gateway.faults.slow("MESSAGE_CREATE", 30.0)
        asked = await s.alice.opens_post(forum, "Holidays", "leave?")
        await s.discord.until(lambda: s.discord.gateway.recording.sent("THREAD_CREATE"))
        assert not s.script.asked
        s.discord.clock.advance(30.0)
        await s.answer(asked, "About leave?")


async def test_a_post_in_another_forum(tmp_path: Path) -> None:
    """Is none, unless it mentions the bot; then the post is engaged."""
    async with scene(tmp_path) as s:
        forum = s.acme.forum("lounge")
        await s.ignored(await s.alice.opens_post(forum, "Rain", "It rains."))
        asked = await s.alice.opens_post(forum, "Holidays", s.mention("leave?"))
        await s.answer(asked, "About leave?")
        again = await s.alice.says(asked.channel, "and when?")
        await s.answer(again, "About and when?")
