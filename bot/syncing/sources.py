"""From the settings' sources to connectors."""

from __future__ import annotations

from pydantic import ValidationError

from footnote.bot.errors import SettingsError
from footnote.bot.plugins import UnknownPluginError, connector_kind
from footnote.bot.settings.errors import wrong_settings
from footnote.bot.settings.file import Key
from footnote.bot.settings.schema import Settings, SourceSettings
from footnote.connectors.base import Connector, ConnectorError, Remembering


def open_connectors(settings: Settings) -> dict[str, Connector]:
    """A connector for each source, by its name; nothing is read from the sources yet.

    Raises:
        SettingsError: A source's kind, keys or values are wrong.
        UnavailableError: A connector cannot be loaded.
    """
    return {
        name: _open_connector(settings, name, source) for name, source in settings.sources.items()
    }


def _open_connector(settings: Settings, name: str, source: SourceSettings) -> Connector:
    above: Key = ("sources", name)
    try:
        kind = connector_kind(source.kind)
    except UnknownPluginError as error:
        there = ", ".join(f'"{known}"' for known in error.known) or "none: reinstall Footnote"
        raise SettingsError(
            f'{settings.file.place((*above, "kind"))}: there is no kind of source "{source.kind}"; '
            f"there is {there}."
        ) from error
    try:
        own = kind.settings_model.model_validate(source.own)
    except ValidationError as error:
        raise SettingsError(
            wrong_settings(error, settings.file, kind.settings_model, above)
        ) from error
    try:
        connector = kind.from_settings(name, own.model_dump(), settings.root)
    except ConnectorError as error:
        raise SettingsError(f"{settings.file.place(above)}: {error}") from error
    if isinstance(connector, Remembering):
        connector.remember_in(settings.folder / "sources" / name)
    return connector
