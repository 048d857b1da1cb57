"""How it stands with adapters: which is current, whether it can be used, and who uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.schema import Settings
from footnote.bot.state.base import State
from footnote.bot.tuning.adapters import Adapter
from footnote.bot.tuning.base_model import base_digest
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.replicas import Using, replicas_using
from footnote.bot.tuning.swapping import OTHER_BASE


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with adapters.

    Attributes:
        current: The current one, or None for the bare model.
        trouble: Why it cannot be used, or "".
        replicas: What every running replica writes with, by its name.
    """

    current: Adapter | None
    trouble: str
    replicas: Mapping[str, Using]


async def standing(settings: Settings, state: State) -> Standing | None:
    """How it stands; None where nothing was ever promoted.

    Raises:
        FootnoteError: What the state holds cannot be read.
    """
    registry = Registry(state)
    current = await registry.current()
    if not current.choices:
        return None
    replicas = await replicas_using(state.records)
    if not current.adapter:
        return Standing(None, "", replicas)
    adapter = await registry.adapter(current.adapter)
    return Standing(adapter, await _trouble(settings, adapter), replicas)


async def _trouble(settings: Settings, adapter: Adapter) -> str:
    if settings.answer.generator != "gguf":
        return (
            f"The adapter {adapter.id} is current, but answers are written by "
            f"{settings.answer.generator}, which has none: set generator to gguf, or go back with "
            "footnote tune rollback."
        )
    try:
        base = await base_digest(settings)
    except FootnoteError as error:
        return str(error)
    return "" if base == adapter.base else OTHER_BASE.format(adapter=adapter.id)
