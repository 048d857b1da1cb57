"""What parent and child tell each other: commands go down, events come up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from footnote.models.children.framing import Codec
from footnote.models.children.signs import Beat, Refused
from footnote.models.engine.options import Adapter, EngineOptions, Tuning
from footnote.models.engine.samplers import Samplers
from footnote.models.generation import Message

Reason = Literal["stop", "length", "cancelled", "deadline"]
Fault = Literal["engine", "model", "adapter", "too_long", "stopped"]


@dataclass(frozen=True, slots=True)
class Start:
    """Load and test the model, then serve; the first command."""

    options: EngineOptions
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Ask:
    """Write an answer.

    Attributes:
        id: Names it.
        messages: The conversation; the child puts it into the model's template.
        tokens: The prompt itself, in place of messages.
        max_tokens: Length of the answer at most.
        samplers: How tokens are chosen.
        stops: Texts that end the answer and are no part of it.
        citations: The numbers that may be cited, or None for any.
        grammar: GBNF that the answer keeps to, or "".
        schema: JSON schema that the answer keeps to, or "".
        seconds: Until its deadline, or None.
        adapter: Which adapter writes it, or None.
        lookup: Whether tokens may be guessed from the prompt.
        endless: Write on to `max_tokens`, whatever the model says; for measuring.
    """

    id: int
    messages: tuple[Message, ...] = ()
    tokens: tuple[int, ...] = ()
    max_tokens: int = 700
    samplers: Samplers = field(default_factory=Samplers)
    stops: tuple[str, ...] = ()
    citations: tuple[int, ...] | None = None
    grammar: str = ""
    schema: str = ""
    seconds: float | None = None
    adapter: str | None = None
    lookup: bool = True
    endless: bool = False
    type: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop writing an answer."""

    id: int
    type: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class Count:
    """Say how many tokens a conversation takes."""

    id: int
    messages: tuple[Message, ...]
    type: Literal["count"] = "count"


@dataclass(frozen=True, slots=True)
class LoadAdapter:
    """Load a LoRA adapter, so that answers may name it."""

    id: int
    name: str
    adapter: Adapter
    type: Literal["load_adapter"] = "load_adapter"


Command = Start | Ask | Cancel | Count | LoadAdapter


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is served.

    Attributes:
        name: What the file calls the model.
        context_tokens: Tokens of one prompt with its answer.
        prefill_rate: Tokens of a prompt read a second.
        decode_rate: Tokens written a second with one answer running.
        tuning: What it is served with.
        build: The build of llama.cpp.
        offloads: Whether this build can use a GPU.
    """

    name: str
    context_tokens: int
    prefill_rate: float
    decode_rate: float
    tuning: Tuning
    build: str
    offloads: bool
    type: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer waits; `ahead` come before it. 0 says that its prompt is being read."""

    id: int
    ahead: int
    type: Literal["waiting"] = "waiting"


@dataclass(frozen=True, slots=True)
class Written:
    """More of the answers' texts, by answer."""

    texts: dict[int, str]
    type: Literal["written"] = "written"


@dataclass(frozen=True, slots=True)
class Timings:
    """How an answer went.

    Attributes:
        prompt_tokens: Length of the prompt.
        reused_tokens: How much of it was in the cache.
        answer_tokens: Length of the answer.
        guessed: Tokens that were guessed.
        guessed_right: Those that came true.
        waited_s: Seconds until its prompt began to be read.
        first_s: Seconds until its first token, or None where there was none.
        total_s: Seconds until its end.
    """

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    guessed: int
    guessed_right: int
    waited_s: float
    first_s: float | None
    total_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer is over."""

    id: int
    reason: Reason
    timings: Timings
    type: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer, or anything else that was asked, failed."""

    id: int
    reason: str
    fault: Fault = "engine"
    type: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many tokens a conversation takes."""

    id: int
    tokens: int
    type: Literal["counted"] = "counted"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An adapter is there."""

    id: int
    type: Literal["loaded"] = "loaded"


Event = Ready | Refused | Waiting | Written | Ended | Failed | Counted | Loaded | Beat


def commands() -> Codec[Command]:
    """What goes down to the child."""
    return Codec(Command)


def events() -> Codec[Event]:
    """What comes up from the child."""
    return Codec(Event)
