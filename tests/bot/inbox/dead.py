"""Questions that replicas took in, or took up, which were never heard of again."""

from __future__ import annotations

import asyncio

from footnote.bot.conversations import conversation_key
from footnote.bot.questions import Question
from footnote.bot.records import question_to_json
from footnote.bot.state.entries import Filing, Lease, Owner
from tests.bot.inbox.kit import Room


async def accepted(room: Room, asked: Question) -> None:
    """A question is in the queue, and nobody is there to answer it."""
    filing = Filing(asked.id, conversation_key(asked), question_to_json(asked))
    await room.state.queue.accept(filing, limit=50, engaged_s=100.0)


async def begun(room: Room, replica: str = "dead") -> Lease:
    """A replica takes the next question up for 30 s, and dies."""
    owner = Owner(replica, f"died at {asyncio.get_running_loop().time()}")
    lease = await room.state.queue.take(owner, lease_s=30.0)
    assert lease is not None
    return lease
