"""What the model's cache holds, sequence by sequence, and where the next prompt goes.

A sequence holds the keys and values of the tokens of one text, in positions 0, 1, 2 … The cells
are either split evenly among the sequences (best on a CPU) or shared (best on a GPU).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from footnote.models.engine.prefixes import common_prefix
from footnote.models.engine.spills import Spilled, Spills
from footnote.models.engine.steps import Copy, Forget, Operation, Restore, Spill, Trim

WORTH_SAVING = 32
"""Tokens below which computing anew is as fast as saving and restoring."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the cache is divided.

    Attributes:
        sequences: How many there are.
        cells: Cells of each sequence, or of all together where they are shared.
        shared: Whether the sequences share the cells.
    """

    sequences: int
    cells: int
    shared: bool = False


@dataclass(slots=True, eq=False)
class Held:
    """One sequence.

    Attributes:
        index: Its number.
        tokens: What the cache holds of it, position by position.
        adapter: With which adapter that was computed.
        owner: The answer that uses it, or None.
        reserved: Cells that the owner may need in all.
        used: When it was last used; larger is later.
        highest: The highest position that was computed since it was empty, also for a moment.
    """

    index: int
    tokens: list[int] = field(default_factory=list)
    adapter: str | None = None
    owner: int | None = None
    reserved: int = 0
    used: int = 0
    highest: int = 0

    def fill(self, tokens: Sequence[int], highest: int) -> None:
        """The cache holds these and nothing else."""
        self.tokens, self.highest = list(tokens), highest

    @property
    def cells(self) -> int:
        """Cells that it takes, or may take."""
        return max(self.reserved, len(self.tokens))


@dataclass(frozen=True, slots=True)
class Begun:
    """A prompt has its sequence.

    Attributes:
        held: The sequence, which holds the prefix that is reused.
        operations: What makes it so, in this order.
    """

    held: Held
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a prefix comes from: a sequence, a spill, or nowhere."""

    length: int = 0
    held: Held | None = None
    spilled: Spilled | None = None

    @property
    def there(self) -> int:
        """How many tokens it holds."""
        holder = self.held or self.spilled
        return len(holder.tokens) if holder else 0

    @property
    def highest(self) -> int:
        """The highest position that was computed there."""
        holder = self.held or self.spilled
        return holder.highest if holder else 0

    @property
    def goes_on(self) -> bool:
        """Whether the text continues what is there, so that little is lost by taking it over."""
        return 2 * self.length > self.there


