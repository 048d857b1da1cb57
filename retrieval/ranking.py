"""The best of many by their scores, and what decides between equals."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


def best_first(
    scores: NDArray[np.floating], name: Callable[[int], str], count: int | None = None
) -> list[int]:
    """The places of the highest scores, best first; equals in the order of their names.

    Args:
        scores: One a place.
        name: The name of what stands at a place. Only equals are asked for theirs.
        count: How many are wanted, or None for all.
    """
    if count is None:
        places = np.argsort(-scores)
    else:
        places = best_of(scores, name, count)
        places = places[np.argsort(-scores[places])]
    ordered = scores[places]
    order: list[int] = places.tolist()
    for start, stop in _runs(np.flatnonzero(ordered[1:] == ordered[:-1])):
        order[start:stop] = sorted(order[start:stop], key=name)
    return order


def best_of(scores: NDArray[np.floating], name: Callable[[int], str], count: int) -> Places:
    """The places of the `count` highest scores in any order; of equals the first by their names.

    Args:
        scores: One a place.
        name: The name of what stands at a place. Only equals at the border are asked for theirs.
        count: How many are wanted.
    """
    if count >= len(scores):
        return np.arange(len(scores))
    if count <= 0:
        return np.empty(0, np.intp)
    least = np.partition(scores, -count)[-count]
    places = np.flatnonzero(scores >= least)
    if len(places) == count:
        return places
    level = scores[places] == least
    above = places[~level]
    chosen = heapq.nsmallest(count - len(above), places[level].tolist(), key=name)
    return np.concatenate((above, np.array(chosen, np.intp)))


def _runs(level: Places) -> Iterator[tuple[int, int]]:
    """Where equals stand together, given the places that are level with the next."""
    if len(level):
        for run in np.split(level, np.flatnonzero(np.diff(level) > 1) + 1):
            yield int(run[0]), int(run[-1]) + 2


def best_of_each(scores: NDArray[np.float64], group: Places, count: int) -> NDArray[np.float64]:
    """The highest score of each of `count` groups, which all have one, given the group of each."""
    best = np.full(count, -np.inf)
    np.maximum.at(best, group, scores)
    return best


def best_places(
    scores: NDArray[np.float64],
    group: Places,
    best: NDArray[np.float64],
    name: Callable[[int], str],
) -> Places:
    """Where the best of each group stands; equals in the order of their names.

    Args:
        scores: One a place.
        group: The group of each place.
        best: The highest score of each group, see `best_of_each`.
        name: The name of what stands at a place. Only equals are asked for theirs.
    """
    candidates = np.flatnonzero(scores == best[group])
    if len(candidates) > len(best):
        by_name = sorted(candidates.tolist(), key=name, reverse=True)
        candidates = np.array(by_name, np.intp)
    places = np.empty(len(best), np.intp)
    places[group[candidates]] = candidates
    return places
