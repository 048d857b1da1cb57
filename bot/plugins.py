"""Connectors, platforms and stores by name: the entry points that any package may declare.

The built-in ones come through the same door. Only what is asked for is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol, cast

from pydantic import BaseModel

from footnote.bot.checks.check import Check
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import Platform, Services
from footnote.bot.settings.schema import Settings
from footnote.connectors.base import Connector
from footnote.retrieval.stores.base import PassageStore

CONNECTORS = "footnote.connectors"
PLATFORMS = "footnote.platforms"
STORES = "footnote.stores"


class UnknownPluginError(FootnoteError):
    """No installed package has a plugin of this name.

    Attributes:
        name: The name that was asked for.
        known: The names that there are.
    """

    def __init__(self, group: str, name: str, known: tuple[str, ...]) -> None:
        there = (
            f"there are {', '.join(known)}" if known else "there are none, so reinstall Footnote"
        )
        super().__init__(f"No installed package has {name} among its {group}: {there}.")
        self.name = name
        self.known = known


class ConnectorKind(Protocol):
    """What an entry point of the group `footnote.connectors` names; mostly a connector's class.

    Attributes:
        settings_model: The keys of a source of this kind, beyond `kind` and `audience`.
    """

    settings_model: type[BaseModel]

    def from_settings(self, name: str, settings: Mapping[str, Any], root: Path) -> Connector:
        """A connector for one source.

        Args:
            name: The source's name, which begins the id of each of its documents.
            settings: The source's keys as `settings_model` gave them back, defaults included.
            root: The folder that relative paths are relative to.

        Raises:
            ConnectorError: A value cannot be used.
        """
        ...


class PlatformKind(Protocol):
    """What an entry point of the group `footnote.platforms` names."""

    def lacks(self, settings: Settings) -> str:
        """What has to be set before it can run, as one sentence; "" where nothing is missing."""
        ...

    async def examine(self, settings: Settings) -> list[Check]:
        """Look at what it was given, for `footnote doctor`; nothing is raised."""
        ...

    def open(self, settings: Settings, services: Services) -> AbstractAsyncContextManager[Platform]:
        """Connect, and disconnect at the end.

        Args:
            settings: The settings.
            services: What the platform may use of the rest.

        Raises:
            FootnoteError: It cannot be connected, and what to do about it.
        """
        ...


class OpenStore(Protocol):
    """What an entry point of the group `footnote.stores` names."""

    def __call__(self, settings: Settings) -> AbstractAsyncContextManager[PassageStore]:
        """Open the index that the settings name, and close it at the end.

        Raises:
            RetrievalError: It cannot be opened.
        """
        ...


def connector_kind(name: str) -> ConnectorKind:
    """The connector of a kind.

    Raises:
        UnknownPluginError: There is none of this name.
        UnavailableError: It cannot be imported.
    """
    return cast("ConnectorKind", _load(CONNECTORS, name))


def connector_names() -> dict[str, str]:
    """The kinds of sources that there are, each with the package that it comes from."""
    entries = sorted(entry_points(group=CONNECTORS), key=lambda entry: entry.name)
    return {entry.name: entry.dist.name if entry.dist else "" for entry in entries}


def platform_kinds() -> dict[str, PlatformKind]:
    """Every platform that an installed package has, by name.

    Raises:
        UnavailableError: One cannot be imported.
    """
    names = sorted(entry.name for entry in entry_points(group=PLATFORMS))
    return {name: cast("PlatformKind", _load(PLATFORMS, name)) for name in names}


def open_store(name: str) -> OpenStore:
    """What opens a store.

    Raises:
        UnknownPluginError: There is none of this name.
        UnavailableError: It cannot be imported.
    """
    return cast("OpenStore", _load(STORES, name))


def _load(group: str, name: str) -> object:
    found = {entry.name: entry for entry in entry_points(group=group)}
    if name not in found:
        raise UnknownPluginError(group, name, tuple(sorted(found)))
    entry: EntryPoint = found[name]
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise UnavailableError(
            f"{name} of {group} cannot be loaded ({error}): reinstall the package that it comes "
            f"from{f', {entry.dist.name}' if entry.dist else ''}."
        ) from error
