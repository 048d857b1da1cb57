"""Reads the compose file as Docker Compose does: with merged keys, and variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker" / "compose.yaml"
EXAMPLE = ROOT / "docker" / ".env.example"
VARIABLE = re.compile(r"\$(\$|\{(?P<name>\w+)(?::(?P<how>[?-])(?P<rest>[^}]*))?\})")


class MissingVariableError(KeyError):
    """A variable that must be set is not."""


def filled(text: str, variables: Mapping[str, str]) -> str:
    """The text with its variables filled in.

    Raises:
        MissingVariableError: One that must be set is empty or missing.
    """

    def one(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "$"
        if value := variables.get(name):
            return value
        if found["how"] == "?":
            raise MissingVariableError(found["rest"])
        return found["rest"] or ""

    return VARIABLE.sub(one, text)


def compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """The whole file.

    Args:
        variables: What .env holds.

    Raises:
        MissingVariableError: One that must be set is empty or missing.
    """
    whole: dict[str, Any] = _deep(yaml.safe_load(COMPOSE.read_text("utf-8")), variables)
    return whole


def variables_of(text: str) -> dict[str, str]:
    """What a .env file sets."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _deep(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return filled(value, variables)
    if isinstance(value, dict):
        return {key: _deep(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_deep(each, variables) for each in value]
    return value
