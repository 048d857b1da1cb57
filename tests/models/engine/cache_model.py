"""A cache of keys and values as llama.cpp has it, with its contents in plain sight.

The value in a cell depends on all tokens before it and on the adapter, so the model writes down
exactly these. A row is right if what it can see is its own text and nothing else. Where the model
sees only a window, cells that the last token cannot see any more are overwritten at once, though
llama.cpp does so only now and then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from footnote.models.engine.scheduler import Limits
from footnote.models.engine.steps import (
    Adapt,
    Chunk,
    Copy,
    Forget,
    Operation,
    Restore,
    Spill,
    Trim,
)

Cell = tuple[tuple[int, ...], str | None]
"""What a cell was computed from: the text up to its token, and the adapter."""

LOST: Cell = ((-1,), "lost")
"""What was in a cell that was overwritten."""


@dataclass
class CacheModel:
    """Does operations and steps, and asserts that each could be done.

    Attributes:
        limits: The sizes.
        cells: By sequence, cell by cell.
        spills: What is saved, by number.
        adapter: What is computed with.
        peak: Most cells in use at any time, with each shared cell counted once.
    """

    limits: Limits
    cells: dict[int, list[Cell]] = field(default_factory=dict)
    spills: dict[int, list[Cell]] = field(default_factory=dict)
    adapter: str | None = None
    peak: int = 0

    def held(self, sequence: int) -> list[Cell]:
        """The cells of a sequence."""
        return self.cells.setdefault(sequence, [])

    def do(self, operations: Sequence[Operation]) -> None:
        """Do some operations in order."""
        for operation in operations:
            self._do(operation)
            self._check_room()

    def _do(self, operation: Operation) -> None:
        match operation:
            case Copy(source, target):
                assert not self.held(target), "the target of a copy must be empty"
                self.cells[target] = list(self.held(source))
            case Trim(sequence, length):
                assert length <= len(self.held(sequence))
                del self.held(sequence)[length:]
            case Spill(sequence, spill):
                assert self.held(sequence)
                assert spill not in self.spills
                self.spills[spill] = list(self.held(sequence))
            case Restore(spill, sequence):
                assert not self.held(sequence), "the target of a restore must be empty"
                self.cells[sequence] = list(self.spills[spill])
            case Forget(spill):
                del self.spills[spill]
            case Adapt(adapter):
                self.adapter = adapter
        kept = sum(map(len, self.spills.values())) * self.limits.token_bytes
        assert kept <= self.limits.spill_bytes, "the budget of bytes is kept"

    def compute(self, chunks: Sequence[Chunk]) -> None:
        """Compute a step's rows."""
        assert sum(len(chunk.tokens) for chunk in chunks) <= self.limits.rows
        sequences = [chunk.sequence for chunk in chunks]
        assert sequences == sorted(set(sequences)), "sequences go up, each once"
        for chunk in chunks:
            held = self.held(chunk.sequence)
            assert chunk.start == len(held), "positions follow on what is held"
            for token in chunk.tokens:
                before = held[-1][0] if held else ()
                held.append(((*before, token), self.adapter))
            if window := self.limits.window:
                gone = max(0, len(held) - window)
                held[:gone] = [LOST] * gone
        self._check_room()

    def seen(self, chunk: Chunk, row: int) -> tuple[tuple[int, ...], set[str | None]]:
        """What a row's scores rest on: its text, and the adapters that computed any cell of it."""
        cells = self.held(chunk.sequence)[: chunk.start + row + 1]
        last = cells[-1][0]
        unseen = max(0, len(cells) - (self.limits.window or len(cells)))
        for length, (text, _) in list(enumerate(cells, start=1))[unseen:]:
            assert text == last[:length], "every cell was computed from the same text"
        return last, {adapter for _, adapter in cells[unseen:]}

    def _check_room(self) -> None:
        layout = self.limits.layout
        assert all(len(held) <= layout.cells for held in self.cells.values())
        if layout.shared:
            different = {cell for held in self.cells.values() for cell in held}
            self.peak = max(self.peak, len(different))
            assert self.peak <= layout.cells, "the cells suffice"
