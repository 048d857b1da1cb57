"""Which question a message of the bot answers."""

from __future__ import annotations

import discord

from footnote.bot.platforms.discord.buttons import from_custom_id
from footnote.bot.platforms.discord.events import question_id
from footnote.bot.platforms.discord.marks import names_in, unmarked


def answered_by(message: discord.Message) -> str:
    """The id of the question that a message of the bot answers; "" where it answers none.

    Its buttons say so. A message without any replies to the question, or to its command.
    """
    for name in names_in(message.components):
        if pressed := from_custom_id(unmarked(name)):
            return pressed.question_id
    channel = str(message.channel.id)
    if message.reference and message.reference.message_id:
        return question_id(channel, str(message.reference.message_id))
    if message.interaction_metadata:
        return question_id(channel, str(message.interaction_metadata.id))
    return ""
