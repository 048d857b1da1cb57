"""Which of Discord's events is for whom."""

from __future__ import annotations

import discord

from footnote.bot.platforms.discord.interactions import Interactions
from footnote.bot.platforms.discord.receiving import Receiving


def listen_to(client: discord.Client, receiving: Receiving, interactions: Interactions) -> None:
    """Hand the client's events to what handles them; slash commands go to their own tree."""

    async def on_message(message: discord.Message) -> None:
        await receiving.message(message)

    async def on_raw_message_edit(event: discord.RawMessageUpdateEvent) -> None:
        await receiving.edited(event)

    async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
        await receiving.deleted(event.channel_id, event.message_id)

    async def on_raw_bulk_message_delete(event: discord.RawBulkMessageDeleteEvent) -> None:
        for message in event.message_ids:
            await receiving.deleted(event.channel_id, message)

    async def on_connect() -> None:
        receiving.connected_anew()

    async def on_ready() -> None:
        await receiving.catch_up()

    async def on_interaction(interaction: discord.Interaction) -> None:
        await interactions.happened(interaction)

    for listener in (
        on_message,
        on_raw_message_edit,
        on_raw_message_delete,
        on_raw_bulk_message_delete,
        on_connect,
        on_ready,
        on_interaction,
    ):
        client.event(listener)
