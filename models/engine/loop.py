"""The child's loop: take in what was asked, compute a step, tell what was written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from footnote.models.engine.messages import (
    Cancel,
    Ended,
    Event,
    Failed,
    LoadAdapter,
    Loaded,
    Reason,
    Waiting,
    Written,
)
from footnote.models.engine.native import AbortedError, ComputeError, Context
from footnote.models.engine.options import Adapter
from footnote.models.engine.scheduler import Scheduler, TooLongError
from footnote.models.engine.steps import Chosen, Prompt, Step
from footnote.models.engine.writing import Writing
from footnote.models.errors import EngineError

IDLE_S = 1.0
"""How long the loop waits for work before it looks around."""

TELL_S = 0.03
"""Text is told at most so often: telling it wakes the parent, which takes a core from the next
step, and nobody reads faster."""


class Adapters(Protocol):
    """Loads adapters; the model does."""

    def load_adapter(self, name: str, adapter: Adapter) -> None:
        """Load one.

        Raises:
            EngineError: It cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose prompt is made: what the scheduler needs, and what writes its answer."""

    prompt: Prompt
    writing: Writing


Work = Asked | Cancel | LoadAdapter


class Loop:
    """Serves step by step. `put` and `busy_s` may be used from any thread."""

    def __init__(
        self,
        context: Context,
        scheduler: Scheduler,
        adapters: Adapters,
        send: Callable[[Event], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Set up.

        Args:
            context: Computes.
            scheduler: Plans.
            adapters: Loads adapters.
            send: Tells the parent.
            clock: Seconds; the prompts' deadlines are on it.
        """
        self._context = context
        self._scheduler = scheduler
        self._adapters = adapters
        self._send = send
        self._clock = clock
        self._work: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._writings: dict[int, Writing] = {}
        self._told: dict[int, int] = {}
        self._lock = threading.Lock()
        self._computing: frozenset[int] = frozenset()
        self._cancelled: set[int] = set()
        self._since: float | None = None
        self._said_at = float("-inf")

    def put(self, work: Work) -> None:
        """Take in a piece of work; a step that only serves cancelled answers is given up."""
        self._work.put(work)
        if isinstance(work, Cancel):
            with self._lock:
                self._cancelled.add(work.id)
                if self._computing and self._computing <= self._cancelled:
                    self._context.abort(now=True)

    @property
    def busy_s(self) -> float:
        """Seconds that the present step has taken so far; 0 between steps."""
        since = self._since
        return self._clock() - since if since is not None else 0.0

    def run(self) -> None:
        """Serve for as long as the process lives."""
        while True:
            self._take_in()
            self._step()

    def _take_in(self) -> None:
        idle = not (self._scheduler.waiting or self._scheduler.running)
        try:
            work = self._work.get(timeout=IDLE_S) if idle else self._work.get_nowait()
            while True:
                self._do(work)
                work = self._work.get_nowait()
        except queue.Empty:
            pass

    def _do(self, work: Work) -> None:
        match work:
            case Asked(prompt, writing):
                self._ask(prompt, writing)
            case Cancel(number):
                self._scheduler.cancel(number)
                self._end(number, "cancelled")
            case LoadAdapter(number, name, adapter):
                self._load(number, name, adapter)

    def _ask(self, prompt: Prompt, writing: Writing) -> None:
        try:
            self._scheduler.ask(prompt)
        except TooLongError as error:
            writing.close()
            reason = (
                f"The question and its answer take {error.tokens} tokens, but the context has "
                f"{error.most}: ask for less at once, or set a larger context."
            )
            self._send(Failed(prompt.id, reason, "too_long"))
        else:
            self._writings[prompt.id] = writing

    def _load(self, number: int, name: str, adapter: Adapter) -> None:
        try:
            self._adapters.load_adapter(name, adapter)
        except EngineError as error:
            self._send(Failed(number, str(error), "adapter"))
        else:
            self._send(Loaded(number))

    def _step(self) -> None:
        now = self._clock()
        step = self._scheduler.plan(now)
        for number in step.expired:
            self._end(number, "deadline")
        for number, reused in step.begun:
            self._writings[number].begin(reused, now)
        self._tell_places()
        if not step.chunks:
            return
        try:
            self._compute(step)
        except AbortedError:
            # All its answers were cancelled, and their ends are told when that is taken in.
            self._context.do(self._scheduler.drop(step))
        except ComputeError as error:
            self._give_up(step, error)

    def _compute(self, step: Step) -> None:
        if step.reads:
            # It takes long, so nothing is kept back meanwhile.
            self._say(self._writings, self._clock())
        self._context.do(step.operations)
        self._begin_step(step)
        try:
            firsts = self._context.compute(step.chunks)
        finally:
            self._end_step()
        chosen = self._choose(step, firsts)
        self._context.do(self._scheduler.settle(step, chosen))
        self._tell(chosen)

    def _begin_step(self, step: Step) -> None:
        self._since = self._clock()
        with self._lock:
            self._computing = frozenset(chunk.id for chunk in step.chunks if chunk.id is not None)
            # Whoever was cancelled before the plan is in no step any more.
            self._cancelled &= self._computing
            self._context.abort(now=self._computing <= self._cancelled)

    def _end_step(self) -> None:
        self._since = None
        with self._lock:
            self._computing = frozenset()

    def _choose(self, step: Step, firsts: list[int]) -> dict[int, Chosen]:
        chosen: dict[int, Chosen] = {}
        now = self._clock()
        for chunk, first in zip(step.chunks, firsts, strict=True):
            if chunk.id is not None and chunk.scored:
                row = first + chunk.first_scored
                writing = self._writings[chunk.id]
                chosen[chunk.id] = writing.advance(chunk, row, self._context.scores, now)
        return chosen

    def _tell(self, chosen: Mapping[int, Chosen]) -> None:
        now = self._clock()
        if now >= self._said_at + TELL_S or any(self._writings[each].silent for each in chosen):
            self._say(self._writings, now)
        for number in chosen:
            if reason := self._writings[number].reason:
                self._end(number, reason)

    def _say(self, numbers: Iterable[int], now: float) -> None:
        """Tell what is ready of some answers' texts."""
        drained = ((number, self._writings[number].drain()) for number in numbers)
        if texts := {number: text for number, text in drained if text}:
            self._send(Written(texts))
            self._said_at = now

    def _tell_places(self) -> None:
        """Tell each prompt its place, where that has changed."""
        places = dict.fromkeys(self._scheduler.running, 0)
        places |= {number: ahead for ahead, number in enumerate(self._scheduler.waiting, start=1)}
        for number, ahead in places.items():
            if self._told.get(number) != ahead:
                self._send(Waiting(number, ahead))
        self._told = places

    def _end(self, number: int, reason: Reason) -> None:
        if number in self._writings:
            now = self._clock()
            self._say([number], now)
            writing = self._writings.pop(number)
            self._send(Ended(number, reason, writing.timings(now)))
            writing.close()

    def _give_up(self, step: Step, error: ComputeError) -> None:
        """A step failed: its answers fail, and their rows are taken back."""
        for chunk in step.chunks:
            if chunk.id is not None and chunk.id in self._writings:
                self._say([chunk.id], self._clock())
                self._writings.pop(chunk.id).close()
                self._send(Failed(chunk.id, f"The model could not compute ({error}): ask again."))
        self._context.do(self._scheduler.drop(step))
