"""Footnote behind a platform, with answers from a script, and what scenarios wait for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from footnote.bot.audience import Audiences
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.lookups import KeptAnswers
from footnote.bot.platforms.base import Platform, Services
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept, Owner
from footnote.retrieval.stores.base import PassageStore
from tests.bot.platforms.scripts import SOURCES, Script

PATIENCE_S = 20.0


def services_of(state: State, store: PassageStore | None) -> Services:
    """What a platform may use of the rest; without a store, no passage can be looked up."""
    lookups = KeptAnswers(state, cast("PassageStore", store), Audiences(), SOURCES)
    return Services(lookups, state.budgets, state.records)


@asynccontextmanager
async def serving(
    platform: Platform,
    state: State,
    script: Script,
    options: InboxOptions | None,
    replica: str,
) -> AsyncIterator[asyncio.Future[None]]:
    """A replica that answers what the platform takes; its end shows what the platform ended with.

    Args:
        platform: The platform.
        state: Where questions are kept.
        script: What is answered.
        options: Times and numbers of the inbox.
        replica: What it is called.
    """
    inbox = Inbox(
        state=state,
        owner=Owner(replica, "boot"),
        platforms={platform.name: platform},
        answering=script.events,
        commands=script.command,
        readers=Audiences(),
        sources=SOURCES,
        options=options,
    )
    async with inbox.running():
        receiving = asyncio.ensure_future(platform.receive(inbox.intake(platform.name)))
        try:
            yield receiving
        finally:
            receiving.cancel()
            await asyncio.wait([receiving])


async def ended(state: State, question_id: str) -> Kept:
    """How a question ended, once it has."""
    async with asyncio.timeout(PATIENCE_S):
        while (kept := await state.queue.kept(question_id)) is None:  # noqa: ASYNC110  it is a file
            await asyncio.sleep(0.01)
    return kept


async def quiet(state: State) -> None:
    """Return once every accepted question is finished."""
    async with asyncio.timeout(PATIENCE_S):
        while not await state.queue.idle():  # noqa: ASYNC110  it is a file
            await asyncio.sleep(0.01)


async def soon(look: Callable[[], object]) -> None:
    """Return once it is true of what nobody tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not look():  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)
