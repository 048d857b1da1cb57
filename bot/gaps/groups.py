"""Unanswered questions that ask for much the same, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.bot.audience import visible
from footnote.bot.gaps.gaps import Gap, unanswered
from footnote.bot.state.base import State
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, EVERYONE, Readers

ALIKE = 0.65
"""From this cosine on two questions ask for much the same.

With all-MiniLM-L6-v2, eight of ten pairs that ask the same in other words reach it, and questions
on other matters stay below .4. Of pairs from public chats, about half of those between .6 and .7
ask the same; below .6 most only share a topic.
"""

NEAREST = 3
"""So many documents are named for a group."""

_BLOCK = 512
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class NearDocument:
    """A document that came near to some questions of a group, and did not answer them.

    Attributes:
        passage: The passage of it that came nearest to the latest of them.
        questions: How many of the questions it came near to.
        admins_only: Whether, of those who may know of the group, only admins may see it today.
    """

    passage: Passage
    questions: int
    admins_only: bool


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Unanswered questions that are alike and known to the same readers.

    Attributes:
        gaps: The questions: the one that most others are like, then the others, latest first.
        known_to: The labels that it takes to know of them; None for the command line alone.
        nearest: Documents that came near, the one that did so most often first.
    """

    gaps: tuple[Gap, ...]
    known_to: frozenset[str] | None
    nearest: tuple[NearDocument, ...]

    @property
    def admins_only(self) -> bool:
        """Whether nobody may know of them but an admin at the command line."""
        return self.known_to is None

    @property
    def first(self) -> float:
        """When the first of them was asked, in seconds since the epoch."""
        return min(gap.finished_at for gap in self.gaps)

    @property
    def last(self) -> float:
        """When the last of them was asked, in seconds since the epoch."""
        return max(gap.finished_at for gap in self.gaps)


async def kept_gaps(state: State, audiences: Mapping[str, frozenset[str]]) -> list[Gap]:
    """All that is kept of what the sources did not answer, for an admin, oldest first.

    Args:
        state: What `footnote serve` keeps.
        audiences: Who may see each source today.
    """
    gaps: list[Gap] = []
    after = 0.0
    while page := await state.journal.finished(after=after, limit=_PAGE):
        gaps += unanswered(page, ADMIN, audiences)
        after = page[-1].finished_at
    return gaps


async def grouped(
    gaps: Sequence[Gap],
    embedder: Embedder,
    audiences: Mapping[str, frozenset[str]],
    *,
    alike: float = ALIKE,
) -> list[GapGroup]:
    """The gaps in groups, the one with the most questions first, then the latest.

    No group holds gaps of different readers, so that a group can be shown to whoever may know of
    one of its questions.

    Args:
        gaps: The gaps, oldest first.
        embedder: Says what is alike.
        audiences: Who may see each source today.
        alike: The lowest cosine of two questions that are alike, above 0 and at most 1.
    """
    if not gaps:
        return []
    texts = list(dict.fromkeys(gap.text for gap in gaps))
    vectors = dict(zip(texts, await embedder.embed(texts), strict=True))
    together: dict[frozenset[str] | None, list[Gap]] = defaultdict(list)
    for gap in gaps:
        together[gap.known_to].append(gap)
    groups = [
        _group([of_them[index] for index in star], known_to, audiences)
        for known_to, of_them in together.items()
        for star in stars(np.stack([vectors[gap.text] for gap in of_them]), alike)
    ]
    return sorted(groups, key=lambda group: (-len(group.gaps), -group.last))


def stars(vectors: Vectors, alike: float) -> list[list[int]]:
    """Groups of rows, each around one row that all others of the group are like.

    The row that most others are like takes all of these, then the same with what is left, until
    nothing is. So every member is like the first one by `alike` or more, and no row that could
    have joined a group is left out of all that came before its own.

    Args:
        vectors: Unit vectors, shape (rows, dimension).
        alike: The lowest cosine of two that are alike.

    Returns:
        The row numbers of each group, its middle first, the others in their order.
    """
    left = np.ones(len(vectors), dtype=bool)
    counts = np.zeros(len(vectors), dtype=np.int64)
    for block in _blocks(np.arange(len(vectors))):
        counts += (vectors @ vectors[block].T >= alike).sum(axis=1)
    found: list[list[int]] = []
    while left.any():
        middle = int(np.where(left, counts, -1).argmax())
        near = left & (vectors @ vectors[middle] >= alike)
        # A vector may be less than wholly like itself, by rounding.
        near[middle] = True
        members = np.flatnonzero(near)
        left[members] = False
        for block in _blocks(members):
            counts -= (vectors @ vectors[block].T >= alike).sum(axis=1)
        found.append([middle, *(int(row) for row in members if row != middle)])
    return found


def _blocks(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[Sequence[int]]:
    """The rows, so many at a time that the products stay small."""
    for start in range(0, len(rows), _BLOCK):
        yield rows[start : start + _BLOCK].tolist()


def _group(
    gaps: Sequence[Gap], known_to: frozenset[str] | None, audiences: Mapping[str, frozenset[str]]
) -> GapGroup:
    middle, *others = gaps
    others.sort(key=lambda gap: -gap.finished_at)
    nearest = tuple(_nearest(gaps, Readers(known_to or frozenset({EVERYONE})), audiences))
    return GapGroup((middle, *others), known_to, nearest)


def _nearest(
    gaps: Iterable[Gap], readers: Readers, audiences: Mapping[str, frozenset[str]]
) -> Iterator[NearDocument]:
    """The documents that came near most often; of equals, the one that came nearer."""
    places: dict[str, list[int]] = defaultdict(list)
    passages: dict[str, Passage] = {}
    for gap in sorted(gaps, key=lambda gap: gap.finished_at):
        for place, passage in enumerate(gap.closest):
            places[passage.document_id].append(place)
            passages[passage.document_id] = passage
    ordered = sorted(places, key=lambda name: (-len(places[name]), sum(places[name]), name))
    for name in ordered[:NEAREST]:
        passage = passages[name]
        seen = visible(passage.source, passage.restrictions, readers, audiences)
        yield NearDocument(passage, len(places[name]), admins_only=not seen)
