"""Telling admins what nobody has asked, on the platforms that can."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class TellsAdmins(Protocol):
    """A platform with a channel where admins read."""

    @property
    def tells_admins(self) -> bool:
        """Whether the settings name such a channel."""
        ...

    async def tell_admins(self, text: str, key: str) -> None:
        """Say something there; nothing in it is alive.

        Args:
            text: What to say, as plain text.
            key: The same for every try to say this, as far as the platform can make use of it.

        Raises:
            PlatformError: It was not said, or nobody knows.
            UnavailableError: There is no such channel, or the bot is not in it.
        """
        ...
