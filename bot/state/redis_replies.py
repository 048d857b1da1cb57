"""Between what the seam speaks of and the bytes and whole numbers that scripts do."""

from __future__ import annotations

import json
from collections.abc import Sequence

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import Decision, Kept, Lease, Sent, Wish

SECOND = 1_000_000
LONGEST_S = 100 * 365 * 86400.0
"""Beyond this the server's numbers would not hold the time; it is long enough to be for ever."""


def microseconds(seconds: float) -> int:
    """A duration as scripts take it."""
    return round(min(max(seconds, 0.0), LONGEST_S) * SECOND)


def seconds(microseconds: bytes | int) -> float:
    """A duration or a time as scripts give it."""
    return int(microseconds) / SECOND


def sent_to_json(sent: Sequence[Sent]) -> str:
    """Messages as they are kept."""
    return json.dumps([[message.key, message.message] for message in sent])


def to_sent(text: bytes) -> tuple[Sent, ...]:
    """Messages as they were kept."""
    return tuple(Sent(key, message) for key, message in json.loads(text))


def to_lease(reply: Sequence[bytes]) -> Lease:
    """A lease, from what `shown` in questions.lua gives back."""
    question_id, thread, body, revision, fence, sent, outcome, answer = reply[:8]
    wish, busy, attempts, quiet, accepted, decided = reply[8:]
    decision = None
    if outcome:
        decision = Decision(Outcome(outcome.decode()), answer.decode(), int(decided))
    return Lease(
        id=question_id.decode(),
        thread=thread.decode(),
        body=body.decode(),
        revision=int(revision),
        fence=int(fence),
        sent=to_sent(sent),
        decision=decision,
        wish=Wish(wish.decode()),
        busy=busy == b"1",
        attempts=int(attempts),
        quiet=quiet == b"1",
        accepted_at=seconds(accepted),
    )


def to_kept(reply: Sequence[bytes]) -> Kept:
    """What remains of a question, from what kept.lua gives back."""
    question_id, thread, outcome, answer, sent, finished = reply
    return Kept(
        id=question_id.decode(),
        thread=thread.decode(),
        outcome=Outcome(outcome.decode()),
        body=answer.decode(),
        sent=to_sent(sent),
        finished_at=seconds(finished),
    )
