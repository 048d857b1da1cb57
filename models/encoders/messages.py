"""What parent and child tell each other: commands go down, events come up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from footnote.models.children.framing import Codec
from footnote.models.children.signs import Beat, Refused
from footnote.models.encoders.options import EncoderOptions


@dataclass(frozen=True, slots=True)
class Start:
    """Load and try the model, then serve; the first command."""

    options: EncoderOptions
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Embed:
    """Make vectors of texts."""

    id: int
    texts: tuple[str, ...]
    type: Literal["embed"] = "embed"


@dataclass(frozen=True, slots=True)
class Judge:
    """Say how well a passage answers a question."""

    id: int
    question: str
    passage: str
    type: Literal["judge"] = "judge"


Command = Start | Embed | Judge


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is served.

    Attributes:
        name: What the file calls the model.
        digest: SHA-256 of the file, in hex.
        dimension: Length of a vector; 1 for a model that judges.
        max_tokens: Tokens of one input, special ones included; the rest is cut off.
        pieces: The vocabulary in text, with a space before what begins a word; empty for a model
            that judges.
        whole_words: Whether a word with a part that is no piece counts as one token.
        offloads: Whether this build of llama.cpp can use a GPU.
    """

    name: str
    digest: str
    dimension: int
    max_tokens: int
    pieces: tuple[str, ...]
    whole_words: bool
    offloads: bool
    type: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of the texts, each of length 1, in their order."""

    id: int
    vectors: tuple[tuple[float, ...], ...]
    type: Literal["embedded"] = "embedded"


@dataclass(frozen=True, slots=True)
class Judged:
    """How well the passage answers the question; in any range, higher is better."""

    id: int
    score: float
    type: Literal["judged"] = "judged"


@dataclass(frozen=True, slots=True)
class Failed:
    """The model could not compute what was asked."""

    id: int
    reason: str
    type: Literal["failed"] = "failed"


Event = Ready | Refused | Embedded | Judged | Failed | Beat


def commands() -> Codec[Command]:
    """What goes down to the child."""
    return Codec(Command)


def events() -> Codec[Event]:
    """What comes up from the child."""
    return Codec(Event)
