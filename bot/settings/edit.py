"""Setting keys in footnote.toml without touching anything else in it, remarks included."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from footnote.bot.errors import SettingsError

Values = Mapping[tuple[str, str], str]
"""Texts by their table and key."""


def with_values(text: str, values: Values) -> str:
    """The text of a settings file in which these keys have these values.

    A line that sets a key, or shows its default in a remark, is replaced; where there is none, a
    line is added to the table, and where there is no table, the table at the end.

    Args:
        text: Valid TOML.
        values: What to set.

    Raises:
        SettingsError: The file is written in a way that this cannot be done in; it says by what
            lines a person can do it.
    """
    wanted = _parsed(text)
    changed = text
    for (table, key), value in values.items():
        wanted.setdefault(table, {})[key] = value
        changed = _with_value(changed, table, key, f"{key} = {quoted(value)}")
    try:
        done = _parsed(changed) == wanted
    except tomllib.TOMLDecodeError:
        done = False
    if not done:
        lines = "\n".join(lines_for(values))
        raise SettingsError(
            f"The settings file cannot be changed as it is written: set this by hand:\n{lines}"
        )
    return changed


def lines_for(values: Values) -> list[str]:
    """The lines that set these keys, with their tables."""
    lines: list[str] = []
    for (table, key), value in values.items():
        if f"[{table}]" not in lines:
            lines += [""] * bool(lines) + [f"[{table}]"]
        lines.append(f"{key} = {quoted(value)}")
    return lines


def _with_value(text: str, table: str, key: str, line: str) -> str:
    header = re.search(rf"(?m)^\[{re.escape(table)}\][^\S\n]*(#[^\n]*)?$", text)
    if header is None:
        gap = "" if text.endswith("\n\n") or not text else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{gap}[{table}]\n{line}\n"
    following = re.compile(r"(?m)^\[").search(text, header.end())
    end = following.start() if following else len(text)
    body = text[header.end() : end]
    for old in (rf"(?m)^{key}[^\S\n]*=[^\n]*$", rf"(?m)^#[^\S\n]*{key}[^\S\n]*=[^\n]*$"):
        if re.search(old, body):
            return text[: header.end()] + re.sub(old, lambda _: line, body, count=1) + text[end:]
    return f"{text[: header.end()]}\n{line}{text[header.end() :]}"


def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def quoted(value: str) -> str:
    """A basic string of TOML, which JSON's is, but for the sign of deletion."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
