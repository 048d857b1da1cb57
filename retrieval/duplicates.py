"""Passages that say the same word for word, such as one page in two places."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.retrieval.likeness import Compared
from footnote.retrieval.passages import Passage


def near_duplicates(
    ranked: Sequence[Passage], least: float, *, enough: int | None = None
) -> dict[str, str]:
    """Which passages say the same as one that ranks before them.

    Args:
        ranked: Passages, best first.
        least: The likeness of texts, 0…1, from which on they are the same.
        enough: Once so many stay, the rest is not looked at; None looks at all.

    Returns:
        Id of each passage that can go → id of the passage that stays for it.
    """
    stays: list[tuple[str, Compared]] = []
    goes: dict[str, str] = {}
    for passage in ranked:
        if len(stays) == enough:
            break
        own = Compared(passage.text)
        same = next((id_ for id_, other in stays if own.is_like(other, least)), None)
        if same is None:
            stays.append((passage.id, own))
        else:
            goes[passage.id] = same
    return goes
