"""Which conversation a message belongs to: its thread, or in a channel the chain of replies."""

from __future__ import annotations

from contextlib import suppress

from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

KEPT_S = 30 * 86400.0
"""As long as a thread is remembered unless told otherwise."""

_CHAINS, _THREADS = "discord:chains", "discord:threads"


class Places:
    """The places of questions.

    A channel of a server holds many conversations: there, each chain of replies is a place. Where
    a thread was opened from an answer, it goes on with that answer's conversation.

    Args:
        records: Where it is kept which replies and threads go on with which conversation.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    async def of_thread(self, thread: str) -> str:
        """The place of what is written in a thread, or in direct messages.

        Raises:
            StateUnavailableError: The state cannot be read.
        """
        opened = await self._records.get(_THREADS, thread)
        return opened.value if opened else thread

    async def of_reply(self, channel: str, message: str, answered: str) -> str:
        """The place of a reply to an answer, which later replies can go on with.

        Args:
            channel: The channel.
            message: The reply.
            answered: The question of the answer that it replies to.

        Raises:
            StateUnavailableError: The state cannot be reached.
        """
        place = await self.of_question(channel, answered)
        with suppress(ConflictError):
            await self._records.put(_CHAINS, f"{channel}/{message}", place, ttl_s=KEPT_S)
        return place

    async def of_question(self, channel: str, question_id: str) -> str:
        """The place of a question that was asked in a channel.

        Raises:
            StateUnavailableError: The state cannot be read.
        """
        name = question_id.rpartition(":")[2]
        chain = await self._records.get(_CHAINS, f"{channel}/{name}")
        return chain.value if chain else of_message(channel, name)

    async def is_chained(self, channel: str, message: str) -> bool:
        """Whether a message was a reply to an answer, which may be gone since.

        Raises:
            StateUnavailableError: The state cannot be read.
        """
        return await self._records.get(_CHAINS, f"{channel}/{message}") is not None

    async def opened(self, thread: str, place: str) -> None:
        """A thread goes on with this conversation.

        Raises:
            StateUnavailableError: The state cannot be written.
        """
        with suppress(ConflictError):
            await self._records.put(_THREADS, thread, place, ttl_s=KEPT_S)


def of_message(channel: str, message: str) -> str:
    """The place of a message that begins a conversation in a channel."""
    return f"{channel}/{message}"
