"""Adding a source to the settings file, which stays as it is otherwise."""

from __future__ import annotations

import inspect
import json
import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from footnote.bot.errors import SettingsError
from footnote.bot.settings.edit import quoted
from footnote.bot.settings.file import read_settings_file
from footnote.bot.settings.labels import NAME
from footnote.bot.settings.load import load_settings
from footnote.bot.syncing.sources import open_connectors


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source as it shall stand in the settings.

    Attributes:
        name: Its name.
        kind: What reads it.
        audience: Who may see it: labels.
        keys: What its kind wants to know, by key.
    """

    name: str
    kind: str
    audience: Sequence[str]
    keys: Mapping[str, Any]

    @property
    def table(self) -> str:
        """The lines of the settings file."""
        values = {"kind": self.kind, **self.keys, "audience": list(self.audience)}
        lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
        return "\n".join((f"[sources.{self.name}]", *lines)) + "\n"


def add_source(settings: Path, source: NewSource) -> None:
    """Write a source into a settings file, at its end; a file that is not there is made.

    Raises:
        SettingsError: There is such a source already, its name or a key is wrong, or the file
            cannot be read or written; it is then as it was.
    """
    if not re.fullmatch(NAME.pattern, source.name):
        raise SettingsError(
            f'"{source.name}" cannot be the name of a source: use small letters, digits, "-" and '
            '"_".'
        )
    text = ""
    if settings.exists():
        file = read_settings_file(settings)
        if source.name in file.content.get("sources", {}):
            raise SettingsError(
                f"{file.place(('sources', source.name))}: there is a source {source.name} already: "
                "choose another name, or change it there."
            )
        text = file.text.rstrip("\n") + "\n\n"
    text += source.table
    _check(settings.name, text)
    try:
        settings.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{settings} cannot be written ({error.strerror}): change who may write it."
        ) from error


def described(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring of a kind's settings says of each key, by key."""
    section = (inspect.getdoc(model) or "").partition("Attributes:\n")[2]
    found = re.findall(r"(?m)^ {4}(\w+): (.+(?:\n {8}.+)*)", section)
    return {key: " ".join(said.split()) for key, said in found}


def required(model: type[BaseModel]) -> list[str]:
    """The keys without which there is no such source."""
    return [key for key, field in model.model_fields.items() if field.is_required()]


def value_of(model: type[BaseModel], key: str, written: str) -> Any:
    """What somebody wrote on the command line, as the settings file has it.

    Args:
        model: The keys of the kind.
        key: Which one it is for.
        written: A value of TOML, or a text without its quotes.
    """
    field = model.model_fields.get(key)
    if field is None or field.annotation is str:
        return written
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        return written


def _check(name: str, text: str) -> None:
    """Find what would be wrong, in a file of the same name, so that its lines can be told."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        open_connectors(load_settings(file))


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)
