"""The engine as the rest of Footnote sees it: a language model in a process of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from footnote.models.children.keeping import Pauses, kept
from footnote.models.engine.files import check_build
from footnote.models.engine.messages import (
    Ask,
    Count,
    Counted,
    Ended,
    Event,
    Failed,
    Fault,
    LoadAdapter,
    Ready,
    Timings,
    Waiting,
)
from footnote.models.engine.options import Adapter, EngineOptions
from footnote.models.engine.samplers import Samplers
from footnote.models.engine.supervisor import Spawn, Supervisor, spawn
from footnote.models.errors import (
    EngineError,
    EngineStoppedError,
    PromptTooLongError,
    UnusableAdapterError,
)
from footnote.models.generation import Message, Queued, Request

_log = logging.getLogger(__name__)

_ERRORS: Mapping[Fault, type[EngineError]] = {
    "engine": EngineError,
    "model": EngineError,
    "adapter": UnusableAdapterError,
    "too_long": PromptTooLongError,
    "stopped": EngineStoppedError,
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an answer may be held to beyond its request.

    Attributes:
        citations: The numbers that may be cited, or None for any.
        grammar: GBNF that the answer keeps to, or "".
        schema: JSON schema that the answer keeps to, or "".
        stops: Texts that end the answer and are no part of it.
        samplers: How tokens are chosen, in place of the request's few numbers.
        tokens: The prompt in tokens, in place of the request's messages.
        lookup: Whether tokens may be guessed from the prompt; it never changes the answer.
        endless: Write on to the answer's full length, whatever the model says; for measuring.
        report: Told how the answer went, when it is over.
    """

    citations: frozenset[int] | None = None
    grammar: str = ""
    schema: str = ""
    stops: tuple[str, ...] = ()
    samplers: Samplers | None = None
    tokens: tuple[int, ...] = ()
    lookup: bool = True
    endless: bool = False
    report: Callable[[Timings], None] = field(default=lambda _: None)


