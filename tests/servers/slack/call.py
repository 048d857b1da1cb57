"""One call of a Web API method: its arguments, whatever the body's form, and its refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.servers.slack.world import Json, Team

_STRUCTURED = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "chunks": "invalid_chunks",
    "loading_messages": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "prompts": "invalid_arguments",
    "view": "invalid_arguments",
}
"""Arguments that may come as strings of JSON, and what they are refused with when they are not."""


class SlackError(Exception):
    """A method's refusal.

    Args:
        code: Slack's error code.
        messages: What is wrong, for `response_metadata`.
        more: Further fields of the answer.
    """

    def __init__(self, code: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.more = more


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has a valid token.

    Attributes:
        team: The workspace of a bot token; None for the app's own token.
        args: The arguments as JSON has them, without the token.
    """

    method: str
    args: Mapping[str, Any]
    team: Team | None = None
    granted: frozenset[str] = field(default_factory=frozenset)

    def text(self, name: str) -> str:
        """A text, or an empty one."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def number(self, name: str, default: int) -> int:
        """A whole number.

        Raises:
            SlackError: It is none.
        """
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", [f"[ERROR] invalid {name}"]) from None

    def flag(self, name: str) -> bool:
        """Whether something is set."""
        return str(self.args.get(name, "")).lower() in {"true", "1"}

    def structured(self, name: str) -> Any:
        """Blocks, metadata or a view, decoded where they came as a string.

        Raises:
            SlackError: They are no JSON.
        """
        value = self.args.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise SlackError(_STRUCTURED[name]) from None
        return value

    @property
    def own_team(self) -> Team:
        """The workspace, of a call that has a bot token."""
        assert self.team is not None
        return self.team


async def read_arguments(request: web.Request) -> Json:
    """The arguments of a JSON body, a form, or the query.

    Raises:
        SlackError: The body is not what its type says.
    """
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            decoded = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(decoded, dict):
            raise SlackError("json_not_object")
        return arguments | decoded
    form = await request.post()
    return arguments | {name: str(value) for name, value in form.items()}


def shown_arguments(arguments: Json) -> Json:
    """The arguments as a recording has them: decoded, and without the token."""
    shown: Json = {}
    for name, value in arguments.items():
        if name == "token":
            continue
        shown[name] = value
        if name in _STRUCTURED and isinstance(value, str):
            try:
                shown[name] = json.loads(value)
            except ValueError:
                shown[name] = value
    return shown
