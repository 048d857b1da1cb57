"""The slash commands as Discord is told of them, and telling it only when they have changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import suppress

import discord
from discord import app_commands

from footnote.bot.platforms.base import PlatformError
from footnote.bot.platforms.discord.asking import Asking
from footnote.bot.platforms.discord.people import People
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError, StateUnavailableError

QUESTION = 3_000
CHOICES = 25
"""So many choices Discord shows, and so long a name may be."""
CHOICE_NAME = 100

_SPACE = "discord:commands"

_log = logging.getLogger(__name__)


def command_tree(
    client: discord.Client, asking: Asking, people: People, sources: Sequence[str]
) -> app_commands.CommandTree:
    """The slash commands.

    No command is hidden by Discord from those without a permission: that would hide it from the
    configured roles, too. Who may do what is looked at when a command comes in.

    Args:
        client: Whose commands they are.
        asking: Does what they say.
        people: Knows who may see the names of sources.
        sources: Those names.
    """
    tree = app_commands.CommandTree(client)
    by_servers = app_commands.allowed_installs(guilds=True, users=False)
    anywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)

    @tree.command(description="Ask the team's documents")
    @app_commands.describe(question="Your question", private="Only you see the answer")
    @by_servers
    @anywhere
    async def ask(
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, QUESTION],
        private: bool = False,  # noqa: FBT001, FBT002  how discord.py reads an option
    ) -> None:
        await asking.ask(interaction, question, private=private)

    @tree.command(description="Read the sources anew (admins)")
    @app_commands.describe(
        source="Only this source", confirm="Also where it would remove many documents"
    )
    @by_servers
    @anywhere
    async def reindex(
        interaction: discord.Interaction,
        source: str = "",
        confirm: bool = False,  # noqa: FBT001, FBT002  likewise
    ) -> None:
        argument = f"{source} --confirm" if confirm else source
        await asking.command(interaction, "reindex", argument.strip())

    @reindex.autocomplete("source")
    async def name_of_source(
        interaction: discord.Interaction, begun: str
    ) -> list[app_commands.Choice[str]]:
        if not await people.may_command(interaction.user):
            return []
        found = [
            name
            for name in sources
            if begun.casefold() in name.casefold() and len(name) <= CHOICE_NAME
        ]
        return [app_commands.Choice(name=name, value=name) for name in found[:CHOICES]]

    @tree.command(name="sources", description="What is searched, and how fresh it is")
    @by_servers
    @anywhere
    async def list_sources(interaction: discord.Interaction) -> None:
        await asking.command(interaction, "sources", "")

    @tree.command(description="Forget what you asked")
    @by_servers
    @anywhere
    async def forget(interaction: discord.Interaction) -> None:
        await asking.command(interaction, "forget", "")

    @tree.command(description="Help, status and version")
    @by_servers
    @anywhere
    async def footnote(interaction: discord.Interaction) -> None:
        await asking.command(interaction, "footnote", "")

    return tree


async def sync(tree: app_commands.CommandTree, records: Records, application: int) -> None:
    """Tell Discord of the commands where they are not those that it was last told of.

    Commands may be made anew 200 times a day (discord.com/developers/docs, "Application
    Commands"), and each time people see none for a while.

    Where it cannot be said what Discord was told, it is told once more, which does no harm.

    Args:
        tree: The commands.
        records: Where it is kept what Discord was told.
        application: Whose commands they are.
    """
    told = [command.to_dict(tree) for command in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    last = None
    with suppress(StateUnavailableError):
        last = await records.get(_SPACE, str(application))
    if last and last.value == digest:
        return
    try:
        with translated():
            await tree.sync()
    except PlatformError as error:
        _log.warning("Discord was not told of the commands, and shows what it knew: %s", error)
        return
    with suppress(ConflictError, StateUnavailableError):
        await records.put(_SPACE, str(application), digest, version=last.version if last else 0)
