"""What the scheduler tells the model to do: operations on its cache, and the rows of a step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that waits for its answer, as the scheduler sees it.

    Attributes:
        id: Names it; answers carry the same.
        tokens: The whole prompt, at least one token.
        max_tokens: Length of the answer at most, at least 1.
        adapter: Which adapter answers it, or None for the bare model.
        deadline: When to give up, on the scheduler's clock, or None.
        lookup: Whether tokens may be drafted from the prompt.
    """

    id: int
    tokens: tuple[int, ...]
    max_tokens: int
    adapter: str | None = None
    deadline: float | None = None
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """Let `target`, which is empty, hold all that `source` holds."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Trim:
    """Let a sequence hold its first `length` positions and no more."""

    sequence: int
    length: int


@dataclass(frozen=True, slots=True)
class Spill:
    """Save what a sequence holds in memory, under a number."""

    sequence: int
    spill: int


@dataclass(frozen=True, slots=True)
class Restore:
    """Let a sequence, which is empty, hold what was saved under a number."""

    spill: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Throw away what was saved under a number."""

    spill: int


@dataclass(frozen=True, slots=True)
class Adapt:
    """Compute with this adapter from now on, or with none."""

    adapter: str | None


Operation = Copy | Trim | Spill | Restore | Forget | Adapt


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one sequence in a step, in adjacent positions.

    Attributes:
        sequence: Which sequence.
        start: Position of the first row.
        tokens: One a row.
        first_scored: Index of the first row that needs scores of the next token.
        scored: How many do, from that one on.
        id: The answer that the rows belong to, or None where they only fill a gap.
        drafts: The tokens after the first that are guesses.
        padding: How many rows at the end only fill a gap.
    """

    sequence: int
    start: int
    tokens: tuple[int, ...]
    scored: int = 0
    first_scored: int = 0
    id: int | None = None
    drafts: tuple[int, ...] = ()
    padding: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What to compute next.

    Attributes:
        operations: To be done before, in this order.
        chunks: The rows, by sequence; none where there is nothing to do.
        begun: Answers that begin with this step, with the tokens of their prompts that need not
            be computed again.
        expired: Prompts and answers whose deadline has passed; they are gone.
    """

    operations: tuple[Operation, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    begun: tuple[tuple[int, int], ...] = ()
    expired: tuple[int, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether some of a prompt is read in it."""
        return any(
            len(chunk.tokens) > 1 + len(chunk.drafts) + chunk.padding for chunk in self.chunks
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an answer goes on with after a step.

    Attributes:
        tokens: The next tokens; all but the last are drafts that came true.
        ended: Whether the answer is whole.
    """

    tokens: tuple[int, ...]
    ended: bool = False
