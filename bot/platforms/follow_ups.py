"""Whether people have to mention the bot once more in a thread where it has answered."""

from __future__ import annotations

from enum import StrEnum


class FollowUps(StrEnum):
    """When a message in an engaged thread is a question."""

    THREAD = "thread"
    MENTION = "mention"
