"""Which messages in a thread are questions, and what they follow up on."""

from __future__ import annotations

from pathlib import Path

from footnote.bot.platforms.follow_ups import FollowUps
from footnote.bot.platforms.slack.settings import SlackSettings
from tests.bot.platforms.slack.scene import scene

BY_MENTION = SlackSettings(follow_ups=FollowUps.MENTION)


async def test_a_message_in_an_engaged_thread(tmp_path: Path) -> None:
    """Is a question without a mention, whoever writes it, and follows up on what came before."""
    async with scene(tmp_path) as room:
        bob = room.acme.person("bob")
        room.general.members.add(bob.id)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        again = await bob.says(room.general, "and when?", thread=asked)
        await room.answer(again, "About and when?", nth=2)
        first, second = room.script.asked
        assert first.place == second.place
        assert not second.mentioned
        assert [turn.question for turn in second.conversation.turns] == ["leave?"]


async def test_a_message_in_another_thread(tmp_path: Path) -> None:
    """Is none of the bot's business, nor is one outside of threads."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        other = await room.alice.says(room.general, "Good morning!")
        reply = await room.alice.says(room.general, "To you too.", thread=other)
        await room.ignored(other, reply)
        assert len(room.script.asked) == 1


async def test_where_only_mentions_are_questions(tmp_path: Path) -> None:
    """What people say among each other in the thread stays theirs."""
    async with scene(tmp_path, BY_MENTION) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        aside = await room.alice.says(room.general, "Oh, really.", thread=asked)
        await room.ignored(aside)
        again = await room.alice.says(room.general, room.mention("and when?"), thread=asked)
        await room.answer(again, "About and when?", nth=2)
        assert [turn.question for turn in room.script.asked[1].conversation.turns] == ["leave?"]


async def test_a_channel_with_a_rule_of_its_own(tmp_path: Path) -> None:
    """What the settings say of a channel goes before what they say of all."""
    settings = BY_MENTION.model_copy()
    async with scene(tmp_path, settings) as room:
        lively = room.acme.channel("lively", room.alice)
        settings.channels[lively.id] = FollowUps.THREAD
        asked = await room.alice.says(lively, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        again = await room.alice.says(lively, "and when?", thread=asked)
        await room.answer(again, "About and when?", nth=2)


async def test_a_thread_in_direct_messages(tmp_path: Path) -> None:
    """Goes on without a mention whatever the settings say of channels."""
    async with scene(tmp_path, BY_MENTION) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")
        again = await room.alice.says(room.alice.dm, "and when?", thread=asked)
        await room.answer(again, "About and when?", nth=2)
        assert [turn.question for turn in room.script.asked[1].conversation.turns] == ["leave?"]


async def test_two_conversations_in_one_channel(tmp_path: Path) -> None:
    """Know nothing of each other."""
    async with scene(tmp_path) as room:
        one = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(one, "About leave?")
        two = await room.alice.says(room.general, room.mention("travel?"))
        await room.answer(two, "About travel?")
        assert room.script.asked[1].conversation.turns == ()


async def test_a_message_of_emoji_alone(tmp_path: Path) -> None:
    """Asks nothing, so that a thank-you gets no answer."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        thanks = await room.alice.says(room.general, ":+1::skin-tone-2: :heart: !", thread=asked)
        await room.ignored(thanks)
        assert len(room.slack.replies_to(asked)) == 1
