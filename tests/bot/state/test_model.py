"""Random operations do to the state what they do to the model."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from footnote.bot.questions import Outcome
from footnote.bot.state.entries import Decision, Filing, Lease, Owner, Remains, Sent, Wish
from footnote.bot.state.errors import StateError
from tests.bot.state.bench import OPENERS, Opener
from tests.bot.state.model import Model
from tests.properties import SEED

EXAMPLES = {"sqlite": 30, "redis": 15}
STEPS = 40
LIMIT = 3
THREADS = {"q0": "a", "q1": "a", "q2": "a", "q3": "b", "q4": "b"}
ASKED = [(thread, before) for thread in "ab" for before in ("", "q1")]

ids = st.sampled_from(list(THREADS))
hands = st.sampled_from([0, 1])
# In units. Nothing runs out at the very moment of an operation, since time passes in whole ones.
times = st.sampled_from([0.5, 0.5, 2.5, 1000.5])
delays = st.sampled_from([0.0, 0.5, 2.5])
mostly = st.sampled_from([True, True, True, False])
messages = st.sampled_from([(), (Sent("k1"),), (Sent("k1", "m1"), Sent("k2"))])
outcomes = st.sampled_from([Outcome.ANSWERED, Outcome.ANSWERED, Outcome.WITHDRAWN])
replicas = st.sampled_from(["one", "two"])


def _comparable(result: object) -> object:
    """A result without what the model cannot know, or does not say."""
    if isinstance(result, Lease):
        busy = result.busy and result.wish is not Wish.WITHDRAW
        return replace(result, fence=0, accepted_at=0.0, busy=busy)
    if isinstance(result, Sequence) and not isinstance(result, str):
        return list(result)
    return result


class Comparison(RuleBasedStateMachine):
    """One state and one model, to which the same is done."""

    opener: ClassVar[Opener]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.model = Model()
        self.hands: dict[int, tuple[Lease, Lease]] = {}
        self.boots = {"one": 0, "two": 0}
        self.fences: dict[str, int] = {}

    @initialize()
    def open(self) -> None:
        """Open an empty state."""
        opened = type(self).opener(Path(self.folder))
        self.bench = self.runner.run(self.stack.enter_async_context(opened))
        self.state = self.bench.state
        self.queue = self.state.queue
        self.unit_s = self.bench.unit_s if self.bench.stands else 3600.0

    def teardown(self) -> None:
        """Close the state."""
        self.runner.run(self.stack.aclose())
        self.runner.close()

    def compare(
        self, real: Awaitable[object], expected: Callable[[], object]
    ) -> tuple[object, object]:
        """Do the same to both, and see both end in the same way."""

        async def do() -> object:
            try:
                return await real
            except StateError as error:
                return type(error)

        found = self.runner.run(do())
        wanted: object
        try:
            wanted = expected()
        except StateError as error:
            wanted = type(error)
        assert _comparable(found) == _comparable(wanted)
        return found, wanted

    def filing(self, question_id: str, revision: int, *, mentioned: bool) -> Filing:
        """A question as it is at a revision."""
        body = f"{question_id} at {revision}"
        return Filing(question_id, THREADS[question_id], body, revision, mentioned)

    @rule(question_id=ids, revision=st.integers(0, 1), mentioned=mostly, engaged=times)
    def accept(self, question_id: str, revision: int, engaged: float, *, mentioned: bool) -> None:
        """A question comes in."""
        filed = self.filing(question_id, revision, mentioned=mentioned)
        engaged_s = engaged * self.unit_s
        self.compare(
            self.queue.accept(filed, limit=LIMIT, engaged_s=engaged_s),
            lambda: self.model.accept(filed, LIMIT, engaged_s),
        )

    @rule(question_id=ids, revision=st.integers(0, 4), mentioned=mostly, engaged=times)
    def revise(self, question_id: str, revision: int, engaged: float, *, mentioned: bool) -> None:
        """An edit comes in."""
        filed = self.filing(question_id, revision, mentioned=mentioned)
        engaged_s = engaged * self.unit_s
        self.compare(
            self.queue.revise(filed, limit=LIMIT, engaged_s=engaged_s),
            lambda: self.model.revise(filed, LIMIT, engaged_s),
        )

    @rule(question_id=ids, wish=st.sampled_from([Wish.CANCEL, Wish.CANCEL, Wish.WITHDRAW]))
    def wish(self, question_id: str, wish: Wish) -> None:
        """An asker wants something else than an answer."""
        self.compare(self.queue.wish(question_id, wish), lambda: self.model.wish(question_id, wish))

    @rule(hand=hands, replica=replicas, lease=times, quick=st.sampled_from([False, False, True]))
    def take(self, hand: int, replica: str, lease: float, *, quick: bool) -> None:
        """A hand takes a question, and forgets what it held."""
        owner, lease_s = Owner(replica, str(self.boots[replica])), lease * self.unit_s
        found, wanted = self.compare(
            self.queue.take(owner, lease_s=lease_s, quick=quick),
            lambda: self.model.take(owner, lease_s, quick=quick),
        )
        if isinstance(found, Lease) and isinstance(wanted, Lease):
            assert found.fence > self.fences.get(found.id, 0)
            self.fences[found.id] = found.fence
            self.hands[hand] = (found, wanted)

    @rule(hand=hands, lease=times)
    def renew(self, hand: int, lease: float) -> None:
        """A hand renews what it holds, or held, and looks at it."""
        if hand in self.hands:
            real, model = self.hands[hand]
            lease_s = lease * self.unit_s
            self.compare(self.queue.look(real), lambda: self.model.look(model))
            found, wanted = self.compare(
                self.queue.renew(real, lease_s=lease_s), lambda: self.model.renew(model, lease_s)
            )
            if isinstance(found, Lease) and isinstance(wanted, Lease):
                self.hands[hand] = (found, wanted)

    @rule(hand=hands, sent=messages)
    def record(self, hand: int, sent: Sequence[Sent]) -> None:
        """A hand remembers messages."""
        if hand in self.hands:
            real, model = self.hands[hand]
            self.compare(self.queue.record(real, sent), lambda: self.model.record(model, sent))

    @rule(hand=hands, outcome=outcomes, sent=messages)
    def decide(self, hand: int, outcome: Outcome, sent: Sequence[Sent]) -> None:
        """A hand decides the question as it last saw it."""
        if hand in self.hands:
            real, model = self.hands[hand]
            decision = Decision(outcome, f"answer to {real.body}", real.revision)
            self.compare(
                self.queue.decide(real, decision, sent),
                lambda: self.model.decide(model, decision, sent),
            )

    @rule(hand=hands, outcome=outcomes, kept=times)
    def see_through(self, hand: int, outcome: Outcome, kept: float) -> None:
        """A hand takes a question and brings it to its end, if nobody minds."""
        self.take(hand, "one", 2.5, quick=False)
        self.decide(hand, outcome, ())
        self.finish(hand, (), "turn", 2, kept, kept)

    @rule(
        hand=hands,
        sent=messages,
        turn=st.sampled_from([None, "turn", "another turn"]),
        turns=st.integers(0, 3),
        turns_for=times,
        kept=times,
    )
    def finish(  # noqa: PLR0913, PLR0917  as many as `Remains` has
        self,
        hand: int,
        sent: Sequence[Sent],
        turn: str | None,
        turns: int,
        turns_for: float,
        kept: float,
    ) -> None:
        """A hand ends its question."""
        if hand in self.hands:
            real, model = self.hands[hand]
            remains = Remains(turn, turns, turns_for * self.unit_s, kept * self.unit_s)
            self.compare(
                self.queue.finish(real, sent, remains),
                lambda: self.model.finish(model, sent, remains),
            )

    @rule(hand=hands, delay=delays, quiet=mostly)
    def release(self, hand: int, delay: float, *, quiet: bool) -> None:
        """A hand lets go of its question."""
        if hand in self.hands:
            real, model = self.hands[hand]
            delay_s = delay * self.unit_s
            self.compare(
                self.queue.release(real, delay_s=delay_s, quiet=quiet),
                lambda: self.model.release(model, delay_s, quiet=quiet),
            )

    @rule(replica=replicas)
    def restart(self, replica: str) -> None:
        """A replica starts anew."""
        self.boots[replica] += 1
        owner = Owner(replica, str(self.boots[replica]))
        self.runner.run(self.queue.reclaim(owner))
        self.model.reclaim(owner)

    @rule(question_id=ids)
    def erase(self, question_id: str) -> None:
        """Somebody wants what a question left to be gone."""
        self.compare(self.state.journal.erase(question_id), lambda: self.model.erase(question_id))

    @rule(thread=st.sampled_from("ab"))
    def forget(self, thread: str) -> None:
        """Somebody wants a thread to begin anew."""
        self.compare(self.state.conversations.forget(thread), lambda: self.model.forget(thread))

    @rule(units=st.integers(1, 3), tidy=st.booleans())
    def wait(self, units: int, *, tidy: bool) -> None:
        """Time passes, where it can be made to."""
        if self.bench.stands:
            self.compare(self.bench.advance(units * self.unit_s), lambda: None)
            self.model.now += units * self.unit_s
        if tidy:
            self.runner.run(self.state.tidy())

    @invariant()
    def both_look_the_same(self) -> None:
        """All that can be seen of both is the same."""
        if hasattr(self, "state"):
            assert self.runner.run(self.seen()) == self.expected()

    async def seen(self) -> dict[str, object]:
        """What can be seen of the state."""
        queue, conversations = self.queue, self.state.conversations
        kept, turns, engaged, finished, counts = await asyncio.gather(
            asyncio.gather(*map(queue.kept, THREADS)),
            asyncio.gather(
                *(conversations.turns(thread, before=before) for thread, before in ASKED)
            ),
            asyncio.gather(*map(conversations.engaged, "ab")),
            self.state.journal.finished(),
            asyncio.gather(queue.positions(list(THREADS)), queue.waiting(), queue.idle()),
        )
        return {
            "kept": [one and (one.outcome, one.body, one.sent) for one in kept],
            "turns": [list(one) for one in turns],
            "engaged": engaged,
            "finished": [one.id for one in finished],
            "counts": counts,
        }

    def expected(self) -> dict[str, object]:
        """What can be seen of the model."""
        model = self.model
        return {
            "kept": [model.kept(question_id) for question_id in THREADS],
            "turns": [model.turns(thread, before) for thread, before in ASKED],
            "engaged": [model.engaged(thread) for thread in "ab"],
            "finished": model.finished(),
            "counts": [model.positions(list(THREADS)), model.waiting(), model.idle()],
        }


@pytest.mark.parametrize("name", list(OPENERS))
def test_the_state_does_what_the_model_does(name: str) -> None:
    """Whatever is done in whatever order, the state answers as a simple queue in memory would."""
    machine = type("Comparison", (Comparison,), {"opener": staticmethod(OPENERS[name]())})
    print(f"FOOTNOTE_TEST_SEED={SEED}")  # noqa: T201  pytest shows it with the failure
    run_state_machine_as_test(
        seed(SEED)(machine),
        settings=settings(
            max_examples=EXAMPLES[name],
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
