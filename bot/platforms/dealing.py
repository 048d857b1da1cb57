"""Long text in pieces, each of which fits into one message or field."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Size = Callable[[str], int]


def dealt(text: str, room: int, size: Size) -> list[str]:
    """Text in pieces, cut at the ends of lines where there are any.

    Args:
        text: The text.
        room: So much room a piece takes at most.
        size: How much room a text takes.
    """
    pieces: list[str] = []
    for line in _lines(text, room, size):
        if pieces and size(f"{pieces[-1]}\n{line}") <= room:
            pieces[-1] += f"\n{line}"
        else:
            pieces.append(line)
    return [piece for piece in pieces if piece.strip()] or [text]


def _lines(text: str, room: int, size: Size) -> Iterator[str]:
    """Lines of at most so much room."""
    for line in text.split("\n"):
        rest = line
        while size(rest) > room:
            end = next(end for end in _ends(min(len(rest), room)) if size(rest[:end]) <= room)
            yield rest[:end]
            rest = rest[end:]
        yield rest


def _ends(length: int) -> Iterator[int]:
    """Where to cut, the furthest first: a sign can take more room than one."""
    end = length
    while end > 1:
        yield end
        end = end * 3 // 4
    yield 1
