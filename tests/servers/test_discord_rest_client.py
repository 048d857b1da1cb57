"""That the real discord.py takes the server's REST API and interactions for Discord's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.server import DiscordServer

NO_MENTIONS = discord.AllowedMentions.none()
INTENTS = discord.Intents(guilds=True, messages=True, message_content=True)


class Correction(ui.Modal, title="A better answer"):
    """A modal with one input."""

    text: ui.TextInput[Correction] = ui.TextInput(label="Answer", custom_id="text")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Thank for it."""
        await interaction.response.send_message(f"thanks for {self.text.value}", ephemeral=True)


class Buttons(ui.View):
    """A button that opens the modal, and one that changes its message."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Better", custom_id="better")
    async def better(self, interaction: discord.Interaction, button: ui.Button[Buttons]) -> None:
        """Show the modal."""
        del button
        await interaction.response.send_modal(Correction())

    @ui.button(label="Cancel", custom_id="cancel")
    async def cancel(self, interaction: discord.Interaction, button: ui.Button[Buttons]) -> None:
        """Take the buttons away."""
        del button
        await interaction.response.edit_message(content="cancelled", view=None)


class Bot(discord.Client):
    """Answers /ask, mentions and forum posts."""

    def __init__(self) -> None:
        super().__init__(intents=INTENTS, allowed_mentions=NO_MENTIONS)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ask)

    async def setup_hook(self) -> None:
        """Register the commands."""
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        """Answer people."""
        if message.author.bot:
            return
        embed = discord.Embed(title="Handbook", description="28 days")
        await message.reply("searching", embed=embed)


async def complete(
    interaction: discord.Interaction, current: str
) -> list[app_commands.Choice[str]]:
    """Offer what was typed with a mark."""
    del interaction
    return [app_commands.Choice(name=f"{current}!", value=current)]


@app_commands.command()
@app_commands.autocomplete(question=complete)
async def ask(interaction: discord.Interaction, question: str, *, private: bool = False) -> None:
    """Answer a question."""
    await interaction.response.defer(thinking=True, ephemeral=private)
    await interaction.edit_original_response(content=f"28 days: {question}", view=Buttons())
    await interaction.followup.send("more", ephemeral=private)


@asynccontextmanager
async def connected(server: DiscordServer) -> AsyncIterator[Bot]:
    """The bot, ready."""
    bot = Bot()
    await bot.login(server.token)
    running = asyncio.create_task(bot.connect())
    try:
        await bot.wait_until_ready()
        yield bot
    finally:
        await bot.close()
        await running


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    """A server to which discord.py goes."""
    async with checked_discord() as discord_server:
        monkeypatch.setattr(Route, "BASE", discord_server.api_url)
        url = yarl.URL(discord_server.gateway.url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", url)
        yield discord_server


async def test_a_command_is_deferred_answered_and_followed_up(server: DiscordServer) -> None:
    """The asker alone sees it where they asked for that; the option completes itself."""
    acme = server.guild("acme")
    alice, bob, general = acme.person("alice"), acme.person("bob"), acme.channel("general")
    async with connected(server):
        typed = await alice.types("ask", general, focused="question", question="lea")
        assert await server.until(lambda: typed.choices) == [{"name": "lea!", "value": "lea"}]
        asked = await alice.slash("ask", general, question="leave?", private=True)
        await server.reply_to(asked, nth=2)
    seen = [message.content for message in server.visible_to(alice, general)]
    assert seen == ["28 days: leave?", "more"]
    assert server.visible_to(bob, general) == []


async def test_buttons_and_modals_work(server: DiscordServer) -> None:
    """A button shows the modal, its text comes back, and another button changes its message."""
    acme = server.guild("acme")
    alice, general = acme.person("alice"), acme.channel("general")
    async with connected(server):
        asked = await alice.slash("ask", general, question="leave?")
        answer = await server.reply_to(asked)
        pressed = await alice.presses(answer, "Better")
        await server.until(lambda: pressed.modal)
        submitted = await alice.submits(pressed, {"text": "30 days"})
        thanks = await server.reply_to(submitted)
        assert (thanks.content, thanks.only_for) == ("thanks for 30 days", alice.id)
        await alice.presses(answer, "Cancel")
        await server.until(lambda: answer.content == "cancelled")
    assert answer.components == []


async def test_messages_are_answered_wherever_they_are(server: DiscordServer) -> None:
    """In channels, forum posts and direct messages."""
    acme = server.guild("acme")
    alice, general, forum = acme.person("alice"), acme.channel("general"), acme.forum("help")
    async with connected(server):
        for asked in (
            await alice.says(general, "leave?"),
            await alice.opens_post(forum, "Leave", "How long?"),
            await alice.says(alice.dm, "leave?"),
        ):
            reply = await server.reply_to(asked)
            assert reply.shown == "searching\nHandbook\n28 days"
            assert reply.notified.users == frozenset()


async def test_discord_py_reads_what_the_routes_give(server: DiscordServer) -> None:
    """Guilds, channels, members, history, threads, reactions and the bot's own application."""
    acme = server.guild("acme")
    alice, general = acme.person("alice"), acme.channel("general")
    async with connected(server) as bot:
        guild = await bot.fetch_guild(int(acme.id))
        channel = await bot.fetch_channel(int(general.id))
        assert isinstance(channel, discord.TextChannel)
        assert (await guild.fetch_member(int(alice.id))).name == "alice"
        assert (await bot.application_info()).flags.gateway_message_content_limited
        sent = await channel.send("28 days", nonce="n1")
        thread = await sent.create_thread(name="Leave")
        await thread.send("in the thread")
        await sent.add_reaction("👍")
        await sent.remove_reaction("👍", discord.Object(int(server.application.bot.id)))
        assert [one.content async for one in channel.history(limit=250)] == ["28 days"]
        assert [one.id for one in await guild.active_threads()] == [thread.id]
        async with channel.typing():
            await sent.edit(content="29 days")
        await sent.delete()
        with pytest.raises(discord.NotFound) as error:
            await channel.fetch_message(sent.id)
    assert error.value.code == 10_008
