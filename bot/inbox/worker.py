"""The one function that owns a question's outcome, from its lease to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from footnote.bot.audience import Audiences
from footnote.bot.conversations import (
    MAX_TURNS,
    remembered,
    turn_from_json,
    turn_of,
    turn_to_json,
)
from footnote.bot.inbox.audience_of import audience_of
from footnote.bot.inbox.delivery import Delivery, UndeliveredError
from footnote.bot.inbox.keeper import Keeper
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.inbox.said import said_by_a_person
from footnote.bot.inbox.steady import steadily
from footnote.bot.inbox.stream import Stream
from footnote.bot.inbox.verdicts import broken, busy, cancelled, given_up
from footnote.bot.platforms.base import Platform
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Status, View
from footnote.bot.records import (
    answer_from_json,
    answer_to_json,
    question_from_json,
)
from footnote.bot.state.base import State
from footnote.bot.state.entries import Decision, Lease, Remains, Wish
from footnote.bot.state.errors import ChangedError, LeaseLostError, StateUnavailableError

Answering = Callable[[Question], AsyncGenerator[Event, None]]
"""Gives the events of an answer, the answer as the last of them."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every worker needs.

    Attributes:
        state: Where questions wait.
        platforms: Where answers go, by name.
        answering: What makes them.
        readers: What an audience may see.
        sources: Who may see each source, by today's settings.
        wait_s: How long so many waiting questions take, in seconds.
        options: Times and numbers.
    """

    state: State
    platforms: Mapping[str, Platform]
    answering: Answering
    readers: Audiences
    sources: Mapping[str, frozenset[str]]
    wait_s: Callable[[int], float]
    options: InboxOptions


async def see_through(desk: Desk, keeper: Keeper) -> None:
    """Bring a question to its one outcome, and say so once where it was asked.

    Decide how it ends and put that on record; then deliver; then finish. A crash at any point
    leaves a question that another worker brings to the same end. Where the lease was lost, that
    other worker is at it already, and this one stops.

    Args:
        desk: What is needed.
        keeper: Holds the question.
    """
    try:
        question = question_from_json(keeper.lease.body)
    except ValueError:
        await _give_up(desk, keeper.lease)
        return
    platform = desk.platforms.get(question.platform)
    if platform is None:
        _log.error("Question %s waits for %s, which does not run.", question.id, question.platform)
        await desk.state.queue.release(keeper.lease, delay_s=desk.options.patience_s)
        return
    keeping = asyncio.ensure_future(keeper.keep())
    working = asyncio.ensure_future(_Worker(desk, keeper, platform, question).work())
    both = (working, keeping)
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)
    for task in both:
        with suppress(asyncio.CancelledError):
            try:
                task.result()
            except LeaseLostError:
                _log.info("Question %s was taken over by another worker.", keeper.lease.id)


async def _give_up(desk: Desk, lease: Lease) -> None:
    """End a question that cannot be read, such as one that a later version has written."""
    _log.exception("Question %s cannot be read, and gets no answer.", lease.id)
    await desk.state.queue.decide(lease, Decision(Outcome.FAILED, "", lease.revision), lease.sent)
    await desk.state.queue.finish(lease, lease.sent, Remains())


class _Worker:
    def __init__(self, desk: Desk, keeper: Keeper, platform: Platform, question: Question) -> None:
        self._desk = desk
        self._keeper = keeper
        self._platform = platform
        self._question = question
        self._queue = desk.state.queue
        self._options = desk.options
        self._blocks: tuple[Block, ...] = ()
        self._delivery = Delivery(platform, question, keeper, self._queue, desk.options)

    async def work(self) -> None:
        """Work until the question is finished or let go of.

        Raises:
            LeaseLostError: Another holds it.
        """
        try:
            while True:
                # The keeper may have seen an edit since the question was read.
                self._revised(self._keeper.lease)
                try:
                    await self._to_its_end(self._keeper.lease)
                except ChangedError:
                    await self._keeper.refresh()
                else:
                    return
        except UndeliveredError as error:
            await self._let_go(max(error.after_s, self._options.patience_s))
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.ensure_future(self._let_go(0.0)))
            raise

    def _revised(self, lease: Lease) -> None:
        if lease.revision != self._question.revision:
            self._question = question_from_json(lease.body)
            self._delivery.answers(self._question)
            self._blocks = ()

    async def _to_its_end(self, lease: Lease) -> None:
        decision = lease.decision
        withdrawn = lease.wish is Wish.WITHDRAW
        if decision is None or (withdrawn and decision.outcome is not Outcome.WITHDRAWN):
            decision = await self._decided(lease)
        answer = answer_from_json(decision.body) if decision.body else None
        if lease.attempts <= self._options.deliveries:
            await self._deliver(answer)
        else:
            _log.error("The answer to question %s could not be delivered.", self._question.id)
        turn = turn_of(answer) if answer else None
        remains = Remains(
            turn_to_json(turn) if turn else None,
            MAX_TURNS,
            self._options.turns_s,
            self._options.kept_s,
        )
        await steadily(lambda: self._queue.finish(self._keeper.lease, self._delivery.sent, remains))

    async def _deliver(self, answer: Answer | None) -> None:
        if answer is None:
            await self._delivery.conclude(())
            return
        view = View(self._question, answer.blocks, answer=answer)
        await self._delivery.conclude(self._platform.render(view))

    async def _decided(self, lease: Lease) -> Decision:
        if lease.wish is Wish.WITHDRAW:
            decision = Decision(Outcome.WITHDRAWN, "", lease.revision)
        else:
            answer = await self._answer(lease)
            decision = Decision(answer.outcome, answer_to_json(answer), lease.revision)
        await steadily(lambda: self._queue.decide(lease, decision, self._delivery.sent))
        return decision

    async def _answer(self, lease: Lease) -> Answer:
        if lease.wish is Wish.CANCEL:
            return cancelled(self._question, self._blocks)
        if lease.busy:
            waiting = await steadily(self._queue.waiting)
            return busy(self._question, waiting, self._desk.wait_s(waiting))
        # A worker that let go of it by itself was not stopped by it, however often.
        if lease.attempts > self._options.attempts and not lease.quiet:
            return given_up(self._question)
        return await self._streamed(lease)

    async def _streamed(self, lease: Lease) -> Answer:
        stream = Stream(self._platform, self._delivery)
        self._blocks = ()
        async with stream.running(), self._keeper.unchanged(lease):
            try:
                return await self._followed(await self._prepared(), stream)
            except (ChangedError, LeaseLostError, UndeliveredError):
                raise
            except Exception:  # noqa: BLE001  whatever it is, the question gets its outcome
                asked = self._question
                _log.exception("Question %s failed (%s)", asked.id, asked.reference)
                return broken(asked, self._blocks)

    async def _followed(self, question: Question, stream: Stream) -> Answer:
        status = ""
        said = question.said
        answering = said_by_a_person(question, said) if said else self._desk.answering(question)
        async with aclosing(answering) as events:
            async for event in events:
                match event:
                    case Answer():
                        return event
                    case Status(text):
                        status = text
                    case Block():
                        self._blocks = (*self._blocks, event)
                await self._keeper.check()
                stream.show(View(question, self._blocks, status))
        raise RuntimeError("an answer's events ended without the answer")

    async def _prepared(self) -> Question:
        if self._question.said:
            return self._question
        audience = await audience_of(self._platform, self._question, self._options.patience_s)
        readers = self._desk.readers.readers(audience)
        stored = await steadily(
            lambda: self._desk.state.conversations.turns(
                self._keeper.lease.thread, before=self._keeper.lease.id
            )
        )
        turns = remembered(map(turn_from_json, stored), readers, self._desk.sources)
        return replace(self._question, audience=audience, readers=readers, conversation=turns)

    async def _let_go(self, delay_s: float) -> None:
        """Let another take the question; where the state is away, the lease runs out."""
        with suppress(StateUnavailableError):
            await self._queue.release(
                self._keeper.lease, delay_s=delay_s, quiet=self._delivery.quiet
            )
