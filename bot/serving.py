"""Everything that `footnote serve` runs, in one process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

from footnote.bot.app import App
from footnote.bot.audience import Audiences
from footnote.bot.commands import ServedCommands
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.heartbeat import beating
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.lookups import KeptAnswers
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.base import Intake, Platform, Services
from footnote.bot.plugins import PlatformKind
from footnote.bot.replica import replica
from footnote.bot.schedule.freshness import keeping_fresh
from footnote.bot.settings.schema import InboxSettings, Settings
from footnote.bot.state.base import State
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.announcing import announcing
from footnote.bot.tuning.dataset.forgetting import take_back_everywhere
from footnote.bot.tuning.swapping import following
from footnote.retrieval.warming import warming

DAY_S = 86400.0
TIDY_S = 3600.0
NONE = "No platform can run yet.{lacks} Until then `footnote chat` asks in the terminal."

_log = logging.getLogger(__name__)


def ready(kinds: Mapping[str, PlatformKind], settings: Settings) -> dict[str, PlatformKind]:
    """The platforms that can run.

    Raises:
        UnavailableError: None can, and what each lacks.
    """
    able = {name: kind for name, kind in kinds.items() if not kind.lacks(settings)}
    if not able:
        lacks = "".join(f" {kind.lacks(settings)}" for kind in kinds.values())
        raise UnavailableError(NONE.format(lacks=lacks))
    return able


async def serve(
    app: App,
    kinds: Mapping[str, PlatformKind],
    stop: asyncio.Event,
    *,
    report: Callable[[str], None],
) -> None:
    """Answer on every platform until asked to stop.

    What is being answered or synced then has the settings' grace time to end; all else is handed
    over.

    Args:
        app: What answers.
        kinds: The platforms.
        stop: Set to stop.
        report: Told what goes on, for whoever started it.

    Raises:
        FootnoteError: The state cannot be opened, a platform cannot be connected, or the last
            platform ended for good.
    """
    settings = app.settings
    audiences = Audiences(settings.members)
    async with AsyncExitStack() as stack:
        owner = stack.enter_context(replica(settings.folder))
        state = await stack.enter_async_context(open_state(settings))
        lookups = KeptAnswers(state, app.store, audiences, settings.audiences)
        services = Services(lookups, state.budgets, state.records)
        platforms = {
            name: await stack.enter_async_context(kind.open(settings, services))
            for name, kind in kinds.items()
        }
        inbox = Inbox(
            state=state,
            owner=owner,
            platforms=platforms,
            answering=lambda question: answer_events(app.core.answerer, question),
            commands=ServedCommands(app, state, audiences),
            readers=audiences,
            sources=settings.audiences,
            options=options(settings.inbox),
        )
        async with (
            warming(app.store),
            following(settings, app.core.generator, state, owner.replica),
            announcing(platforms, state.records),
            keeping_fresh(app, state, platforms, grace_s=settings.inbox.grace_s) as fresh,
            inbox.running(),
            beating(settings.folder, owner.replica, platforms),
        ):
            report(f"Answering on {_listed(platforms)}; Ctrl-C or SIGTERM stops.")
            await _receive(platforms, inbox, _tidy(settings, state), stop)
            fresh.stop()
            report("Stopping: what is being answered may end.")


def options(settings: InboxSettings) -> InboxOptions:
    """The inbox's options as the settings have them."""
    return InboxOptions(
        workers=settings.workers,
        queue_limit=settings.queue_limit,
        grace_s=settings.grace_s,
        engaged_s=settings.remember_days * DAY_S,
        turns_s=settings.remember_days * DAY_S,
        kept_s=settings.keep_days * DAY_S,
    )


async def _receive(
    platforms: Mapping[str, Platform],
    inbox: Inbox,
    tidy: Coroutine[Any, Any, None],
    stop: asyncio.Event,
) -> None:
    """Receive until asked to stop; one platform that ends does not end the others."""
    receiving = [
        asyncio.ensure_future(_receive_from(platform, inbox.intake(name)))
        for name, platform in platforms.items()
    ]
    stopped = asyncio.ensure_future(stop.wait())
    tidying = asyncio.ensure_future(tidy)
    try:
        waiting = set(receiving)
        while waiting and not stop.is_set():
            ended, _ = await asyncio.wait({*waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            waiting -= ended
    finally:
        for task in (*receiving, stopped, tidying):
            task.cancel()
        await asyncio.wait((*receiving, stopped, tidying))
    if not stop.is_set():
        for task in receiving:
            task.result()


async def _receive_from(platform: Platform, intake: Intake) -> None:
    try:
        await platform.receive(intake)
    except FootnoteError as error:
        _log.error("%s has ended: %s", platform.name, error)
        raise
    _log.warning("%s has ended.", platform.name)


async def _tidy(settings: Settings, state: State) -> None:
    """Remove what has expired, also where something was learned of it."""
    while True:
        try:
            await state.tidy()
            await take_back_everywhere(settings, state)
        except FootnoteError as error:
            _log.warning("%s", error)
        await asyncio.sleep(TIDY_S)


def _listed(names: Mapping[str, object]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
