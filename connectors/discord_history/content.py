"""What a message of Discord holds, as Markdown with names in place of ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Named = Callable[[str], str]

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_REFERENCE = re.compile(
    r"<(?:(?P<person>@!?(?P<person_id>\d+))|(?P<role>@&(?P<role_id>\d+))"
    r"|(?P<channel>\#(?P<channel_id>\d+))|(?P<emoji>a?:(?P<emoji_name>\w+):\d+)"
    r"|(?P<time>t:(?P<moment>-?\d+)(?::\w)?)|(?P<command>/(?P<command_name>[^:<>]+):\d+)"
    r"|(?P<link>https?://[^\s<>]+))>"
)
_SMALL = re.compile(r"(?m)^-# ")
_TIME_CHARS = 12
"""Larger moments are beyond all calendars."""


def markdown(content: str, person: Named, role: Named, channel: Named) -> str:
    """A message's content with what it refers to by name.

    Args:
        content: As Discord has it, which is Markdown already.
        person: The name of a user, by their id.
        role: The name of a role, by its id.
        channel: The name of a channel, by its id; "" where it is not to be told.
    """

    def named(found: re.Match[str]) -> str:
        if found["person"]:
            return f"@{person(found['person_id']) or 'somebody'}"
        if found["role"]:
            return f"@{role(found['role_id']) or 'role'}"
        if found["channel"]:
            name = channel(found["channel_id"])
            return f"#{name}" if name else "another channel"
        if found["emoji"]:
            return f":{found['emoji_name']}:"
        if found["time"]:
            return _moment(found["moment"])
        return f"/{found['command_name']}" if found["command"] else found["link"]

    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(content):
        parts.append(_SMALL.sub("", _REFERENCE.sub(named, content[end : code.start()])))
        parts.append(_on_lines(code[0]) if code[0].startswith("```") else code[0])
        end = code.end()
    parts.append(_SMALL.sub("", _REFERENCE.sub(named, content[end:])))
    return "".join(parts).strip()


def beside(message: Mapping[str, Any]) -> Iterator[str]:
    """What comes with a message: its files, and what a message without content shows instead."""
    if not message.get("content"):
        for embed in message.get("embeds", ()):
            shown = [embed.get("title"), embed.get("description")]
            shown += [f"{one['name']}: {one['value']}" for one in embed.get("fields", ())]
            yield "\n".join(filter(None, shown))
        for snapshot in message.get("message_snapshots", ()):
            yield str((snapshot.get("message") or {}).get("content", ""))
    for file in message.get("attachments", ()):
        yield f"[file: {file.get('title') or file['filename']}]"


def _on_lines(fence: str) -> str:
    """A fence that begins and ends on lines of its own, as Markdown wants it."""
    inner = fence.removeprefix("```").removesuffix("```")
    language, newline, code = inner.partition("\n")
    if not newline or not re.fullmatch(r"[\w+#.-]*", language):
        language, code = "", inner
    code = code.strip("\n")
    return f"\n```{language}\n{code}\n```\n"


def _moment(written: str) -> str:
    if len(written) > _TIME_CHARS:
        return written
    try:
        return f"{datetime.fromtimestamp(int(written), UTC):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return written
