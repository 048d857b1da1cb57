"""Going on with a conversation in a thread of its own."""

from __future__ import annotations

import logging

import discord

from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.persons import named
from footnote.bot.platforms.discord.trouble import HAS_THREAD, DiscordRefusedError, translated
from footnote.bot.questions import Question

NO_THREAD = (
    "I cannot open a thread here: somebody has to let me create public threads and write in them."
)
OPENED = "Go on in <#{}>."
MISSING_PERMISSIONS, MISSING_ACCESS, NOT_HERE = 50013, 50001, 50024

_log = logging.getLogger(__name__)


async def continue_in_thread(
    parts: Parts, interaction: discord.Interaction, question: Question
) -> str:
    """Open a thread below an answer, once, which goes on with its conversation.

    Args:
        parts: The parts of the bot.
        interaction: What somebody has pressed below the answer.
        question: The question that it answers.

    Returns:
        What to tell whoever has pressed it.

    Raises:
        StateUnavailableError: The state cannot be reached.
        PlatformError: Discord has not opened it, or nobody knows.
    """
    may, message = interaction.app_permissions, interaction.message
    if message is None or not (may.create_public_threads and may.send_messages_in_threads):
        return NO_THREAD
    place = await parts.places.of_question(question.address["channel"], question.id)
    try:
        with translated():
            await message.create_thread(name=named(question.text))
    except DiscordRefusedError as error:
        if error.code in {MISSING_PERMISSIONS, MISSING_ACCESS, NOT_HERE}:
            _log.info("No thread was opened: %s", error)
            return NO_THREAD
        if error.code != HAS_THREAD:
            raise
    # A thread has the id of the message that it begins with.
    await parts.places.opened(str(message.id), place)
    return OPENED.format(message.id)
