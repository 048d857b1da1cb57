"""What the candidate has to beat: the adapter that is current, or the bare model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from footnote.bot.settings.schema import Settings
from footnote.bot.state.opening import has_state, open_state
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.swapping import CACHE


@dataclass(frozen=True, slots=True)
class Incumbent:
    """What the candidate has to beat.

    Attributes:
        id: The current adapter; "" for the bare model.
        path: Its GGUF file; None for the bare model.
    """

    id: str = ""
    path: Path | None = None


async def incumbent_of(settings: Settings) -> Incumbent:
    """The adapter that the registry calls current, its file fetched where it is missing.

    Raises:
        FootnoteError: Its file is broken, or cannot be written.
        StateError: The state cannot be opened or read.
    """
    if not has_state(settings):
        return Incumbent()
    async with open_state(settings) as state:
        registry = Registry(state)
        current = (await registry.current()).adapter
        if not current:
            return Incumbent()
        adapter = await registry.adapter(current)
        return Incumbent(current, await registry.fetch(adapter, settings.folder / "tuning" / CACHE))
