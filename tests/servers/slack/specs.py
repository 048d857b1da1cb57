"""Slack's published list of methods: required arguments, scopes, error codes and tiers."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.servers.slack.world import Kind

FILE = "slack-methods.json"

NOT_REQUIRED = {
    ("chat.appendStream", "markdown_text"): "chunks may stand in for it; the SDK sends only chunks",
    ("assistant.threads.setSuggestedPrompts", "thread_ts"): "documented as optional for agents",
}
"""Arguments that the list calls required although Slack accepts calls without them."""

UNLISTED_ERRORS = {
    ("chat.postMessage", "msg_too_long"): "apps that post long texts report it",
    ("chat.startStream", "msg_too_long"): "not documented: a markdown_text beyond 12,000",
    ("chat.appendStream", "msg_too_long"): "not documented: a markdown_text beyond 12,000",
    ("chat.stopStream", "msg_too_long"): "not documented: a markdown_text beyond 12,000",
    ("chat.startStream", "message_not_found"): "not documented: a thread_ts that names no message",
    ("chat.update", "msg_blocks_too_long"): "chat.postMessage gives it for the same blocks",
    ("chat.postEphemeral", "msg_blocks_too_long"): "chat.postMessage gives it for the same blocks",
}
"""Error codes that the list lacks although Slack gives them, each with who says so."""

_SCOPE_OF_KIND = {
    Kind.PUBLIC: "channels",
    Kind.PRIVATE: "groups",
    Kind.IM: "im",
    Kind.MPIM: "mpim",
}


@dataclass(frozen=True, slots=True)
class Specs:
    """What the list says; an empty one enforces nothing.

    Attributes:
        methods: The list by the methods' names.
        common_errors: Codes that every method may give.
    """

    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    common_errors: frozenset[str] = frozenset()

    def missing_arguments(self, method: str, given: Collection[str]) -> list[str]:
        """Required arguments that are not among the given ones."""
        return [
            name
            for name, rule in self.methods.get(method, {}).get("args", {}).items()
            if rule["required"] and name not in given and (method, name) not in NOT_REQUIRED
        ]

    def needed_scope(self, method: str, kind: Kind | None, granted: Collection[str]) -> str | None:
        """The scope that a bot lacks for a method on a channel of this kind."""
        scopes: list[str] = [
            scope["name"] for scope in self.methods.get(method, {}).get("scopes", {}).get("bot", [])
        ]
        if kind is not None and len(scopes) > 1:
            scopes = [name for name in scopes if name.startswith(_SCOPE_OF_KIND[kind] + ":")]
        if not scopes or set(scopes) & set(granted):
            return None
        return scopes[0]

    def lists_error(self, method: str, code: str) -> bool:
        """Whether this method may give this code."""
        if method not in self.methods:
            return True
        listed = code in self.methods[method]["errors"] or code in self.common_errors
        return listed or (method, code) in UNLISTED_ERRORS

    def calls_a_minute(self, method: str) -> int | None:
        """The calls a minute of the method's tier, or None where it has none."""
        label: str = self.methods.get(method, {}).get("rate_limit", {}).get("label", "")
        digits = label.partition(":")[2].partition("+")[0].strip()
        return int(digits) if digits.isdigit() else None


@lru_cache
def read_specs(folder: Path | None) -> Specs:
    """The list in a folder; one that enforces nothing where there is no such file."""
    if folder is None or not (folder / FILE).exists():
        return Specs()
    listed = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return Specs(listed["methods"], frozenset(listed["common_errors"]))


def specs_folder() -> Path | None:
    """Where the list is, if it is anywhere."""
    data = os.environ.get("FOOTNOTE_TEST_DATA")
    return Path(data) / "specs" if data else None
