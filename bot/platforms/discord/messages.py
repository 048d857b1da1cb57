"""One message as Discord's API takes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """All that one message shows; two that are equal look the same.

    Attributes:
        content: The part of the answer that it shows, as Markdown.
        embeds: What is framed below it, as JSON: the sources.
        components: Rows of buttons and menus, as JSON.
        final: Whether it will never say anything else.
    """

    content: str
    embeds: str = "[]"
    components: str = "[]"
    final: bool = False


def as_json(objects: Sequence[JsonObject]) -> str:
    """Embeds or components as a `DiscordMessage` holds them."""
    return json.dumps(objects, ensure_ascii=False, separators=(",", ":"))
