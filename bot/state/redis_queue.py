"""Accepted questions in Redis, from the first delivery to the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footnote.bot.state.entries import (
    LAST_REVISION,
    Acceptance,
    Accepted,
    Decision,
    Filing,
    Kept,
    Lease,
    Owner,
    Remains,
    Sent,
    Wish,
)
from footnote.bot.state.errors import ChangedError, LeaseLostError
from footnote.bot.state.redis_link import Link
from footnote.bot.state.redis_replies import microseconds, sent_to_json, to_kept, to_lease


class RedisQueue:
    """Accepted questions; see `Queue`.

    Each docstring says what a repeat does whose first try took place without anybody knowing.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def accept(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Claim the question and queue it; a repeat is a duplicate."""
        return await self._file("accept", filing, limit, engaged_s)

    async def revise(self, filing: Filing, *, limit: int, engaged_s: float) -> Accepted:
        """Put an edited question in the place of what it was; a repeat is a duplicate."""
        return await self._file("revise", filing, limit, engaged_s)

    async def wish(self, question_id: str, wish: Wish, *, revision: int = LAST_REVISION) -> bool:
        """Cancel or withdraw a question; a repeat finds nothing more to do."""
        if wish is Wish.NONE:
            return False
        kept = microseconds(Remains().kept_s)
        return bool(await self._link.run("wish", question_id, wish.value, kept, revision))

    async def take(self, owner: Owner, *, lease_s: float, quick: bool = False) -> Lease | None:
        """Hold the oldest question that may be worked on.

        A repeat takes another question; the first is taken again when its lease has run out.
        """
        reply = await self._link.run(
            "take", owner.replica, owner.boot, microseconds(lease_s), int(quick)
        )
        return reply and to_lease(reply)

    async def renew(self, lease: Lease, *, lease_s: float) -> Lease:
        """Hold it for so long from now on; a repeat from then on.

        Raises:
            LeaseLostError: Another has taken it, or it is finished.
        """
        reply = await self._link.run("renew", lease.id, lease.fence, microseconds(lease_s))
        return to_lease(_held(reply, lease))

    async def look(self, lease: Lease) -> Lease:
        """The question as it is now.

        Raises:
            LeaseLostError: As for `renew`.
        """
        return to_lease(_held(await self._link.run("look", lease.id, lease.fence), lease))

    async def record(self, lease: Lease, sent: Sequence[Sent]) -> None:
        """Remember its messages; a repeat writes the same.

        Raises:
            LeaseLostError: As for `renew`.
        """
        _check(await self._link.run("record", lease.id, lease.fence, sent_to_json(sent)), lease)

    async def decide(self, lease: Lease, decision: Decision, sent: Sequence[Sent]) -> None:
        """Fix how it ends; a repeat writes the same.

        Raises:
            ChangedError: It was edited, or it shall be withdrawn and the outcome is another.
            LeaseLostError: As for `renew`.
        """
        done = await self._link.run(
            "decide",
            lease.id,
            lease.fence,
            sent_to_json(sent),
            decision.outcome.value,
            decision.body,
            decision.revision,
        )
        _check(done, lease)

    async def finish(self, lease: Lease, sent: Sequence[Sent], remains: Remains) -> None:
        """End it as decided.

        A repeat does nothing, unless an edit or a withdrawal has come since: then the question
        waits again, and the lease is lost.

        Raises:
            ChangedError: It was edited or withdrawn since it was decided, or never decided.
            LeaseLostError: As for `renew`.
        """
        done = await self._link.run(
            "finish",
            lease.id,
            lease.fence,
            sent_to_json(sent),
            int(remains.turn is not None),
            remains.turn or "",
            remains.turns,
            microseconds(remains.turns_s),
            microseconds(remains.kept_s),
        )
        _check(done, lease)

    async def release(self, lease: Lease, *, delay_s: float = 0.0, quiet: bool = True) -> None:
        """Let go of it; a repeat does nothing."""
        await self._link.run("release", lease.id, lease.fence, microseconds(delay_s), int(quiet))

    async def reclaim(self, owner: Owner) -> int:
        """Make what earlier runs of this replica held wait again; a repeat finds nothing."""
        return int(await self._link.run("reclaim", owner.replica, owner.boot))

    async def positions(self, question_ids: Sequence[str]) -> Mapping[str, int]:
        """How many waiting questions were accepted before each."""
        places = await self._link.run("positions", *question_ids)
        pairs = zip(question_ids, places, strict=True)
        return {question_id: place for question_id, place in pairs if place is not None}

    async def waiting(self) -> int:
        """How many accepted questions are waiting."""
        return int(await self._link.run("waiting"))

    async def kept(self, question_id: str) -> Kept | None:
        """What remains of a finished question."""
        reply = await self._link.run("kept", question_id)
        return reply and to_kept(reply)

    async def pending(self, question_id: str) -> str | None:
        """The content of a question that was accepted and is not finished, as it is asked now."""
        body = await self._link.run("pending", question_id)
        return None if body is None else body.decode()

    async def idle(self) -> bool:
        """Whether every accepted question is finished."""
        return bool(await self._link.run("idle"))

    async def _file(self, script: str, filing: Filing, limit: int, engaged_s: float) -> Accepted:
        acceptance, *rest = await self._link.run(
            script,
            filing.id,
            filing.thread,
            filing.body,
            filing.revision,
            int(filing.mentioned),
            limit,
            microseconds(engaged_s),
        )
        if not rest:
            return Accepted(Acceptance(acceptance.decode()))
        ahead, busy = rest
        return Accepted(Acceptance(acceptance.decode()), ahead=int(ahead), busy=busy == b"1")


def _held(reply: Sequence[bytes] | None, lease: Lease) -> Sequence[bytes]:
    if reply is None:
        raise _lost(lease)
    return reply


def _check(done: bytes, lease: Lease) -> None:
    match done:
        case b"lost":
            raise _lost(lease)
        case b"changed":
            raise ChangedError(
                f"Question {lease.id} was edited, withdrawn or not decided: look at it anew."
            )


def _lost(lease: Lease) -> LeaseLostError:
    return LeaseLostError(
        f"Question {lease.id} is no longer held under this lease: leave it to its holder."
    )
