"""A bare discord.py bot in a process of its own: what Footnote in Discord is measured against.

It keeps nothing, decides nothing, and answers every mention and every /ask with the calls that it
was told.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from footnote.bot.platforms.discord.settings import TOKEN
from tests.servers.forking import fork_as_asked

MODULE = "tests.servers.bare_discord"
BOT, GUILD, CHANNEL, ASKED = "{the bot}", "{the guild}", "{the channel}", "{what was asked}"
BY, SENT = "{its token}", "{what was sent}"
"""What stands in a call for what differs from one question to the next.

It is the id of the application, the guild, the channel, and of the message or the interaction; the
interaction's token; and the id of what was sent last.
"""


async def bare(
    *,
    api_url: str,
    gateway_url: str,
    environment: Mapping[str, str],
    folder: Path,
    calls: Sequence[str],
) -> None:
    """Answer until SIGTERM.

    Args:
        api_url: Where Discord's REST API is.
        gateway_url: Where its gateway is.
        environment: The token.
        folder: Nothing is kept there.
        calls: The calls of each answer, each as a JSON object: seconds from the event on before
            which it is not made (`after_s`), its `method`, `path`, `names` in it, `query`, `body`.
    """
    del folder
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    client = discord.Client(intents=intents, max_messages=None)
    tree = app_commands.CommandTree(client)

    @client.event
    async def on_message(message: discord.Message) -> None:
        if client.user in message.mentions:
            await _answer(client, calls, _known(client, message))

    @tree.command(description="Ask")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        del question
        known = _known(client, interaction) | {BY: interaction.token}
        await _answer(client, calls, known)

    async with client:
        await client.login(environment[TOKEN])
        await tree.sync()
        connected = asyncio.ensure_future(client.connect())
        await stop.wait()
    await connected


def _known(client: discord.Client, asked: discord.Message | discord.Interaction) -> dict[str, str]:
    assert asked.guild
    assert asked.channel
    return {
        BOT: str(client.application_id),
        GUILD: str(asked.guild.id),
        CHANNEL: str(asked.channel.id),
        ASKED: str(asked.id),
    }


async def _answer(client: discord.Client, calls: Sequence[str], known: dict[str, str]) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for template in calls:
        call = json.loads(_filled(template, known))
        await asyncio.sleep(began + call["after_s"] - loop.time())
        route = Route(call["method"], call["path"], **call["names"])
        said = await client.http.request(route, params=call["query"], json=call["body"])
        if isinstance(said, dict):
            known[SENT] = said.get("id", known.get(SENT, ""))


def _filled(template: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        template = template.replace(name, value)
    return template


if __name__ == "__main__":
    fork_as_asked(bare)
