"""Continue in a thread: it opens below an answer, and the conversation goes on in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.follow_ups import FollowUps
from tests.bot.platforms.discord.pressing import (
    answered,
    cited,
    final,
    labels,
    own,
    privately,
    told,
)
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

CONTINUE = "Continue in a thread"
NO_THREAD = (
    "I cannot open a thread here: somebody has to let me create public threads and write in them."
)


async def opened(s: Scene, answer: Message, who: Person | None = None) -> Channel:
    """The thread that somebody opens below an answer."""
    person = who or s.alice
    said = await told(s, await person.presses(answer, CONTINUE))
    assert answer.thread
    assert said == f"Go on in {answer.thread.mention}."
    return answer.thread


async def turns(s: Scene, thread: Channel, text: str, who: Person | None = None) -> list[str]:
    """What was asked before in the conversation of what somebody asks in a thread."""
    asked = await (who or s.alice).says(thread, text)
    await final(s, asked)
    assert s.script.asked[-1].text == text
    return [turn.question for turn in s.script.asked[-1].conversation.turns]


async def test_the_conversation_goes_on_in_it(tmp_path: Path) -> None:
    """Without a mention, with the earlier turns, for whoever writes there."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        _, answer = await answered(s, "How long is\nthe leave?")
        thread = await opened(s, answer, bob)
        assert thread.name == "How long is the leave?"
        assert await turns(s, thread, "And in Spain?", bob) == ["How long is\nthe leave?"]
        assert len(await turns(s, thread, "And in France?")) == 2


async def test_below_the_reply_to_a_command(tmp_path: Path) -> None:
    """It goes on with what the command asked."""
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="How long is the leave?")
        thread = await opened(s, await final(s, asked))
        assert await turns(s, thread, "And in Spain?") == ["How long is the leave?"]


async def test_below_a_follow_up(tmp_path: Path) -> None:
    """It goes on with the whole chain of replies; a chain beside it is another conversation."""
    async with scene(tmp_path) as s:
        _, first = await answered(s, "leave?")
        await answered(s, "travel?")
        asked = await s.alice.says(s.general, "And in Spain?", reply_to=first)
        thread = await opened(s, await final(s, asked))
        assert await turns(s, thread, "And in France?") == ["leave?", "And in Spain?"]


async def test_where_a_thread_needs_a_mention(tmp_path: Path) -> None:
    """By the settings, this one does too."""
    async with scene(tmp_path, DiscordSettings(follow_ups=FollowUps.MENTION)) as s:
        _, answer = await answered(s)
        thread = await opened(s, answer)
        await s.ignored(await s.alice.says(thread, "Thanks!"))
        asked = await s.alice.says(thread, s.mention("And in Spain?"))
        await final(s, asked)
        assert len(s.script.asked[-1].conversation.turns) == 1


async def test_it_is_opened_once(tmp_path: Path) -> None:
    """Who presses later, also at another replica or after a lost call, is led to it."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        _, answer = await answered(s)
        s.discord.faults.drop("create_thread_from_message", times=1, taken=True)
        said = await told(s, await s.alice.presses(answer, CONTINUE))
        assert "press the button again" in said
        for person in (s.alice, bob):
            thread = await opened(s, answer, person)
        assert await turns(s, thread, "And in Spain?") == ["leave?"]


@pytest.mark.parametrize("lacking", ["CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS"])
async def test_without_the_permission(tmp_path: Path, lacking: str) -> None:
    """Whoever presses it is told in one sentence what to do, and there is no thread."""
    async with scene(tmp_path) as s:
        _, answer = await answered(s)
        bot = s.discord.application.bot.id
        s.acme.overwrite(s.general, bot, deny=int(Permission[lacking]))
        assert await told(s, await s.alice.presses(answer, CONTINUE)) == NO_THREAD
        assert answer.thread is None


async def test_an_answer_that_is_no_longer_kept(tmp_path: Path) -> None:
    """Has nothing to go on with."""
    async with scene(tmp_path) as s:
        asked, answer = await answered(s)
        await s.state.journal.erase(s.question_id(asked))
        assert "no longer kept" in await told(s, await s.alice.presses(answer, CONTINUE))
        assert answer.thread is None


async def test_where_it_is_not_offered(tmp_path: Path) -> None:
    """In threads, in direct messages, and below private answers."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "about leave", s.alice)
        for where in (thread, s.alice.dm):
            _, answer = await answered(s, "travel?", where)
            assert CONTINUE not in labels(answer)
        in_thread = await s.alice.slash("ask", thread, question="travel?")
        assert CONTINUE not in labels(await final(s, in_thread))
        _, seen = await privately(s, s.alice, cited())
        assert CONTINUE not in labels(seen)
        assert not own(s, s.general)
