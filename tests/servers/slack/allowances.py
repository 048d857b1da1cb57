"""Where Slack's published types and Slack differ, each with the reason to allow it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from fnmatch import fnmatch
from typing import Any

from tests.servers.slack.world import Json

EXTRA: dict[tuple[str, str], str] = {
    ("Arguments *", "team_id"): "slack_bolt names the workspace in every call, and Slack takes it",
    ("Events app_mention", "latest_reply"): "slack-go/slack#1256 shows it in an edited mention",
    ("Events app_mention", "reply_*"): "slack-go/slack#1256 shows them in an edited mention",
    ("Events app_mention", "app_id"): "messages of apps have it, mentions by bots too",
    ("Events app_mention", "parent_user_id"): "replies have it, as messages do in the types",
    ("Events message*", "app_id"): "messages of apps have it, and chat.postMessage's type knows it",
    ("Events message*", "latest_reply"): "the root of a thread has it, as in conversations.replies",
    ("Events message*", "reply_*"): "the root of a thread has them, as in conversations.replies",
    ("Events message*", "user_team"): "Slack Connect adds it, and the type of app_mention knows it",
    ("Events message*", "source_team"): "Slack Connect adds it; the type of app_mention knows it",
    ("Events message.bot_message", "team"): "every message has it, as the type of a plain one says",
    ("Events message.bot_message", "bot_profile"): "bots have it, as the type of a plain one says",
    ("Events message.bot_message", "client_msg_id"): "as the type of a plain message says",
    ("Events message.file_share", "team"): "every message has it, as the type of a plain one says",
    ("Events message.file_share", "client_msg_id"): "as the type of a plain message says",
    ("Events message.me_message", "team"): "every message has it, as the type of a plain one says",
    ("Events message.me_message", "blocks"): "every text comes with them, as in a plain message",
    ("Events message.channel_join", "blocks"): "every text comes with them, as in a plain message",
    ("Events message*", "attachments.from_url"): "documented for unfolded links",
    ("Events message*", "attachments.id"): "documented for unfolded links",
    ("Interactions view_*", "user.username"): "documented; the type of block_actions knows it",
    ("Response *", "*.blocks"): "made from samples, without `markdown`; Parts check the blocks",
}
"""Fields that a type lacks, by the pattern of the type and of the field."""

EMPTY: dict[tuple[str, str], str] = {
    ("Arguments chat.update", "metadata"): "documented: an empty object takes the metadata away",
}
"""Fields that a type lets be absent but not empty."""

ABSENT: dict[tuple[str, str], Any] = {
    ("Events message.channel_join", "inviter"): "U0",  # who comes uninvited has none
    # The generator makes one type that requires all of them of a union of three.
    ("Replies slash_commands", "attachments"): [],
    ("Replies slash_commands", "blocks"): [],
    ("Replies slash_commands", "markdown_text"): "",
    ("Replies response_url", "attachments"): [],
    ("Replies response_url", "blocks"): [],
    ("Replies response_url", "markdown_text"): "",
}
"""Fields that a type requires although Slack does not, with a value that stands in for them."""

OTHER_NAMES = {
    "message.tombstone": "message",  # what is left of a deleted root; no type names it
}
"""Events that no type names, each with the type that it is like."""

FORM_BOOLEANS = ("include_all_metadata", "inclusive", "include_num_members", "include_locale")
FORM_NUMBERS = ("limit",)


def as_typed(where: str, payload: Any) -> Any:
    """The payload without what is allowed."""
    if not isinstance(payload, dict):
        return payload
    typed: Json = copy.deepcopy(payload)
    if where.startswith("Arguments "):
        typed = _from_form(typed)
    for field in _fields(EXTRA, where):
        _remove(typed, field)
    for field in _fields(EMPTY, where):
        if typed.get(field) == {}:
            del typed[field]
    for field in _fields(ABSENT, where):
        typed.setdefault(field, ABSENT[where, field])
    if where.startswith("Response "):
        _drop_nulls(typed)
    if _name(typed) in OTHER_NAMES:
        del typed["subtype"]
    return typed


def _fields(table: Iterable[tuple[str, str]], where: str) -> list[str]:
    return [field for pattern, field in table if fnmatch(where, pattern)]


def _name(payload: Json) -> str:
    return f"{payload.get('type')}.{payload.get('subtype')}"


def _remove(payload: Any, field: str) -> None:
    """Remove a field, also from each item of a list; `*.` stands for any depth."""
    inside, _, name = field.rpartition(".")
    if isinstance(payload, list):
        for item in payload:
            _remove(item, field)
    elif isinstance(payload, dict):
        for key in list(payload):
            if not inside and fnmatch(key, name):
                del payload[key]
            elif inside == "*":
                _remove(payload[key], name)
                _remove(payload[key], field)
            elif inside == key:
                _remove(payload[key], name)


def _drop_nulls(payload: Any) -> None:
    """Remove the nulls with which Slack's responses write what is absent."""
    if isinstance(payload, dict):
        for key in [key for key, value in payload.items() if value is None]:
            del payload[key]
    for part in payload.values() if isinstance(payload, dict) else payload:
        if isinstance(part, dict | list):
            _drop_nulls(part)


def _from_form(arguments: Json) -> Json:
    """The arguments as their method means them: forms and queries have only strings."""
    typed = dict(arguments)
    for name in FORM_BOOLEANS:
        if isinstance(typed.get(name), str):
            typed[name] = typed[name] in {"1", "true"}
    for name in FORM_NUMBERS:
        if isinstance(typed.get(name), str) and typed[name].isdigit():
            typed[name] = int(typed[name])
    return typed