class Sequences:
    """Gives prompts their sequences, and keeps what may be reused for as long as there is room.

    Args:
        layout: How the cache is divided.
        spills: What is saved outside the cache.
        reuse: Whether prefixes are reused; not where the model's state cannot be cut.
        window: How far back a token sees at most, or None. What is further back may be
            overwritten, so a text longer than that cannot be cut and gone on with.
    """

    def __init__(
        self, layout: Layout, spills: Spills, *, reuse: bool = True, window: int | None = None
    ) -> None:
        self.layout = layout
        self.all = tuple(Held(index) for index in range(layout.sequences))
        self._spills = spills
        self._reuse = reuse
        self._window = window
        self._clock = 0

    def fits(self, cells: int) -> bool:
        """Whether a text of so many tokens fits when nothing else runs."""
        return cells <= self.layout.cells

    def begin(
        self, owner: int, tokens: Sequence[int], cells: int, adapter: str | None
    ) -> Begun | None:
        """Give a prompt a sequence.

        Args:
            owner: The answer.
            tokens: The prompt; at least its last token is left to be computed.
            cells: How many cells prompt and answer may take.
            adapter: With which adapter it is computed.

        Returns:
            None where there is no sequence or not enough cells before a running answer ends.
        """
        idle = [held for held in self.all if held.owner is None]
        running = sum(held.cells for held in self.all if held.owner is not None)
        if not idle or (self.layout.shared and running + cells > self.layout.cells):
            return None
        source = self._best_source(tokens, adapter, self.layout.cells - running)
        target = self._target(idle, source)
        operations = self._vacated(target, source)
        if source.held and source.held is not target:
            operations.append(Copy(source.held.index, target.index))
            target.fill(source.held.tokens, source.highest)
            self._touch(source.held)
        target.adapter, target.owner = adapter, owner
        target.reserved = max(cells, source.there)
        self._touch(target)
        operations += self._make_room(keep=source.spilled)
        if source.spilled:
            operations += self._restored(source.spilled, target, keep=not source.goes_on)
        if len(target.tokens) > source.length:
            operations.append(Trim(target.index, source.length))
            del target.tokens[source.length :]
        if not target.tokens:
            target.highest = 0
        target.reserved = cells
        return Begun(target, tuple(operations))

    def release(self, held: Held) -> None:
        """Its answer has ended; what it holds may be reused."""
        held.owner, held.reserved = None, 0
        self._touch(held)

    def spare(self, held: Held) -> int:
        """How many rows could be appended to a sequence for a moment."""
        # Rows can only be appended for a moment where they can be cut off again.
        if self.layout.shared or not self._reuse:
            return 0
        return self.layout.cells - len(held.tokens)

    def _touch(self, held: Held) -> None:
        self._clock += 1
        held.used = self._clock

    def _best_source(self, tokens: Sequence[int], adapter: str | None, free: int) -> _Source:
        """Where the longest prefix is; a spill only where it fits into so many free cells."""
        if not self._reuse:
            return _Source()
        # The last token is computed in any case: its scores choose the first of the answer.
        useful = tokens[:-1]
        sources = [
            _Source(common_prefix(held.tokens, useful), held=held)
            for held in self.all
            if held.adapter == adapter and held.tokens
        ]
        best = max(filter(self._can_be_cut, sources), key=_preference, default=_Source())
        saved = [
            _Source(common_prefix(spilled.tokens, useful), spilled=spilled)
            for spilled in self._spills.kept
            if spilled.adapter == adapter and len(spilled.tokens) <= free
        ]
        restored = max(filter(self._can_be_cut, saved), key=_preference, default=_Source())
        # Restoring takes a moment too.
        best = restored if restored.length >= best.length + WORTH_SAVING else best
        return best if best.length else _Source()

    def _can_be_cut(self, source: _Source) -> bool:
        """Whether all that the next token sees is there.

        A row overwrites what it sees no more, wherever the text is cut later.
        """
        window = self._window
        return window is None or source.highest < window or source.highest <= source.length

    def _target(self, idle: Sequence[Held], source: _Source) -> Held:
        if source.held and source.held.owner is None and source.goes_on:
            return source.held
        empty = next((held for held in idle if not held.tokens), None)
        others = [held for held in idle if held is not source.held]
        return empty or min(others or idle, key=lambda held: held.used)

    def _vacated(self, target: Held, source: _Source) -> list[Operation]:
        """Save what the target holds where it would be lost; empty it where it is of no use."""
        if target is source.held:
            return [] if source.goes_on else self._saved(target)
        return self._saved(target, keep=source.spilled) + self._emptied(target)

    def _restored(self, spilled: Spilled, target: Held, *, keep: bool) -> list[Operation]:
        target.fill(spilled.tokens, spilled.highest)
        if keep:
            self._spills.touch(spilled.number)
            return [Restore(spilled.number, target.index)]
        self._spills.take(spilled.number)
        return [Restore(spilled.number, target.index), Forget(spilled.number)]

    def _saved(self, held: Held, keep: Spilled | None = None) -> list[Operation]:
        if len(held.tokens) < WORTH_SAVING or not self._reuse:
            return []
        saving = self._spills.add(held.tokens, held.adapter, held.highest, keep)
        if saving is None:
            return []
        return [*map(Forget, saving.forgotten), Spill(held.index, saving.number)]

    def _emptied(self, held: Held) -> list[Operation]:
        if not held.tokens:
            return []
        held.fill((), 0)
        return [Trim(held.index, 0)]

    def _make_room(self, keep: Spilled | None) -> list[Operation]:
        """Where cells are shared: empty idle sequences, least recently used first."""
        operations: list[Operation] = []
        if not self.layout.shared:
            return operations
        idle = sorted(
            (held for held in self.all if held.owner is None and held.tokens),
            key=lambda held: held.used,
        )
        for held in idle:
            if sum(each.cells for each in self.all) <= self.layout.cells:
                break
            operations += self._saved(held, keep) + self._emptied(held)
        return operations


def _preference(source: _Source) -> tuple[int, bool]:
    return source.length, source.goes_on and source.held is not None and source.held.owner is None
