"""From footnote.toml and the environment to settings, or to one sentence on what is wrong."""

from __future__ import annotations

from pathlib import Path

import pydantic_settings
from pydantic import ValidationError

from footnote.bot.errors import SettingsError
from footnote.bot.settings.errors import (
    undefined_group,
    unknown_variable,
    unreadable_variable,
    wrong_settings,
)
from footnote.bot.settings.file import read_settings_file
from footnote.bot.settings.schema import Settings


def load_settings(path: Path) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: The file is missing, or a key or value in it or in the environment is wrong.
    """
    file = read_settings_file(path)
    if unknown := unknown_variable(Settings.model_fields):
        raise SettingsError(unknown)
    try:
        settings = Settings.of(file)
    except ValidationError as error:
        raise SettingsError(wrong_settings(error, file, Settings)) from error
    except pydantic_settings.SettingsError as error:
        raise SettingsError(unreadable_variable(error)) from error
    if undefined := undefined_group(settings):
        raise SettingsError(undefined)
    return settings
