"""Buttons, selects and modals: what they may hold, and how the API gives them back.

Documented are the limits. Components of version 2 (containers, text displays) are left out: this
server refuses the flag that asks for them. Not documented, and so this server's choice: the ids
that a message's components get count from 1.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import count
from typing import Any

from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import FormProblems

ROWS = 5
BUTTONS_A_ROW = 5
CUSTOM_ID_CHARS = 100
LABEL_CHARS = 80
OPTIONS = 25
OPTION_CHARS = 100
PLACEHOLDER_CHARS = 150
URL_CHARS = 512
MODAL_TITLE_CHARS = 45
MODAL_ROWS = 5
INPUT_LABEL_CHARS = 45
INPUT_CHARS = 4_000
INPUT_PLACEHOLDER_CHARS = 100


class ComponentKind(IntEnum):
    """The kind of a component, as its `type` has it."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    TEXT = 10
    LABEL = 18


SELECTS = frozenset({3, 5, 6, 7, 8})
LINK_STYLE = 5
PREMIUM_STYLE = 6


def check_components(rows: list[Json], problems: FormProblems) -> None:
    """Find what is wrong with a message's components."""
    if len(rows) > ROWS:
        problems.count("components", rows, 1, ROWS)
    seen: set[str] = set()
    for number, row in enumerate(rows):
        path = f"components.{number}"
        if row.get("type") != ComponentKind.ROW:
            _bad_kind(path, problems)
            continue
        inside = row.get("components") or []
        most = 1 if any(part.get("type") in SELECTS for part in inside) else BUTTONS_A_ROW
        problems.count(f"{path}.components", inside, 1, most)
        for place, part in enumerate(inside):
            _check_part(part, f"{path}.components.{place}", seen, problems)


def check_modal(modal: Json) -> None:
    """Refuse a modal that breaks a rule.

    Raises:
        DiscordError: 50035.
    """
    problems = FormProblems()
    problems.text("data.title", modal.get("title"), MODAL_TITLE_CHARS, required=True)
    problems.text("data.custom_id", modal.get("custom_id"), CUSTOM_ID_CHARS, required=True)
    rows = modal.get("components") or []
    problems.count("data.components", rows, 1, MODAL_ROWS)
    seen: set[str] = set()
    for number, row in enumerate(rows):
        _check_modal_row(row, f"data.components.{number}", seen, problems)
    problems.refuse()


def written_components(rows: list[Json]) -> list[Json]:
    """Components as the API gives them back: each with an id."""
    numbers = count(1)
    return [_written(row, numbers) for row in rows]


def buttons_of(rows: list[Json]) -> list[Json]:
    """The buttons and selects of a message."""
    return [part for row in rows for part in row.get("components", ())]


def inputs_of(modal: Json) -> list[Json]:
    """The inputs of a modal, in rows or in labels."""
    found: list[Json] = []
    for row in modal["components"]:
        found += [row["component"]] if "component" in row else row.get("components", [])
    return found


def _check_part(part: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    if part.get("type") == ComponentKind.BUTTON:
        _check_button(part, path, seen, problems)
    elif part.get("type") in SELECTS:
        _check_select(part, path, seen, problems)
    else:
        _bad_kind(path, problems)


def _check_button(button: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    problems.text(f"{path}.label", button.get("label"), LABEL_CHARS)
    if not button.get("label") and not button.get("emoji"):
        message = "A button must have a label or an emoji."
        problems.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message)
    if button.get("style") not in range(1, PREMIUM_STYLE):
        problems.add(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5).")
    elif button["style"] != LINK_STYLE:
        _check_custom_id(button, path, seen, problems)
    else:
        problems.text(f"{path}.url", button.get("url"), URL_CHARS, required=True)
        if not str(button.get("url") or "https:").startswith(("http:", "https:", "discord:")):
            message = "Scheme must be one of ('http', 'https', 'discord')."
            problems.add(f"{path}.url", "URL_TYPE_INVALID_SCHEME", message)


def _check_select(select: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    _check_custom_id(select, path, seen, problems)
    problems.text(f"{path}.placeholder", select.get("placeholder"), PLACEHOLDER_CHARS)
    if select["type"] != ComponentKind.STRING_SELECT:
        return
    options = select.get("options") or []
    problems.count(f"{path}.options", options, 1, OPTIONS)
    for number, option in enumerate(options):
        for name in ("label", "value", "description"):
            here = f"{path}.options.{number}.{name}"
            needed = name != "description"
            problems.text(here, option.get(name), OPTION_CHARS, required=needed)


def _check_modal_row(row: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    if row.get("type") == ComponentKind.LABEL:
        problems.text(f"{path}.label", row.get("label"), INPUT_LABEL_CHARS, required=True)
        inside = row.get("component") or {}
        if inside.get("type") in SELECTS:
            _check_select(inside, f"{path}.component", seen, problems)
        else:
            _check_input(inside, f"{path}.component", seen, problems)
    elif row.get("type") == ComponentKind.ROW:
        problems.count(f"{path}.components", row.get("components") or [], 1, 1)
        for number, part in enumerate(row.get("components") or []):
            here = f"{path}.components.{number}"
            problems.text(f"{here}.label", part.get("label"), INPUT_LABEL_CHARS, required=True)
            _check_input(part, here, seen, problems)
    elif row.get("type") != ComponentKind.TEXT:
        _bad_kind(path, problems)


def _check_input(part: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    if part.get("type") != ComponentKind.TEXT_INPUT:
        _bad_kind(path, problems)
        return
    _check_custom_id(part, path, seen, problems)
    problems.text(f"{path}.value", part.get("value"), INPUT_CHARS)
    problems.text(f"{path}.placeholder", part.get("placeholder"), INPUT_PLACEHOLDER_CHARS)
    for name in ("min_length", "max_length"):
        if not 0 <= (part.get(name) or 0) <= INPUT_CHARS:
            message = f"int value should be between 0 and {INPUT_CHARS}."
            problems.add(f"{path}.{name}", "NUMBER_TYPE_RANGE", message)


def _check_custom_id(part: Json, path: str, seen: set[str], problems: FormProblems) -> None:
    name = part.get("custom_id")
    problems.text(f"{path}.custom_id", name, CUSTOM_ID_CHARS, required=True)
    if name in seen:
        message = "Component custom id cannot be duplicated"
        problems.add(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(str(name))


def _bad_kind(path: str, problems: FormProblems) -> None:
    problems.add(f"{path}.type", "UNION_TYPE_CHOICES", "Value of field is not one of the choices.")


def _written(part: Json, numbers: Any) -> Json:
    shown = {name: value for name, value in part.items() if value is not None}
    shown["id"] = part.get("id") or next(numbers)
    if part["type"] == ComponentKind.ROW:
        shown["components"] = [_written(one, numbers) for one in part["components"]]
    if part["type"] in SELECTS:
        shown |= {"min_values": part.get("min_values", 1), "max_values": part.get("max_values", 1)}
    return shown
