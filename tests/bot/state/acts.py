"""What the tests of the state do again and again."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Accepted, Decision, Filing, Lease, Owner, Remains, Sent

LONG = 3600.0
ROOM = 1000
OWNER = Owner("one", "first run")
OTHER = Owner("two", "first run")
POSTED = (Sent("key", "message"),)


def filing(
    question_id: str, thread: str = "", *, revision: int = 0, mentioned: bool = True
) -> Filing:
    """A question in a thread of its own, unless one is named."""
    body = f'"{question_id} {revision}"'
    return Filing(question_id, thread or f"of {question_id}", body, revision, mentioned)


async def ask(state: State, question_id: str, thread: str = "", *, limit: int = ROOM) -> Accepted:
    """Have a question accepted."""
    return await state.queue.accept(filing(question_id, thread), limit=limit, engaged_s=LONG)


async def edit(state: State, question_id: str, revision: int = 1) -> Accepted:
    """Have an edited question take the place of what it was."""
    return await state.queue.revise(
        filing(question_id, revision=revision), limit=ROOM, engaged_s=LONG
    )


async def take(
    state: State, *, owner: Owner = OWNER, lease_s: float = LONG, quick: bool = False
) -> Lease:
    """Take what must be there to be taken."""
    lease = await state.queue.take(owner, lease_s=lease_s, quick=quick)
    assert lease is not None
    return lease


async def takes(state: State, *, quick: bool = False) -> list[str]:
    """Take whatever can be taken, and name it in order."""
    taken = []
    while (lease := await state.queue.take(OWNER, lease_s=LONG, quick=quick)) is not None:
        taken.append(lease.id)
    return taken


async def decide(
    state: State, lease: Lease, outcome: Outcome = Outcome.ANSWERED, sent: Sequence[Sent] = POSTED
) -> None:
    """Decide a question, as it was when the lease was looked at."""
    await state.queue.decide(
        lease, Decision(outcome, f"answer to {lease.id}", lease.revision), sent
    )


async def finish(
    state: State,
    lease: Lease,
    outcome: Outcome = Outcome.ANSWERED,
    remains: Remains | None = None,
) -> None:
    """Decide a question and end it."""
    await decide(state, lease, outcome)
    await state.queue.finish(lease, POSTED, remains or Remains(turn=f"turn of {lease.id}"))


async def answered(
    state: State, question_id: str, thread: str = "", remains: Remains | None = None
) -> Lease:
    """Have a question accepted, taken, decided and finished, where no other waits."""
    await ask(state, question_id, thread)
    lease = await take(state)
    assert lease.id == question_id
    await finish(state, lease, remains=remains)
    return lease
