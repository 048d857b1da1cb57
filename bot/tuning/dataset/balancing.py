"""Refusals, as many as there shall be among the examples."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why, digest

REFUSALS = 0.2
"""At most this share of the examples are refusals: with none of them a model forgets how to refuse,
and with many it refuses what it could answer."""


def balanced(candidates: Sequence[Candidate], seed: int) -> tuple[list[Candidate], list[Left]]:
    """What remains, in its order, and the refusals that go.

    Which ones go is by chance, and the same for the same seed, whatever else there is.
    """
    refusals = [item for item in candidates if item.refuses]
    others = len(candidates) - len(refusals)
    most = int(others * REFUSALS / (1 - REFUSALS) + 1e-9)
    chosen = sorted(
        refusals, key=lambda item: digest(str(seed), item.conversation, item.draft.standalone)
    )
    going = {id(item) for item in chosen[most:]}
    return (
        [item for item in candidates if id(item) not in going],
        [Left(item.name, Why.TOO_MANY_REFUSALS) for item in candidates if id(item) in going],
    )
