"""footnote.toml as a file: its content, and the line on which each key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.bot.errors import SettingsError

FILE_NAME = "footnote.toml"

Key = tuple[str | int, ...]
"""A way into the settings: ("sources", "handbook", "audience", 0)."""

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file that is valid TOML.

    Attributes:
        path: Where it is, absolute.
        text: Its text.
        content: What it says.
    """

    path: Path
    text: str
    content: Mapping[str, Any]

    def place(self, key: Key) -> str:
        """The file and the line where a key stands, or what holds it: "footnote.toml, line 3"."""
        line = self.line(key)
        return f"{self.path.name}, line {line}" if line else self.path.name

    def line(self, key: Key) -> int | None:
        """The line, from 1, of a key or else of the nearest table above it."""
        lines = _lines(self.text)
        for length in range(len(key), 0, -1):
            if key[:length] in lines:
                return lines[key[:length]]
        return None


def read_settings_file(path: Path) -> SettingsFile:
    """Read a settings file.

    Raises:
        SettingsError: It is not there, cannot be read, or is not TOML.
    """
    path = path.absolute()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsError(_missing(path)) from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}): name a file that can with --config."
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{path.name}, line {line}: this is not UTF-8 text: save the file as UTF-8."
        ) from error
    text = text.replace("\r\n", "\n")
    try:
        return SettingsFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_not_toml(path.name, text, str(error))) from error


def _missing(path: Path) -> str:
    if path.name == FILE_NAME:
        return (
            f"There is no {FILE_NAME} in {path.parent}: run `footnote init` there, or name a "
            "settings file with --config."
        )
    return f"There is no settings file {path}: name one that exists with --config."


def _not_toml(name: str, text: str, message: str) -> str:
    found = _PLACE.search(message)
    line = (found and found.group(1)) or text.rstrip().count("\n") + 1
    what = _PLACE.sub("", message)
    return f"{name}, line {line}: this is not valid TOML: {what[:1].lower()}{what[1:]}."


def _lines(text: str) -> dict[Key, int]:
    """The line, from 1, on which each key is defined.

    A text that is cut behind any of its statements is valid TOML, and one that is cut within a
    statement is not; so the keys that a longer valid text adds stand on the lines that it adds.
    """
    found: dict[Key, int] = {}
    start = 1
    lines = text.split("\n")
    for end in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        for key in _keys(content):
            found.setdefault(key, start)
        start = end + 1
    return found


def _keys(value: object, above: Key = ()) -> Iterator[Key]:
    """Every way into a value, tables and list items included."""
    if above:
        yield above
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _keys(item, (*above, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _keys(item, (*above, index))
