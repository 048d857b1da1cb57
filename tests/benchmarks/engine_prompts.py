"""Prompts of the engine's benchmark, and models whose next token can be foreseen."""

from __future__ import annotations

import random
from collections.abc import Sequence

FIRST_WORD = 400
"""Tokens from here on are words of the made-up vocabulary; before it are bytes and signs."""


def prompts(
    chance: random.Random, count: int, length: int, shared: Sequence[int], vocabulary: int
) -> list[list[int]]:
    """Prompts of one length that begin alike and go on differently."""
    return [
        [
            *shared,
            *(chance.randrange(FIRST_WORD, vocabulary) for _ in range(length - len(shared))),
        ]
        for _ in range(count)
    ]


def walk(
    chance: random.Random, path: Sequence[int], length: int, share: float, start: int
) -> list[int]:
    """A text in which a guess from three tokens comes true with a given chance.

    Args:
        chance: Of the draw.
        path: What the model says, round and round.
        length: Tokens of the text.
        share: How often the text goes on as the model does; 0 for never after three tokens.
        start: Where in the path the text ends, so that the answer goes on from there.
    """
    tokens: list[int] = []
    at, run = chance.randrange(len(path)), 1
    while len(tokens) < length - 4:
        tokens.append(path[at])
        # Three in a row are needed for a guess; only what follows them is left to chance.
        goes_on = run < 3 or (share > 0 and chance.random() < share)
        at = (at + 1) % len(path) if goes_on else chance.randrange(len(path))
        run = run + 1 if goes_on else 1
    return tokens + [path[(start + index) % len(path)] for index in range(4)]
