"""A queue as simple as can be, against which every implementation is compared."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import (
    Acceptance,
    Accepted,
    Decision,
    Filing,
    Lease,
    Owner,
    Remains,
    Sent,
    Wish,
)
from footnote.bot.state.errors import ChangedError, LeaseLostError

DUPLICATE = Accepted(Acceptance.DUPLICATE)
IGNORED = Accepted(Acceptance.IGNORED)
UNHELD = Owner("", "")


@dataclass(slots=True)
class Entry:
    """One question; `fence` is that of the lease that is good, or 0."""

    filing: Filing
    place: int
    busy: bool = False
    wish: Wish = Wish.NONE
    fence: int = 0
    until: float = 0.0
    owner: Owner = UNHELD
    ready_at: float = 0.0
    attempts: int = 0
    quiet: bool = True
    sent: tuple[Sent, ...] = ()
    decision: Decision | None = None
    ended_by: int = 0
    ends: int = 0
    kept_until: float | None = None

    @property
    def finished(self) -> bool:
        """Whether it is finished, or was withdrawn before it came."""
        return self.kept_until is not None

    @property
    def loose(self) -> bool:
        """Whether it needs no answering."""
        return self.busy or self.wish is not Wish.NONE


@dataclass(slots=True)
class Model:
    """What the state has to do, on a clock that is moved by hand."""

    now: float = 0.0
    entries: dict[str, Entry] = field(default_factory=dict)
    engaged_until: dict[str, float] = field(default_factory=dict)
    turns_of: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    turns_until: dict[str, float] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def accept(self, filing: Filing, limit: int, engaged_s: float) -> Accepted:
        """As `Queue.accept`."""
        if self._known(filing.id):
            return DUPLICATE
        if not filing.mentioned and not self.engaged(filing.thread):
            return IGNORED
        ahead = self.waiting()
        self.entries[filing.id] = Entry(filing, next(self.numbers), busy=ahead >= limit)
        self.engaged_until[filing.thread] = self.now + engaged_s
        return Accepted(Acceptance.NEW, ahead, ahead >= limit)

    def revise(self, filing: Filing, limit: int, engaged_s: float) -> Accepted:
        """As `Queue.revise`."""
        entry = self._known(filing.id)
        if entry and filing.revision <= entry.filing.revision:
            return DUPLICATE
        if entry is None or not entry.filing.thread:
            if not filing.mentioned:
                return IGNORED
            self.entries.pop(filing.id, None)
            return self.accept(filing, limit, engaged_s)
        entry.filing = replace(filing, thread=entry.filing.thread)
        entry.decision, entry.wish, entry.busy, entry.attempts = None, Wish.NONE, False, 0
        entry.kept_until = None
        self.engaged_until[entry.filing.thread] = self.now + engaged_s
        return Accepted(Acceptance.NEW, self.positions([filing.id]).get(filing.id, 0))

    def wish(self, question_id: str, wish: Wish, revision: int) -> bool:
        """As `Queue.wish`."""
        entry = self._known(question_id)
        if wish is Wish.WITHDRAW and entry is None:
            filing = Filing(question_id, "", "", revision)
            withdrawn = Entry(filing, next(self.numbers), wish=wish)
            withdrawn.kept_until = self.now + Remains().kept_s
            self.entries[question_id] = withdrawn
            return False
        if entry is None or wish is Wish.NONE:
            return False
        if wish is Wish.WITHDRAW:
            if revision <= entry.filing.revision:
                return False
            entry.filing = replace(entry.filing, revision=revision)
        if entry.wish in {wish, Wish.WITHDRAW}:
            return False
        if wish is Wish.CANCEL and (entry.decision or entry.finished):
            return False
        if wish is Wish.WITHDRAW:
            entry.decision, entry.kept_until = None, None
        entry.wish, entry.ready_at = wish, 0.0
        return True

    def take(self, owner: Owner, lease_s: float, *, quick: bool) -> Lease | None:
        """As `Queue.take`."""
        free = [entry for entry in self.entries.values() if self._may_be_taken(entry, quick)]
        if not free:
            return None
        entry = min(free, key=lambda entry: (not entry.loose, entry.place))
        entry.quiet = entry.quiet and not entry.fence
        entry.fence, entry.owner = next(self.numbers), owner
        entry.until = self.now + lease_s
        entry.attempts += 1
        return self._lease(entry)

    def renew(self, lease: Lease, lease_s: float) -> Lease:
        """As `Queue.renew`."""
        entry = self._held(lease)
        entry.until = self.now + lease_s
        return self._lease(entry)

    def look(self, lease: Lease) -> Lease:
        """As `Queue.look`."""
        return self._lease(self._held(lease))

    def record(self, lease: Lease, sent: Sequence[Sent]) -> None:
        """As `Queue.record`."""
        self._held(lease).sent = tuple(sent)

    def decide(self, lease: Lease, decision: Decision, sent: Sequence[Sent]) -> None:
        """As `Queue.decide`."""
        entry = self._held(lease)
        withdrawn = decision.outcome is Outcome.WITHDRAWN
        if decision.revision != entry.filing.revision or (
            entry.wish is Wish.WITHDRAW and not withdrawn
        ):
            raise ChangedError
        entry.decision, entry.sent = decision, tuple(sent)

    def finish(self, lease: Lease, sent: Sequence[Sent], remains: Remains) -> None:
        """As `Queue.finish`."""
        ended = self.entries.get(lease.id)
        if ended and ended.finished and ended.ended_by == lease.fence:
            return
        entry = self._held(lease)
        if entry.decision is None:
            raise ChangedError
        if entry.decision.outcome is Outcome.WITHDRAWN:
            entry.wish, entry.decision = Wish.WITHDRAW, replace(entry.decision, body="")
        entry.sent, entry.quiet, entry.ready_at = tuple(sent), True, 0.0
        entry.ended_by, entry.fence, entry.ends = entry.fence, 0, next(self.numbers)
        entry.kept_until = self.now + remains.kept_s
        self._remember(entry, remains)

    def release(self, lease: Lease, delay_s: float, *, quiet: bool) -> None:
        """As `Queue.release`."""
        entry = self.entries.get(lease.id)
        if entry and entry.fence == lease.fence:
            entry.fence, entry.quiet, entry.ready_at = 0, quiet, self.now + delay_s

    def reclaim(self, owner: Owner) -> int:
        """As `Queue.reclaim`, but counting only leases that have not run out."""
        earlier = [
            entry
            for entry in self.entries.values()
            if entry.fence
            and entry.owner.replica == owner.replica
            and entry.owner.boot != owner.boot
        ]
        count = sum(self._is_held(entry) for entry in earlier)
        for entry in earlier:
            entry.fence, entry.quiet, entry.ready_at = 0, False, 0.0
        return count

    def positions(self, question_ids: Sequence[str]) -> Mapping[str, int]:
        """As `Queue.positions`."""
        waiting = sorted(
            (entry.place, entry.filing.id) for entry in self.entries.values() if self._waits(entry)
        )
        order = [question_id for _, question_id in waiting]
        return {asked: order.index(asked) for asked in question_ids if asked in order}

    def waiting(self) -> int:
        """As `Queue.waiting`."""
        return sum(self._waits(entry) for entry in self.entries.values())

    def idle(self) -> bool:
        """As `Queue.idle`."""
        return all(entry.finished for entry in self.entries.values())

    def pending(self, question_id: str) -> str | None:
        """As `Queue.pending`."""
        entry = self._known(question_id)
        return None if entry is None or entry.finished else entry.filing.body

    def kept(self, question_id: str) -> tuple[Outcome, str, tuple[Sent, ...]] | None:
        """As `Queue.kept`: how it ended."""
        entry = self._known(question_id)
        if entry is None or not entry.finished or entry.decision is None:
            return None
        return entry.decision.outcome, entry.decision.body, entry.sent

    def finished(self) -> list[str]:
        """As `Journal.finished`: the ids."""
        ends = [
            (entry.ends, entry.filing.id)
            for entry in list(self.entries.values())
            if self.kept(entry.filing.id)
        ]
        return [question_id for _, question_id in sorted(ends)]

    def turns(self, thread: str, before: str) -> list[str]:
        """As `Conversations.turns`."""
        if self.turns_until.get(thread, 0.0) <= self.now:
            return []
        limit = self._known(before)
        turns = sorted(self.turns_of.get(thread, {}).values())
        return [turn for place, turn in turns if limit is None or place < limit.place]

    def engaged(self, thread: str) -> bool:
        """As `Conversations.engaged`."""
        return self.engaged_until.get(thread, 0.0) > self.now

    def forget(self, thread: str) -> None:
        """As `Conversations.forget`."""
        self.turns_of.pop(thread, None)

    def erase(self, question_id: str) -> bool:
        """As `Journal.erase`, where nothing was noted."""
        erased = False
        for thread, turns in self.turns_of.items():
            if self.turns_until.get(thread, 0.0) > self.now:
                erased |= turns.pop(question_id, None) is not None
        entry = self._known(question_id)
        if entry and entry.finished and entry.decision and entry.decision.body:
            entry.decision = replace(entry.decision, body="")
            erased = True
        return erased

    def _remember(self, entry: Entry, remains: Remains) -> None:
        thread, question_id = entry.filing.thread, entry.filing.id
        if self.turns_until.get(thread, 0.0) <= self.now:
            self.turns_of.pop(thread, None)
        turns = self.turns_of.setdefault(thread, {})
        turns.pop(question_id, None)
        if remains.turn is None:
            return
        turns[question_id] = (entry.place, remains.turn)
        for old in sorted(turns, key=lambda known: turns[known])[: -remains.turns or None]:
            del turns[old]
        self.turns_until[thread] = self.now + remains.turns_s

    def _known(self, question_id: str) -> Entry | None:
        entry = self.entries.get(question_id)
        if entry and entry.kept_until is not None and entry.kept_until <= self.now:
            del self.entries[question_id]
            return None
        return entry

    def _is_held(self, entry: Entry) -> bool:
        return entry.fence != 0 and entry.until > self.now

    def _waits(self, entry: Entry) -> bool:
        return not entry.finished and not self._is_held(entry)

    def _may_be_taken(self, entry: Entry, quick: bool) -> bool:  # noqa: FBT001  a predicate
        if not self._waits(entry) or (not entry.fence and entry.ready_at > self.now):
            return False
        if entry.loose:
            return True
        others = [
            other for other in self.entries.values() if other.filing.thread == entry.filing.thread
        ]
        blocked = any(
            self._is_held(other)
            or (not other.finished and not other.loose and other.place < entry.place)
            for other in others
        )
        return not blocked and (entry.decision is not None or not quick)

    def _held(self, lease: Lease) -> Entry:
        entry = self.entries.get(lease.id)
        if entry is None or not entry.fence or entry.fence != lease.fence:
            raise LeaseLostError
        return entry

    def _lease(self, entry: Entry) -> Lease:
        return Lease(
            entry.filing.id,
            entry.filing.thread,
            entry.filing.body,
            entry.filing.revision,
            entry.fence,
            entry.sent,
            entry.decision,
            entry.wish,
            entry.busy,
            entry.attempts,
            entry.quiet,
        )
