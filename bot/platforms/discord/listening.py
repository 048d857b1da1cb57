"""Which of Discord's events is for whom."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import discord

from footnote.bot.platforms.discord.interactions import Interactions
from footnote.bot.platforms.discord.receiving import Receiving

Listener = Callable[..., Coroutine[Any, Any, None]]


class Underway:
    """What is done about events now, which discord.py does not wait for at its end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def noting(self, listener: Listener) -> Listener:
        """A listener whose work is known as long as it goes on."""

        @functools.wraps(listener)
        async def noted(*arguments: Any) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  a coroutine runs in one
            self._tasks.add(task)
            try:
                await listener(*arguments)
            finally:
                self._tasks.discard(task)

        return noted

    async def end(self) -> None:
        """End it: what was not taken comes again, or is looked for."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def listen_to(client: discord.Client, receiving: Receiving, interactions: Interactions) -> Underway:
    """Hand the client's events to what handles them; slash commands go to their own tree."""
    underway = Underway()

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
        client.event(underway.noting(listener))
    return underway
