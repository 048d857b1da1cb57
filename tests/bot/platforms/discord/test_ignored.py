"""What is no question in Discord, or none any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.discord.settings import DiscordSettings
from tests.bot.platforms.discord.scene import scene

pytestmark = pytest.mark.usefixtures("brisk")


async def test_other_bots(tmp_path: Path) -> None:
    """Get no answer, though they mention the bot, so that no two ever talk without end."""
    async with scene(tmp_path) as s:
        ci = s.acme.bot("ci")
        said = await ci.says(s.general, s.mention("leave?"))
        await s.ignored(said)
        await ci.edits(said, s.mention("travel?"))
        await s.ignored(said)
        assert len(s.script.asked) == 2
        assert s.discord.messages_in(s.general) == []


async def test_other_bots_in_an_engaged_thread(tmp_path: Path) -> None:
    """Are no part of the conversation."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        await s.ignored(await s.acme.bot("ci").says(thread, "The build is green."))


async def test_webhooks(tmp_path: Path) -> None:
    """Are no people, whatever name and mention they carry."""
    async with scene(tmp_path) as s:
        await s.ignored(await s.alice.says(s.general, s.mention("leave?"), webhook=True))
        assert len(s.script.asked) == 1


async def test_its_own_messages(tmp_path: Path) -> None:
    """Are no questions to itself, not even those that mention it, nor those in its own thread."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = ["Ask Footnote, 1 or 2."]
        thread = s.acme.thread(s.general, "plans", s.alice)
        for where in (s.general, thread, s.alice.dm):
            asked = await s.alice.says(where, s.mention("leave?"))
            answer = await s.answer(asked, "Ask Footnote, 1 or 2.")
            answer.content = s.mention("leave?")
            await s.ignored(answer)
        assert len(s.script.asked) == 6


async def test_what_discord_says_of_a_channel(tmp_path: Path) -> None:
    """That somebody came, pinned or renamed something is no question, wherever they do it."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        asked = await s.alice.says(thread, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        await s.ignored(await s.alice.joins(s.general), await s.alice.pins(asked))
        await s.ignored(await s.alice.pins(answer), await s.alice.renames(thread, "When?"))
        direct = await s.alice.says(s.alice.dm, "leave?")
        await s.ignored(await s.alice.pins(await s.answer(direct, "About leave?")))


async def test_servers_that_are_not_the_teams(tmp_path: Path) -> None:
    """Are answered nothing; the team's are, and people of both are answered directly."""
    async with scene(tmp_path, lambda acme: DiscordSettings(servers=(acme.id,))) as s:
        other = s.discord.guild("other")
        mallory = other.person("mallory")
        lounge = other.channel("lounge")
        said = await mallory.says(lounge, s.mention("leave?"))
        await s.ignored(said)
        await mallory.edits(said, s.mention("travel?"))
        await s.ignored(said)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        assert s.discord.messages_in(lounge) == []


async def test_a_mention_without_a_word(tmp_path: Path) -> None:
    """Asks nothing, in a channel and directly, so that a thank-you gets no answer."""
    async with scene(tmp_path) as s:
        wordless = ("", "  ", "?!", "👋 🙏", "<:wave:123> <a:bye:456>", "<t:1:R>")
        said = [
            await s.alice.says(where, s.mention(text))
            for text in wordless
            for where in (s.general, s.alice.dm)
        ]
        await s.ignored(*said)
        assert s.discord.messages_in(s.general) == []


async def test_a_mention_of_everybody(tmp_path: Path) -> None:
    """Is none of the bot."""
    async with scene(tmp_path) as s:
        await s.ignored(await s.alice.says(s.general, "@everyone @here leave?"))


async def test_a_link_that_unfolds(tmp_path: Path) -> None:
    """Changes no question, also where that was edited before."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave, see this?"))
        await s.answer(asked, "About leave, see this?")
        await s.alice.unfurls(asked, "https://a.example/")
        await s.alice.edits(asked, s.mention("travel, see this?"))
        await s.answer(asked, "About travel, see this?")
        await s.alice.unfurls(asked, "https://b.example/")
        await s.settled()
        await s.answer(asked, "About travel, see this?")
        assert [question.text for question in s.script.asked].count("travel, see this?") == 1
        assert len(s.script.asked) == 3


async def test_a_link_that_unfolds_late(tmp_path: Path) -> None:
    """Makes no question of what was said before its thread was engaged."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        aside = await s.alice.says(thread, "See this.")
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        await s.alice.unfurls(aside, "https://a.example/")
        await s.ignored(aside)


async def test_reactions(tmp_path: Path) -> None:
    """Are neither questions nor errors."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        await s.alice.reacts(answer, "👍")
        await s.settled()
        await s.answer(asked, "About leave?")