class Engine:
    """Serves any number of answers at once; satisfies `models.generation.LanguageModel`."""

    def __init__(self, supervisor: Supervisor, ready: Ready) -> None:
        """Serve; `open_engine` makes one.

        Args:
            supervisor: Keeps the child process alive.
            ready: What the first child said.
        """
        self._supervisor = supervisor
        self.ready = ready
        self._adapter: str | None = None

    @property
    def name(self) -> str:
        """What the file calls the model."""
        return self.ready.name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        return self.ready.context_tokens

    @property
    def prefill_rate(self) -> float:
        """Tokens of a prompt read a second."""
        return self.ready.prefill_rate

    @property
    def adapter(self) -> str | None:
        """Which adapter new answers are written with."""
        return self._adapter

    @property
    def pid(self) -> int | None:
        """The child's process, or None while there is none."""
        return self._supervisor.pid

    async def stream(
        self, request: Request, wishes: Wishes | None = None
    ) -> AsyncGenerator[str | Queued, None]:
        """The next message in pieces; closing the generator cancels the work at once.

        A reader may be as slow as it likes: what is written meanwhile comes in one piece.

        Args:
            request: What to write.
            wishes: What the answer is held to.

        Raises:
            EngineError: It failed; what came before it stands.
        """
        wishes = wishes or Wishes()
        seconds = None
        if request.deadline is not None:
            seconds = max(0.0, request.deadline - asyncio.get_running_loop().time())
        adapter = self._adapter

        def ask(number: int) -> Ask:
            return _ask(number, request, wishes, seconds, adapter)

        await self._up_by(request.deadline)
        async with self._supervisor.told(ask) as mail:
            while True:
                match event := await mail.get():
                    case Waiting(ahead=ahead):
                        yield Queued(ahead)
                    case str():
                        yield event
                    case Ended(timings=timings):
                        wishes.report(timings)
                        if event.reason == "deadline":
                            raise EngineError("The answer took too long: ask again, or for less.")
                        return
                    case Failed():
                        raise _ERRORS[event.fault](event.reason)

    async def _up_by(self, deadline: float | None) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await self._supervisor.ready()
        except TimeoutError as error:
            raise EngineStoppedError(
                "The engine's process is being started again: ask again in a minute."
            ) from error

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens of the context these messages take, with what begins the answer.

        Raises:
            EngineError: The model's template cannot be used, or the engine stopped.
        """
        if not messages:
            return 0
        given = tuple(map(_clean, messages))
        async with self._supervisor.told(lambda number: Count(number, given)) as mail:
            event = await mail.get()
        if isinstance(event, Counted):
            return event.tokens
        raise _failure(event)

    def knows_adapter(self, name: str) -> bool:
        """Whether `use_adapter` takes this name."""
        return name in self._supervisor.adapters

    async def load_adapter(self, name: str, path: Path, scale: float = 1.0) -> None:
        """Load a LoRA adapter while answers are written, so that `use_adapter` knows it.

        Args:
            name: A new one, since what was read belongs to the adapter of its name.
            path: The GGUF file.
            scale: How much of it is added to the model's weights.

        Raises:
            UnusableAdapterError: It cannot be used with this model, or the name is taken.
        """
        if name in self._supervisor.adapters:
            raise UnusableAdapterError(
                f"There is an adapter {name} already: load this one under another name."
            )
        adapter = _from_anywhere(path, scale)
        async with self._supervisor.told(lambda number: LoadAdapter(number, name, adapter)) as mail:
            event = await mail.get()
        if isinstance(event, Failed):
            raise _failure(event)
        self._supervisor.know_adapter(name, adapter)

    def use_adapter(self, name: str | None) -> None:
        """Write new answers with this adapter, or with none; running ones finish as they began.

        Raises:
            UnusableAdapterError: It was never loaded.
        """
        if name is not None and name not in self._supervisor.adapters:
            raise UnusableAdapterError(f"There is no adapter {name}: load it first.")
        self._adapter = name


@asynccontextmanager
async def open_engine(
    options: EngineOptions, *, start: Spawn = spawn, pauses: Pauses | None = None
) -> AsyncIterator[Engine]:
    """Serve a model for as long as the block lasts.

    Args:
        options: What is served.
        start: Starts a child process.
        pauses: How long to wait before a child that ended is started again.

    Raises:
        UnusableModelError: It cannot be served, and the text says why and what to do.
    """
    check_build()
    supervisor = Supervisor(options, start, pauses)
    async with kept(supervisor) as ready:
        if options.gpu_layers != 0 and not ready.offloads:
            _log.warning(
                "The settings ask for layers on a GPU, but this build of llama.cpp has none, so "
                "%s is served by the processor: make gguf says how to get a build for a GPU.",
                options.model.name,
            )
        yield Engine(supervisor, ready)


def _ask(
    number: int, request: Request, wishes: Wishes, seconds: float | None, adapter: str | None
) -> Ask:
    sampling = request.sampling
    samplers = wishes.samplers or Samplers(
        temperature=sampling.temperature, top_p=sampling.top_p, seed=sampling.seed
    )
    return Ask(
        number,
        messages=tuple(map(_clean, request.messages)),
        tokens=wishes.tokens,
        max_tokens=sampling.max_tokens,
        samplers=samplers,
        stops=wishes.stops,
        citations=None if wishes.citations is None else tuple(sorted(wishes.citations)),
        grammar=wishes.grammar,
        schema=wishes.schema,
        seconds=seconds,
        adapter=adapter,
        lookup=wishes.lookup,
        endless=wishes.endless,
    )


def _from_anywhere(path: Path, scale: float) -> Adapter:
    """The child need not stand where this process does."""
    return Adapter(path.absolute(), scale)


def _failure(event: Event | str) -> EngineError:
    if isinstance(event, Failed):
        return _ERRORS[event.fault](event.reason)
    return EngineError("The engine gave no answer: ask again.")


def _clean(message: Message) -> Message:
    """The message without lone surrogates, which are no text and cannot be sent."""
    return Message(message.role, message.text.encode("utf-8", "replace").decode())
