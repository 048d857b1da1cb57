"""Where Discord's published description and Discord differ, each with the reason to allow it."""

from __future__ import annotations

import copy
from fnmatch import fnmatch
from typing import Any

from tests.servers.discord.dispatch import Json

EXTRA: dict[tuple[str, str], str] = {
    ("request *application_command*", "nsfw"): "documented for commands, and discord.py sends it",
    ("response create_thread 201", "message"): "documented for posts in forums",
    ("request *", "*.embeds.flags"): "discord.py sends it with every embed, and Discord takes it",
    ("request update_message", "tts"): "discord.py sends it with every edit, and Discord takes it",
    ("request create_interaction_response", "data.tts"): "discord.py sends it with updates too",
    ("request update_*webhook_message", "tts"): "discord.py sends it with every edit",
    ("request update_*webhook_message", "enforce_nonce"): "discord.js sends it with every edit",
    ("request create_interaction_response", "data.enforce_nonce"): "discord.js sends it everywhere",
}
"""Fields that the description lacks, by the pattern of the body and of the field."""

ID_LISTS = frozenset({"users", "roles", "applied_tags"})
"""Lists of ids; discord.py sends these and single ids as numbers too, and Discord takes them."""

QUERIES: dict[tuple[str, str], str] = {}
"""Names in a query that the description lacks."""


def as_described(where: str, body: Any) -> Any:
    """The body without what is allowed."""
    described = copy.deepcopy(body)
    for pattern, field in EXTRA:
        if fnmatch(where, pattern):
            _remove(described, field)
    if where.startswith("request "):
        _write_ids(described)
    if where.endswith("4XX"):
        _number_codes(described)
    return described


def allows_query(route: str, name: str) -> bool:
    """Whether a name may be in a query although the description lacks it."""
    return any(fnmatch(route, pattern) and known == name for pattern, known in QUERIES)


def _number_codes(body: Any) -> None:
    """Make numbers of the codes of what is wrong in a form: Discord documents them as words."""
    if not isinstance(body, dict):
        return
    for name, part in body.items():
        if name == "_errors":
            body[name] = [one | {"code": 0} for one in part if isinstance(one["code"], str)]
        else:
            _number_codes(part)


def _write_ids(body: Any) -> None:
    """Write snowflakes as strings where they came as numbers."""
    if isinstance(body, list):
        for item in body:
            _write_ids(item)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name.endswith("_id") and isinstance(value, int):
                body[name] = str(value)
            elif name in ID_LISTS and isinstance(value, list):
                body[name] = [str(one) for one in value]
            else:
                _write_ids(value)


def _remove(body: Any, field: str) -> None:
    """Remove a field, also from each item of a list; `*.` stands for any depth."""
    inside, _, name = field.partition(".") if "." in field else ("", "", field)
    if isinstance(body, list):
        for item in body:
            _remove(item, field)
    elif isinstance(body, dict):
        _remove_from(body, inside, name, field)


def _remove_from(body: Json, inside: str, name: str, field: str) -> None:
    if not inside:
        body.pop(name, None)
    for key in list(body):
        if inside == key:
            _remove(body[key], name)
        elif inside == "*":
            _remove(body[key], field)
    if inside == "*":
        _remove(body, name)
