"""What the bot has said to one person alone, which cannot be looked for afterwards."""

from __future__ import annotations

from collections import OrderedDict

import discord

from footnote.bot.platforms.discord.marks import mark, marks_of

REMEMBERED = 500


class Whispers:
    """Ephemeral messages of the bot, as the gateway tells of them.

    It tells every replica, as of a direct message (github.com/discord/discord-api-docs#4557): so
    one whose acknowledgement was lost is found, unless no replica was there to hear of it.
    """

    def __init__(self) -> None:
        self._by_mark: OrderedDict[str, int] = OrderedDict()

    def heard(self, message: discord.Message) -> None:
        """The bot has said something."""
        if not message.flags.ephemeral:
            return
        for carried in marks_of(message.components):
            self._by_mark[carried] = message.id
        while len(self._by_mark) > REMEMBERED:
            self._by_mark.popitem(last=False)

    def of(self, key: str) -> int | None:
        """The id of the message that carries this key, if there is one."""
        return self._by_mark.get(mark(key))
