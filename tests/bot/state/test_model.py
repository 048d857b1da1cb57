"""Random histories do to the state what they do to the model."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import (
    LAST_REVISION,
    Decision,
    Filing,
    Lease,
    Owner,
    Remains,
    Sent,
    Wish,
)
from footnote.bot.state.errors import StateError
from tests.bot.state.bench import Bench
from tests.bot.state.model import Model

HISTORIES, HISTORIES_ON_A_SERVER = 40, 4
STEPS = 60
LIMIT = 3
THREADS = {"q0": "a", "q1": "a", "q2": "a", "q3": "b", "q4": "b"}
HANDS = 2
REPLICAS = ("one", "two")
MESSAGES = ((), (Sent("k1"),), (Sent("k1", "m1"), Sent("k2")))
OUTCOMES = (Outcome.ANSWERED, Outcome.ANSWERED, Outcome.WITHDRAWN)

# In units. Nothing runs out at the very moment of an operation, since time passes in whole ones.
TIMES = (0.5, 0.5, 2.5, 1000.5)
DELAYS = (0.0, 0.0, 0.5, 2.5)

WEIGHTS = {
    "accept": 12,
    "revise": 6,
    "wish": 4,
    "take": 16,
    "look": 3,
    "renew": 3,
    "record": 3,
    "decide": 12,
    "finish": 12,
    "release": 4,
    "restart": 1,
    "erase": 2,
    "forget": 1,
    "wait": 5,
    "tidy": 2,
}


def _comparable(result: object) -> object:
    """A result without what the model cannot know, or does not say."""
    if isinstance(result, Lease):
        busy = result.busy and result.wish is not Wish.WITHDRAW
        return replace(result, fence=0, accepted_at=0.0, busy=busy)
    return result


class Comparison:
    """One state and one model, to which the same is done by two hands.

    A hand works under the lease that it took last, whether that is still good or not.

    Args:
        bench: The state.
        seed: Of all that happens.
    """

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench = bench
        self.state = bench.state
        self.queue = bench.state.queue
        self.unit_s = bench.unit_s if bench.stands else 3600.0
        self.model = Model()
        self.draw = random.Random(seed)  # noqa: S311  not for secrets
        self.hands: dict[int, tuple[Lease, Lease]] = {}
        self.boots = dict.fromkeys(REPLICAS, 0)
        self.fences: dict[str, int] = {}
        self.story: list[str] = []
        self.threads = THREADS

    async def play(self, number: int) -> None:
        """Do many things at random with a few questions, then bring all of them to their end."""
        self.threads = {f"{number} {one}": f"{number} {THREADS[one]}" for one in THREADS}
        self.story.clear()
        for doing in self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()), k=STEPS):
            await getattr(self, doing)()
            await self.look_around()
        for replica in REPLICAS:
            await self.restart(replica)
        for question_id in self.threads:
            await self.wish(question_id, Wish.WITHDRAW)
        await self.wait(units=3)
        while await self.take(hand=0, quick=True):
            await self.decide(hand=0, outcome=Outcome.WITHDRAWN)
            await self.finish(hand=0)
        await self.look_around()
        assert await self.queue.idle()

    async def compare(
        self, told: str, real: Awaitable[object], expected: Callable[[], object]
    ) -> tuple[object, object]:
        """Do the same to both, and see both end in the same way."""
        found, wanted = await _ending(real), await _ending(_later(expected))
        self.story.append(f"{told}: {wanted}")
        self.same(_comparable(found), _comparable(wanted))
        return found, wanted

    def same(self, found: object, wanted: object) -> None:
        """Fail with the whole story where these differ."""
        assert found == wanted, "\n".join(["", *self.story])

    def question_id(self) -> str:
        """One of the questions."""
        return self.draw.choice(list(self.threads))

    def filing(self, last_revision: int) -> Filing:
        """One of the questions, as it is at a revision."""
        question_id, revision = self.question_id(), self.draw.randint(0, last_revision)
        body = f"{question_id} at {revision}"
        mentioned = self.draw.random() < 0.8
        return Filing(question_id, self.threads[question_id], body, revision, mentioned)

    def seconds(self, units: Sequence[float] = TIMES) -> float:
        """One of these times."""
        return self.draw.choice(units) * self.unit_s

    async def accept(self) -> None:
        """A question comes in."""
        filing, engaged_s = self.filing(1), self.seconds()
        await self.compare(
            f"accept {filing} for {engaged_s}",
            self.queue.accept(filing, limit=LIMIT, engaged_s=engaged_s),
            lambda: self.model.accept(filing, LIMIT, engaged_s),
        )

    async def revise(self) -> None:
        """An edit comes in."""
        filing, engaged_s = self.filing(4), self.seconds()
        await self.compare(
            f"revise {filing} for {engaged_s}",
            self.queue.revise(filing, limit=LIMIT, engaged_s=engaged_s),
            lambda: self.model.revise(filing, LIMIT, engaged_s),
        )

    async def wish(self, question_id: str = "", wish: Wish | None = None) -> None:
        """An asker wants something else than an answer."""
        of = question_id or self.question_id()
        wished = wish or self.draw.choice((Wish.CANCEL, Wish.CANCEL, Wish.WITHDRAW, Wish.NONE))
        revision = LAST_REVISION if wish else self.draw.choice((1, 2, 3, LAST_REVISION))
        await self.compare(
            f"wish {of} {wished} in {revision}",
            self.queue.wish(of, wished, revision=revision),
            lambda: self.model.wish(of, wished, revision),
        )

    async def take(self, hand: int | None = None, *, quick: bool | None = None) -> bool:
        """A hand takes a question, and forgets what it held."""
        replica = self.draw.choice(REPLICAS)
        owner, lease_s = Owner(replica, str(self.boots[replica])), self.seconds()
        hurry = self.draw.random() < 0.3 if quick is None else quick
        into = self.draw.randrange(HANDS) if hand is None else hand
        found, wanted = await self.compare(
            f"hand {into} takes for {lease_s}{' quickly' * hurry}",
            self.queue.take(owner, lease_s=lease_s, quick=hurry),
            lambda: self.model.take(owner, lease_s, quick=hurry),
        )
        if not isinstance(found, Lease) or not isinstance(wanted, Lease):
            return False
        assert found.fence > self.fences.get(found.id, 0)
        self.fences[found.id] = found.fence
        self.hands[into] = (found, wanted)
        return True

    def held(self, hand: int | None = None) -> tuple[int, Lease, Lease]:
        """A hand and its lease, at first one of a question that nobody knows."""
        of = self.draw.randrange(HANDS) if hand is None else hand
        nothing = Lease("unknown", "", "", 0, fence=1)
        return of, *self.hands.get(of, (nothing, nothing))

    async def look(self) -> None:
        """A hand looks at its question, and works with what it saw."""
        hand, real, model = self.held()
        await self._see(
            hand, f"hand {hand} looks", self.queue.look(real), lambda: self.model.look(model)
        )

    async def renew(self) -> None:
        """A hand renews its lease, and works with what it saw."""
        hand, real, model = self.held()
        lease_s = self.seconds()
        await self._see(
            hand,
            f"hand {hand} renews for {lease_s}",
            self.queue.renew(real, lease_s=lease_s),
            lambda: self.model.renew(model, lease_s),
        )

    async def _see(
        self, hand: int, told: str, real: Awaitable[object], expected: Callable[[], object]
    ) -> None:
        found, wanted = await self.compare(told, real, expected)
        if isinstance(found, Lease) and isinstance(wanted, Lease):
            self.hands[hand] = (found, wanted)

    async def record(self) -> None:
        """A hand remembers messages."""
        hand, real, model = self.held()
        sent = self.draw.choice(MESSAGES)
        await self.compare(
            f"hand {hand} records {sent}",
            self.queue.record(real, sent),
            lambda: self.model.record(model, sent),
        )

    async def decide(self, hand: int | None = None, outcome: Outcome | None = None) -> None:
        """A hand decides its question as it last saw it."""
        of, real, model = self.held(hand)
        sent = self.draw.choice(MESSAGES)
        ending = outcome or self.draw.choice(OUTCOMES)
        decision = Decision(ending, f"answer to {real.body}", real.revision)
        await self.compare(
            f"hand {of} decides {decision} with {sent}",
            self.queue.decide(real, decision, sent),
            lambda: self.model.decide(model, decision, sent),
        )

    async def finish(self, hand: int | None = None) -> None:
        """A hand ends its question."""
        of, real, model = self.held(hand)
        sent = self.draw.choice(MESSAGES)
        turn = self.draw.choice((None, "turn", "another turn"))
        remains = Remains(turn, self.draw.randint(0, 3), self.seconds(), self.seconds())
        await self.compare(
            f"hand {of} finishes with {sent}, {remains}",
            self.queue.finish(real, sent, remains),
            lambda: self.model.finish(model, sent, remains),
        )

    async def release(self) -> None:
        """A hand lets go of its question."""
        hand, real, model = self.held()
        delay_s = self.seconds(DELAYS) if self.bench.stands else 0.0
        quiet = self.draw.random() < 0.7
        await self.compare(
            f"hand {hand} lets go for {delay_s}{' quietly' * quiet}",
            self.queue.release(real, delay_s=delay_s, quiet=quiet),
            lambda: self.model.release(model, delay_s, quiet=quiet),
        )

    async def restart(self, replica: str = "") -> None:
        """A replica starts anew."""
        name = replica or self.draw.choice(REPLICAS)
        self.boots[name] += 1
        owner = Owner(name, str(self.boots[name]))
        self.story.append(f"{owner} starts")
        await self.queue.reclaim(owner)
        self.model.reclaim(owner)

    async def erase(self) -> None:
        """Somebody wants what a question left to be gone."""
        question_id = self.question_id()
        await self.compare(
            f"erase {question_id}",
            self.state.journal.erase(question_id),
            lambda: self.model.erase(question_id),
        )

    async def forget(self) -> None:
        """Somebody wants a thread to begin anew."""
        thread = self.threads[self.question_id()]
        await self.compare(
            f"forget {thread}",
            self.state.conversations.forget(thread),
            lambda: self.model.forget(thread),
        )

    async def wait(self, units: int = 0) -> None:
        """Time passes, where it can be made to."""
        if self.bench.stands:
            passing_s = (units or self.draw.randint(1, 3)) * self.unit_s
            self.story.append(f"{passing_s} pass")
            await self.bench.advance(passing_s)
            self.model.now += passing_s

    async def tidy(self) -> None:
        """What expired is removed, which nobody sees."""
        self.story.append("tidy")
        await self.state.tidy()

    async def look_around(self) -> None:
        """All that can be seen of both is the same."""
        queue, talks, model = self.queue, self.state.conversations, self.model
        ids, threads = list(self.threads), sorted(set(self.threads.values()))
        asked = [(thread, before) for thread in threads for before in ("", ids[1])]
        kept, pending, turns, engaged, finished, counts = await asyncio.gather(
            asyncio.gather(*map(queue.kept, ids)),
            asyncio.gather(*map(queue.pending, ids)),
            asyncio.gather(*(talks.turns(thread, before=before) for thread, before in asked)),
            asyncio.gather(*map(talks.engaged, threads)),
            self.state.journal.finished(),
            asyncio.gather(queue.positions(ids), queue.waiting(), queue.idle()),
        )
        self.same(
            [one and (one.outcome, one.body, one.sent) for one in kept],
            [model.kept(question_id) for question_id in ids],
        )
        self.same(list(pending), [model.pending(question_id) for question_id in ids])
        self.same(
            [list(one) for one in turns],
            [model.turns(thread, before) for thread, before in asked],
        )
        self.same(engaged, [model.engaged(thread) for thread in threads])
        self.same([one.id for one in finished], model.finished())
        self.same(counts, [model.positions(ids), model.waiting(), model.idle()])


async def _later(work: Callable[[], object]) -> object:
    return work()


async def _ending(work: Awaitable[object]) -> object:
    try:
        return await work
    except StateError as error:
        return type(error)


async def test_the_state_does_what_the_model_does(bench: Bench, seed: int) -> None:
    """Whatever is done in whatever order, the state answers as a simple queue in memory would."""
    comparison = Comparison(bench, seed)
    for number in range(HISTORIES if bench.stands else HISTORIES_ON_A_SERVER):
        await comparison.play(number)
