"""What people reply who were asked: kept as the answer, and brought to where it was asked.

A reply is brought as a question whose answer is there already. So it gets exactly one message,
whichever replica brings it and whatever happens meanwhile; its edits replace that message, and
with its deletion that message goes.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

from footnote.bot.feedback import note, question_of
from footnote.bot.platforms.base import Replied
from footnote.bot.platforms.claims import KEPT_S
from footnote.bot.questions import Question, Said
from footnote.bot.state.base import State
from footnote.bot.state.errors import ConflictError
from footnote.bot.turns import Conversation

_REPLIES = "replies"


async def keep_reply(state: State, reply: Replied) -> Question | None:
    """Keep what a person has replied, with its author, as the answer that there should have been.

    Nothing is said twice: the same reply again, or an earlier revision of it, changes nothing.

    Returns:
        The question by which the reply is brought to where it was asked; None where the answer to
        the question is no longer kept.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    question = await question_of(state, reply.question_id)
    if question is None:
        return None
    whose = json.dumps([reply.question_id, reply.person])
    with suppress(ConflictError):
        await state.records.put(_REPLIES, reply.id, whose, ttl_s=KEPT_S)
    await _note(state, reply)
    return replace(
        question,
        id=reply.id,
        said=Said(reply.text, reply.name),
        revision=reply.revision,
        mentioned=True,
        conversation=Conversation(),
    )


async def withdraw_reply(state: State, reply_id: str, revision: int) -> None:
    """Keep a reply no longer, if it is one; a later revision of it is kept again.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    if found := await state.records.get(_REPLIES, reply_id):
        question_id, person = json.loads(found.value)
        await _note(state, Replied(reply_id, question_id, person, "", "", revision))


async def replies_to(state: State, question_id: str) -> list[str]:
    """The ids of all replies to a question.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    said = [json.loads(noted.body) for noted in await state.journal.notes(question_id)]
    return [one["reply"] for one in said if "reply" in one]


async def _note(state: State, reply: Replied) -> None:
    for noted in await state.journal.notes(reply.question_id):
        before = json.loads(noted.body)
        if before.get("reply") == reply.id and before["revision"] >= reply.revision:
            return
    said = {"reply": reply.id, "text": reply.text, "revision": reply.revision}
    await note(state, reply.question_id, reply.person, f"reply {reply.id}", said)
