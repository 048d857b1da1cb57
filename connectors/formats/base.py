"""What every reader of a format returns, and the one error that it may raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote.connectors.base import Mark, Syntax


class FormatError(Exception):
    """These bytes hold no text that can be read.

    Args:
        reason: Why, as the end of a sentence about the file: "it is encrypted".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Parsed:
    r"""A file as text.

    Attributes:
        text: The whole text; lines end in "\n", and it holds no NUL and no lone surrogate.
        syntax: How the text is structured.
        title: What the file calls itself, or None.
        author: Who wrote it, or None.
        marks: Positions that the syntax does not show, in order of `start`. A heading's own
            anchor is a mark at the start of its line with an empty label, as it names itself.
    """

    text: str
    syntax: Syntax
    title: str | None = None
    author: str | None = None
    marks: tuple[Mark, ...] = ()
