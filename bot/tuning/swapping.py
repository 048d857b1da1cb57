"""Following the current adapter: what every replica does while it answers.

It looks a few times a minute, fetches what is new, and has the engine load it beside the answers
that are being written. Those end as they began; what begins afterwards is written with the new one.
Where anything goes wrong, the old one stays in use.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic

from footnote.bot.errors import FootnoteError
from footnote.bot.generators.base import GenerationError, Generator
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import State
from footnote.bot.state.opening import has_state, open_state
from footnote.bot.tuning.adapters import named
from footnote.bot.tuning.base_model import base_digest
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.replicas import Teller, Using

POLL_S = 2.0
AGAIN_S = 30.0
"""Seconds after which it is tried again where it went wrong."""
CACHE = "adapters"

OTHER_BASE = (
    "The adapter {adapter} was trained for another model file than the one that [gguf] names now, "
    "so it is not loaded: set path to that file again, or go back with footnote tune rollback."
)

_log = logging.getLogger(__name__)


class Swapper:
    """Keeps a generator on the current adapter.

    Args:
        generator: What writes.
        registry: Says which is current, and has its bytes.
        cache: The folder where files are put for the engine.
        base: Tells the hash of the model's file.

    Attributes:
        trouble: Why the current adapter is not in use, or "".
    """

    def __init__(
        self,
        generator: Generator,
        registry: Registry,
        cache: Path,
        base: Callable[[], Awaitable[str]],
    ) -> None:
        self.trouble = ""
        self._generator = generator
        self._registry = registry
        self._cache = cache
        self._base = base
        self._seen: int | None = None
        self._again = 0.0

    @property
    def using(self) -> Using:
        """What is written with now."""
        return Using(self._generator.adapter or "", self.trouble)

    async def look(self) -> None:
        """Look once, and swap if another adapter is current; trouble is told to the log once.

        Raises:
            StateUnavailableError: Nobody can say which is current.
        """
        current = await self._registry.current()
        if current.version == self._seen and (not self.trouble or monotonic() < self._again):
            return
        try:
            await self._use(current.adapter)
        except (FootnoteError, GenerationError) as error:
            if str(error) != self.trouble:
                _log.warning("%s", error)
            self.trouble, self._again = str(error), monotonic() + AGAIN_S
        else:
            self.trouble = ""
        self._seen = current.version

    async def _use(self, wanted: str) -> None:
        if wanted == (self._generator.adapter or ""):
            return
        if wanted:
            await self._load(wanted)
        await self._generator.use_adapter(wanted or None)
        _log.info("Further answers are written with %s.", named(wanted))

    async def _load(self, wanted: str) -> None:
        adapter = await self._registry.adapter(wanted)
        if adapter.base != await self._base():
            raise FootnoteError(OTHER_BASE.format(adapter=wanted))
        path = await self._registry.fetch(adapter, self._cache)
        await self._generator.load_adapter(wanted, path)


def swapper(settings: Settings, generator: Generator, state: State) -> Swapper:
    """What keeps this generator on the adapter that is current in this state."""
    base = partial(base_digest, settings)
    return Swapper(generator, Registry(state), settings.folder / "tuning" / CACHE, base)


async def begin_with_current(settings: Settings, generator: Generator) -> None:
    """Write with the current adapter, where there is one; without the state, with none.

    For what does not answer long enough to follow.
    """
    if not has_state(settings):
        return
    try:
        async with open_state(settings) as state:
            await swapper(settings, generator, state).look()
    except FootnoteError as error:
        _log.warning("Which adapter is current cannot be said, so none is used: %s", error)


@asynccontextmanager
async def following(
    settings: Settings, generator: Generator, state: State, replica: str
) -> AsyncIterator[None]:
    """Write with the current adapter from the first answer on, whichever that is at the moment.

    Args:
        settings: The settings.
        generator: What writes; one without adapters is left alone.
        state: What replicas share.
        replica: The name of this one.
    """
    if settings.answer.generator != "gguf":
        yield
        return
    follower, teller = swapper(settings, generator, state), Teller(state.records, replica)
    calm = await _looked(follower, calm=True)
    stopping = asyncio.Event()
    task = asyncio.ensure_future(_follow(follower, teller, stopping, calm=calm))
    try:
        yield
    finally:
        # Redis' client may lose a cancellation that comes together with an answer.
        stopping.set()
        task.cancel()
        await asyncio.wait((task,))
        await teller.end()


async def _follow(
    follower: Swapper, teller: Teller, stopping: asyncio.Event, *, calm: bool
) -> None:
    while not stopping.is_set():
        await teller.say(follower.using)
        await asyncio.sleep(POLL_S)
        calm = await _looked(follower, calm=calm)


async def _looked(follower: Swapper, *, calm: bool) -> bool:
    """Look; where it cannot be done, say so if that is new. Whether it could be done."""
    try:
        await follower.look()
    except FootnoteError as error:
        if calm:
            _log.warning("Which adapter is current cannot be said now: %s", error)
        return False
    except Exception:  # noqa: BLE001  answers do not depend on it, and it is looked at again
        if calm:
            _log.exception("The current adapter cannot be followed.")
        return False
    return True
