"""Telling admins what nobody has asked, and asking them, on the platforms that can."""

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


@runtime_checkable
class AsksAdmins(TellsAdmins, Protocol):
    """A platform whose admins can also decide by pressing a button."""

    async def ask_admins(self, text: str, adapter: str, key: str) -> None:
        """Say something there, with buttons that promote an adapter or keep the current one.

        Args:
            text: What to say, as plain text.
            adapter: The id of the adapter.
            key: As for `tell_admins`.

        Raises:
            PlatformError: It was not said, or nobody knows.
            UnavailableError: There is no such channel, or the bot is not in it.
        """
        ...
