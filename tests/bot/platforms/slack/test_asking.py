"""Where and how a question can be asked in Slack with a message."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.platforms.slack.scene import scene


async def test_a_mention_in_a_public_channel(tmp_path: Path) -> None:
    """Answered once in its thread, although Slack tells of it twice: as a mention and a message."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        assert {event["type"] for event in room.slack.events_sent()} >= {"app_mention", "message"}
        (question,) = room.script.asked
        team, channel = room.acme.id, room.general.id
        assert question.id == f"slack:{team}:{channel}:{asked.ts}"
        assert question.asker == f"slack:{room.alice.id}"
        assert question.place == f"{channel}/{asked.ts}"
        assert question.mentioned
        assert question.address == {
            "team": team,
            "channel": channel,
            "thread": asked.ts,
            "ts": asked.ts,
            "user": room.alice.id,
            "home": team,
        }


async def test_a_mention_in_a_private_channel(tmp_path: Path) -> None:
    """Answered as in a public one; Slack tells of it as of a message of a group."""
    async with scene(tmp_path) as room:
        closed = room.acme.channel("board", room.alice, private=True)
        asked = await room.alice.says(closed, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        assert len(room.script.asked) == 1


async def test_a_mention_in_somebody_elses_thread(tmp_path: Path) -> None:
    """Answered in that thread, whose earlier messages were no questions."""
    async with scene(tmp_path) as room:
        bob = room.acme.person("bob")
        room.general.members.add(bob.id)
        root = await bob.says(room.general, "We should go home.")
        asked = await room.alice.says(room.general, room.mention("may we?"), thread=root)
        answer = await room.answer(asked, "About may we?")
        assert answer.thread_ts == root.ts
        assert room.script.asked[0].place == f"{room.general.id}/{root.ts}"


async def test_a_direct_message(tmp_path: Path) -> None:
    """Needs no mention, and is for its asker alone."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")
        (question,) = room.script.asked
        assert question.audience.private
        assert question.mentioned


async def test_a_direct_message_that_mentions_the_bot(tmp_path: Path) -> None:
    """The mention is not part of the question."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, f"hello {room.acme.mention} leave?")
        await room.answer(asked, "About hello leave?")


async def test_the_pane(tmp_path: Path) -> None:
    """That it was opened is acknowledged; what is asked in it is a direct message."""
    async with scene(tmp_path) as room:
        await room.alice.opens_pane()
        await room.slack.settled()
        assert not room.slack.deliveries.given_up
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")


async def test_words_that_come_with_a_file(tmp_path: Path) -> None:
    """Are a question as any others."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?", files=["plan.txt"])
        await room.answer(asked, "About leave?")


@pytest.mark.parametrize("direct", [False, True])
async def test_what_somebody_says_of_themselves(tmp_path: Path, direct: bool) -> None:  # noqa: FBT001  a parameter
    """A /me message is a question as any other."""
    async with scene(tmp_path) as room:
        where = room.alice.dm if direct else room.general
        text = "wonders about leave"
        said = text if direct else room.mention(text)
        asked = await room.alice.says(where, said, me=True)
        await room.answer(asked, f"About {text}")


async def test_somebody_of_another_workspace(tmp_path: Path) -> None:
    """Is streamed their answer as somebody of theirs, where workspaces share a channel."""
    async with scene(tmp_path) as room:
        partner = room.slack.workspace("partner")
        carol = partner.person("carol")
        shared = room.acme.channel("shared", room.alice, carol, shared_with=partner)
        shared.members.discard(partner.team.bot.id)
        for person, home in ((carol, partner.id), (room.alice, room.acme.id)):
            more = asyncio.Event()
            room.script.answers["leave"] = ["One.", more, "Two."]
            asked = await person.says(shared, room.mention("leave?"))
            await room.slack.reply_to(asked)
            more.set()
            await room.answer(asked, "One.\n\nTwo.")
            *_, started = room.slack.recording.calls("chat.startStream")
            assert started["recipient_user_id"] == person.id
            assert started["recipient_team_id"] == home


async def test_what_people_mean(tmp_path: Path) -> None:
    """Is what is asked: Slack's own signs for links, channels, people and escapes are not."""
    async with scene(tmp_path) as room:
        said = (
            "is 1 &lt; 2 &amp; who of <@U0SOMEBODY> reads <https://a.example/x?y=1&amp;z|the page>"
            " or <https://b.example/> in <#C0LOUNGE|lounge>? <!here> :wave:"
        )
        asked = await room.alice.says(room.general, room.mention(said))
        await room.quiet()
        meant = "is 1 < 2 & who of reads the page or https://b.example/ in lounge? :wave:"
        assert [question.text for question in room.script.asked] == [meant]
        assert len(room.slack.replies_to(asked)) == 1
