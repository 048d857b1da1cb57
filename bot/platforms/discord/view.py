"""A message's parts as discord.py takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

JsonObject = dict[str, Any]


class Controls(discord.ui.View):
    """Rows of components as they are, for buttons that outlive this process.

    What is pressed is read from the interaction itself, so that discord.py need not remember the
    buttons of each message.

    Args:
        rows: The rows, as Discord's API has them.
    """

    def __init__(self, rows: Sequence[JsonObject]) -> None:
        super().__init__(timeout=None)
        self._rows = list(rows)
        self.stop()

    def names(self) -> list[str]:
        """The names of the components."""
        return [
            each["custom_id"]
            for row in self._rows
            for each in row["components"]
            if "custom_id" in each
        ]

    def to_components(self) -> list[JsonObject]:
        """The rows."""
        return self._rows

    def is_dispatchable(self) -> bool:
        """Nothing is dispatched to it."""
        return False


class Form(discord.ui.Modal):
    """A modal as it is, whose submission is read from the interaction itself.

    Args:
        form: The modal, as Discord's API has it.
    """

    def __init__(self, form: JsonObject) -> None:
        super().__init__(title=form["title"], custom_id=form["custom_id"], timeout=None)
        self._form = form
        self.stop()

    def to_dict(self) -> JsonObject:
        """The modal."""
        return self._form


def embeds(objects: Sequence[JsonObject]) -> list[discord.Embed]:
    """Embeds as discord.py takes them."""
    return [discord.Embed.from_dict(each) for each in objects]
