"""Where and how a question can be asked in Discord with a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.platforms.discord.scene import scene

pytestmark = pytest.mark.usefixtures("brisk")


async def test_a_mention_is_answered_by_a_reply(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A message that mentions the bot gets one reply, and nothing is logged that has to be seen."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("How long is the leave?"))
        answer = await s.answer(asked, "About How long is the leave?")
        assert answer.reply_to == asked.id
        (question,) = s.script.asked
        assert question.id == f"discord:{s.general.id}:{asked.id}"
        assert question.asker == f"discord:{s.alice.id}"
        assert question.place == f"{s.general.id}/{asked.id}"
        assert question.mentioned
        assert question.address == {
            "channel": s.general.id,
            "server": s.acme.id,
            "message": asked.id,
            "user": s.alice.id,
        }
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_a_mention_of_the_bots_own_role(tmp_path: Path) -> None:
    """Is one of the bot: people choose it by mistake. Another role's mention is not."""
    async with scene(tmp_path) as s:
        bot = s.discord.bot_in(s.acme.guild)
        (own,) = [role for role in s.acme.guild.roles.values() if role.id in bot.roles]
        own.mentionable = True
        other = s.acme.role("people", mentionable=True)
        asked = await s.alice.says(s.general, f"{own.mention} leave?")
        await s.answer(asked, "About leave?")
        await s.ignored(await s.alice.says(s.general, f"{other.mention} leave?"))


async def test_a_private_channel(tmp_path: Path) -> None:
    """Is as any other where the bot is let in."""
    async with scene(tmp_path) as s:
        closed = s.acme.channel("board", only=[s.alice])
        asked = await s.alice.says(closed, s.mention("leave?"))
        await s.answer(asked, "About leave?")


@pytest.mark.parametrize("ping", [True, False])
async def test_a_reply_to_an_answer(tmp_path: Path, ping: bool) -> None:  # noqa: FBT001  a parameter
    """Goes on with its conversation, whether or not it pings, whoever writes it, and on and on."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        second = await bob.says(s.general, "and when?", reply_to=answer, ping=ping)
        then = await s.answer(second, "About and when?")
        third = await s.alice.says(s.general, "and how?", reply_to=then, ping=ping)
        await s.answer(third, "About and how?")
        assert all(question.mentioned for question in s.script.asked)
        turns = [[turn.question for turn in q.conversation.turns] for q in s.script.asked]
        assert turns == [[], ["leave?"], ["leave?", "and when?"]]


async def test_two_conversations_in_one_channel(tmp_path: Path) -> None:
    """Know nothing of each other, and a reply to an older answer goes on with that one."""
    async with scene(tmp_path) as s:
        one = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(one, "About leave?")
        two = await s.alice.says(s.general, s.mention("travel?"))
        await s.answer(two, "About travel?")
        again = await s.alice.says(s.general, "and when?", reply_to=answer)
        await s.answer(again, "About and when?")
        turns = [[turn.question for turn in q.conversation.turns] for q in s.script.asked]
        assert turns == [[], [], ["leave?"]]


async def test_a_reply_to_somebody_else(tmp_path: Path) -> None:
    """Asks where it mentions the bot, and only there."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        said = await bob.says(s.general, "We should go home.")
        reply = await s.alice.says(s.general, "may we?", reply_to=said)
        await s.ignored(reply, await bob.says(s.general, "We may.", reply_to=reply))
        asked = await s.alice.says(s.general, s.mention("may we?"), reply_to=said)
        await s.answer(asked, "About may we?")


async def test_a_reply_to_what_the_bot_says_to_a_command(tmp_path: Path) -> None:
    """Goes on with what the command asked."""
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?")
        answer = await s.answer(asked, "> leave?\n\nAbout leave?")
        again = await s.alice.says(s.general, "and when?", reply_to=answer)
        await s.answer(again, "About and when?")
        assert [turn.question for turn in s.script.asked[1].conversation.turns] == ["leave?"]


async def test_direct_messages(tmp_path: Path) -> None:
    """Need no mention, are for their asker alone, and are one conversation."""
    async with scene(tmp_path) as s:
        one = await s.alice.says(s.alice.dm, "leave?")
        await s.answer(one, "About leave?")
        two = await s.alice.says(s.alice.dm, s.mention("and when?"))
        await s.answer(two, "About and when?")
        first, second = s.script.asked
        assert first.audience.private
        assert first.mentioned
        assert [turn.question for turn in second.conversation.turns] == ["leave?"]


async def test_direct_messages_of_another(tmp_path: Path) -> None:
    """Are another conversation."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        await s.answer(await s.alice.says(s.alice.dm, "leave?"), "About leave?")
        await s.answer(await bob.says(bob.dm, "travel?"), "About travel?")
        assert s.script.asked[1].conversation.turns == ()


async def test_what_people_mean(tmp_path: Path) -> None:
    """Is what is asked: they see names where Discord writes ids, and no code of an emoji."""
    async with scene(tmp_path) as s:
        bob, lounge = s.acme.person("bob"), s.acme.channel("lounge")
        said = (
            f"<:wave:123> who of {bob.mention} reads {lounge.mention} "
            "<t:1618953630:R> after </reindex now:77>?"
        )
        asked = await s.alice.says(s.general, s.mention(said))
        await s.answer(asked, "About who of @Bob reads #lounge after /reindex now?")
