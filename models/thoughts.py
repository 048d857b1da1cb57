"""Models that think aloud: their thoughts never reach the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """What a model writes before and after a thought."""

    opening: str
    closing: str


KNOWN = (
    Marks("<think>", "</think>"),
    Marks("<thinking>", "</thinking>"),
    Marks("<thought>", "</thought>"),
    Marks("<seed:think>", "</seed:think>"),
    Marks("[THINK]", "[/THINK]"),
    Marks("◁think▷", "◁/think▷"),
    Marks("<|START_THINKING|>", "<|END_THINKING|>"),
    Marks("<|inner_prefix|>", "<|inner_suffix|>"),
    Marks("<|channel>thought", "<channel|>"),
    Marks("<|channel|>analysis", "<|channel|>final<|message|>"),
    Marks("<|channel|>commentary", "<|channel|>final<|message|>"),
)
"""The marks of the model families that think, by their published chat templates."""


class _Sought:
    """Marks that mean something where a text is, longest first, and how they begin."""

    def __init__(self, marks: Iterable[str]) -> None:
        self.marks = sorted(marks, key=len, reverse=True)
        self.beginnings = frozenset(
            mark[:length] for mark in self.marks for length in range(1, len(mark))
        )


class ThoughtFilter:
    """Lets through what a model writes to be read, however its text is cut into pieces.

    A closing mark without an opening one is dropped too. White space before the first visible
    character is left out, as it only parts the answer from the thoughts.

    Attributes:
        hidden: Whether any thought was held back so far.
    """

    def __init__(self, opened: Marks | None = None, known: Sequence[Marks] = KNOWN) -> None:
        """Filter one answer.

        Args:
            opened: The marks of a thought that the prompt has opened already.
            known: The marks to look for.
        """
        self.hidden = opened is not None
        self._within = opened
        self._any = _Sought({mark for each in known for mark in (each.opening, each.closing)})
        self._sought = _Sought([opened.closing]) if opened else self._any
        self._openings = {each.opening: each for each in known}
        self._held = ""
        self._shown = False

    def feed(self, piece: str) -> str:
        """What may be shown now that this piece has come; it may hold parts of earlier ones."""
        self._held += piece
        visible = ""
        while (found := self._first()) is not None:
            before, mark = found
            if self._within is None:
                visible += before
                self._enter(self._openings.get(mark))
                self.hidden = self.hidden or self._within is not None
            else:
                self._enter(None)
            self._held = self._held[len(before) + len(mark) :]
        rest = self._undecided()
        if self._within is None:
            visible += self._held[: len(self._held) - rest]
        self._held = self._held[len(self._held) - rest :]
        return self._begun(visible)

    def finish(self) -> str:
        """What may be shown after the last piece: the beginning of a mark that never came."""
        rest = "" if self._within else self._held
        self._held = ""
        return self._begun(rest)

    def _enter(self, marks: Marks | None) -> None:
        """The text is within a thought of these marks from here on, or within none."""
        self._within = marks
        self._sought = _Sought([marks.closing]) if marks else self._any

    def _first(self) -> tuple[str, str] | None:
        """The text before the first mark, and the mark."""
        places = [(self._held.find(mark), -len(mark), mark) for mark in self._sought.marks]
        start, _, mark = min((each for each in places if each[0] >= 0), default=(-1, 0, ""))
        return (self._held[:start], mark) if start >= 0 else None

    def _undecided(self) -> int:
        """Characters at the end that may yet become a mark."""
        longest = len(self._sought.marks[0]) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if self._held[-length:] in self._sought.beginnings:
                return length
        return 0

    def _begun(self, visible: str) -> str:
        if not self._shown:
            visible = visible.lstrip()
            self._shown = bool(visible)
        return visible


def opened_by(prompt: str, known: Sequence[Marks] = KNOWN) -> Marks | None:
    """The marks of a thought that the end of a prompt leaves open, or None.

    Args:
        prompt: The template's text after the last message.
        known: The marks to look for.
    """
    for marks in known:
        start = prompt.rfind(marks.opening)
        if start >= 0 and marks.closing not in prompt[start:]:
            return marks
    return None
