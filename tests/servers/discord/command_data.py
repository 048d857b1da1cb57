"""The `data` of an interaction: what somebody chose, typed or pressed, as Discord sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.discord.components import SELECTS, ComponentKind, buttons_of, inputs_of
from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import Message

SUBCOMMAND = 1
GROUP = 2


def command_data(command: Json, path: str, values: Mapping[str, Any]) -> Json:
    """A command with its options.

    Args:
        command: As it is registered.
        path: Its name, and those of a group and a subcommand.
        values: By the options' names.

    Raises:
        AssertionError: There is no such subcommand or option, or a required one is missing.
    """
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    options = _options(command, path.split()[1:], values)
    return data | ({"options": options} if options else {})


def autocomplete_data(command: Json, path: str, values: Mapping[str, Any], focused: str) -> Json:
    """A command while one of its options is typed.

    Raises:
        AssertionError: That option does not complete itself.
    """
    data = command_data(command, path, values)
    options = data.get("options", [])
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        options = options[0].get("options", [])
    (option,) = [one for one in options if one["name"] == focused]
    assert _completes(command, focused), f"{focused} does not complete itself"
    option["focused"] = True
    return data


def component_data(message: Message, button: str, values: list[str] | None) -> Json:
    """A button that is pressed, or a select in which something is chosen.

    Raises:
        AssertionError: The message has none of this label or custom id, or it is disabled.
    """
    parts = buttons_of(message.components)
    names = [part.get("label") or part.get("custom_id") for part in parts]
    found = [part for part in parts if button in {part.get("label"), part.get("custom_id")}]
    assert found, f"there is no {button!r} among {names}"
    assert not found[0].get("disabled"), f"{button!r} is disabled"
    assert "custom_id" in found[0], f"{button!r} is a link, of which no app is told"
    part = found[0]
    data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
    return data | ({"values": values or []} if part["type"] in SELECTS else {})


def modal_data(modal: Json, values: Mapping[str, str]) -> Json:
    """A modal that is submitted.

    Raises:
        AssertionError: It has no such input, or a value breaks its limits.
    """
    inputs = inputs_of(modal)
    unknown = set(values) - {part["custom_id"] for part in inputs}
    assert not unknown, f"the modal has no {sorted(unknown)}"
    rows = [
        _filled_row(row, number, values)
        for number, row in enumerate(modal["components"], start=1)
        if row["type"] != ComponentKind.TEXT
    ]
    return {"custom_id": modal["custom_id"], "components": rows}


def _options(part: Json, path: list[str], values: Mapping[str, Any]) -> list[Json]:
    known = {option["name"]: option for option in part.get("options", [])}
    if path:
        assert path[0] in known, f"there is no {path[0]} among {sorted(known)}"
        chosen = known[path[0]]
        inside = _options(chosen, path[1:], values)
        return [{"name": path[0], "type": chosen["type"], "options": inside}]
    unknown = set(values) - set(known)
    assert not unknown, f"there is no {sorted(unknown)} among {sorted(known)}"
    missing = {name for name, one in known.items() if one.get("required")} - set(values)
    assert not missing, f"{sorted(missing)} must be given"
    return [
        {"name": name, "type": known[name]["type"], "value": value}
        for name, value in values.items()
    ]


def _completes(part: Json, name: str) -> bool:
    return any(
        (option["name"] == name and option.get("autocomplete")) or _completes(option, name)
        for option in part.get("options", [])
    )


def _filled_row(row: Json, number: int, values: Mapping[str, str]) -> Json:
    if "component" in row:
        filled = _filled(row["component"], 100 + number, values)
        return {"type": row["type"], "id": number, "component": filled}
    parts = [_filled(part, 100 + number, values) for part in row["components"]]
    return {"type": row["type"], "id": number, "components": parts}


def _filled(part: Json, number: int, values: Mapping[str, str]) -> Json:
    name = part["custom_id"]
    shown = {"type": part["type"], "id": number, "custom_id": name}
    if part["type"] in SELECTS:
        return shown | {"values": [values[name]] if name in values else []}
    value = values.get(name, part.get("value") or "")
    assert value or not part.get("required", True), f"{name} must be filled"
    assert len(value) <= (part.get("max_length") or 4_000), f"{name} is too long"
    assert not value or len(value) >= (part.get("min_length") or 0), f"{name} is too short"
    return shown | {"value": value}
