"""Adapters, and what people have decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from footnote.bot.errors import FootnoteError

BARE = ""
"""The model itself, without an adapter."""


class Did(StrEnum):
    """What somebody has decided, or what has followed from it for an adapter's bytes."""

    PROMOTED = "promoted"
    KEPT = "kept"
    ROLLED_BACK = "rolled_back"
    REMOVED = "removed"
    FILED = "filed"


_OF_BYTES = frozenset({Did.REMOVED, Did.FILED})


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody has decided about an adapter.

    Attributes:
        did: What.
        adapter: Which was promoted, or was not since the current one was kept, or became current
            again by going back, or whose bytes were removed or filed again; "" for the bare model.
        by: Who, as the platform names them, or the user of the command line.
        at: When, in UTC, as ISO 8601 has it.
    """

    did: Did
    adapter: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Current:
    """What was decided so far.

    Attributes:
        choices: All, oldest first.
        version: Of the record that they stand in; 0 where nothing was decided yet.
    """

    choices: tuple[Choice, ...] = ()
    version: int = 0

    @property
    def adapter(self) -> str:
        """The one that answers are written with; "" for the bare model."""
        return self.line[-1]

    @property
    def line(self) -> tuple[str, ...]:
        """What was current before what, and is gone back to; the bare model first."""
        line = [BARE]
        for choice in self.choices:
            _follow(line, choice)
        return tuple(line)

    @property
    def decisions(self) -> tuple[Choice, ...]:
        """What people have decided, without what followed from it for bytes."""
        return tuple(choice for choice in self.choices if choice.did not in _OF_BYTES)

    @property
    def removed(self) -> frozenset[str]:
        """The adapters whose bytes are no longer kept."""
        last = {choice.adapter: choice.did for choice in self.choices if choice.did in _OF_BYTES}
        return frozenset(name for name, did in last.items() if did is Did.REMOVED)

    def removals(self, adapter: str) -> int:
        """How often an adapter's bytes were removed."""
        return sum((each.did, each.adapter) == (Did.REMOVED, adapter) for each in self.choices)

    def about(self, adapter: str) -> Choice | None:
        """The last choice whether an adapter becomes current, if there is one."""
        about = (
            choice
            for choice in reversed(self.choices)
            if choice.adapter == adapter and choice.did in {Did.PROMOTED, Did.KEPT}
        )
        return next(about, None)

    def touched(self) -> Mapping[str, str]:
        """When each adapter was last used or filed again, of those that are not current."""
        touched: dict[str, str] = {}
        line = [BARE]
        for choice in self.choices:
            before = line[-1]
            _follow(line, choice)
            if choice.did is Did.FILED:
                touched[choice.adapter] = choice.at
            elif line[-1] != before:
                touched[before] = choice.at
        return touched


def _follow(line: list[str], choice: Choice) -> None:
    """Let a choice change what is gone back to."""
    match choice.did:
        case Did.PROMOTED:
            line.append(choice.adapter)
        case Did.ROLLED_BACK:
            line.pop()
        case Did.KEPT | Did.REMOVED | Did.FILED:
            pass


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter that may become current.

    Attributes:
        id: The beginning of its hash, so that the same bytes have the same id everywhere.
        sha256: Of its GGUF file.
        base: SHA-256 of the model's GGUF file that it belongs to.
        size: Bytes.
        parts: The hashes of its parts in the state; none, once these were removed.
        run: The run that made it.
        parent: The adapter that was current when that run began; "" for the bare model.
        created: When it was filed first, in UTC, as ISO 8601 has it.
        verdict: The gate's: "passed", "refused", "too_little", or "" where it was not asked.
        summary: What the gate said.
        against: The adapter that the gate compared it with; "" for the bare model.
        filing: How often its bytes had been removed when these were put into the state.
    """

    id: str
    sha256: str
    base: str
    size: int
    parts: tuple[str, ...]
    run: str
    parent: str = BARE
    created: str = ""
    verdict: str = ""
    summary: str = ""
    against: str = BARE
    filing: int = 0

    @property
    def passed(self) -> bool:
        """Whether its gate let it through."""
        return self.verdict == "passed"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an adapter comes from; the fields are those of `Adapter`."""

    base: str
    run: str
    parent: str = BARE
    verdict: str = ""
    summary: str = ""
    against: str = BARE


def check_against(adapter: Adapter, current: Current) -> None:
    """Make sure that an adapter was compared with the one whose place it would take.

    Raises:
        FootnoteError: It was not.
    """
    if adapter.passed and adapter.against != current.adapter:
        raise FootnoteError(
            f"The gate compared the adapter {adapter.id} with {named(adapter.against)}, but by now "
            f"{named(current.adapter)} is current: run footnote tune gate --run {adapter.run} "
            "again."
        )


def check_kept(adapter: Adapter, current: Current) -> None:
    """Make sure that an adapter's bytes are there.

    Raises:
        FootnoteError: They were removed.
    """
    if adapter.id in current.removed:
        raise FootnoteError(
            f"The bytes of the adapter {adapter.id} are no longer kept: run footnote tune promote "
            f"--run {adapter.run} on the machine that made it, which files them again."
        )


def named(adapter: str) -> str:
    """What people call an adapter, or the bare model."""
    return f"the adapter {adapter}" if adapter else "the bare model"


def told(choice: Choice) -> str:
    """A choice in words."""
    match choice.did:
        case Did.PROMOTED:
            return f"{choice.by} has promoted {named(choice.adapter)}"
        case Did.KEPT:
            return f"{choice.by} has kept what was current instead of {named(choice.adapter)}"
        case Did.ROLLED_BACK:
            return f"{choice.by} has gone back to {named(choice.adapter)}"
        case Did.REMOVED:
            return f"the bytes of {named(choice.adapter)} were removed"
        case Did.FILED:
            return f"{named(choice.adapter)} was filed again"
