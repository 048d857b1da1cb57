"""One example of what is nearly the same, and of a question with several answers the best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from footnote.bot.citations import without_markers
from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why
from footnote.bot.tuning.dataset.likeness import alike, alike_pairs, pieces, plain_words
from footnote.bot.tuning.examples import Origin

_BEST_FIRST = (Origin.CORRECTED, Origin.PERSON, Origin.FILE, Origin.PRAISED, Origin.REFUSAL)
_NUMBER = re.compile(r"\d+")


def merged(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Left]]:
    """What remains, in its order, and what goes.

    Of the same question with several answers, a correction stays before an answer from a file, that
    before one that was praised, that before a refusal, and the latest of these. Of questions that
    are nearly the same, one goes only where the answers are, too, and where both name the same
    numbers: leave in 2024 is not leave in 2025.
    """
    ordered = sorted(
        range(len(candidates)),
        key=lambda place: (_BEST_FIRST.index(candidates[place].origin), -candidates[place].at),
    )
    questions = [candidates[place].draft.standalone for place in ordered]
    near: dict[int, list[int]] = defaultdict(list)
    for later, earlier in alike_pairs(questions):
        near[later].append(earlier)
    left: dict[int, Left] = {}
    stands_for: dict[int, int] = {}
    for rank, place in enumerate(ordered):
        for better in near[rank]:
            kept = stands_for.get(better, better)
            if why := _goes(candidates[place], candidates[ordered[kept]]):
                left[place] = Left(candidates[place].name, why)
                stands_for[rank] = kept
                break
    remaining = [item for place, item in enumerate(candidates) if place not in left]
    return remaining, [left[place] for place in sorted(left)]


def _goes(candidate: Candidate, better: Candidate) -> Why | None:
    """Why a candidate goes beside one that is better, or None where it stays."""
    question, other = candidate.draft.standalone, better.draft.standalone
    same_answer = alike(_said(candidate), _said(better))
    if plain_words(question) == plain_words(other):
        return Why.DUPLICATE if same_answer else Why.SUPERSEDED
    # What is like one that went need not be like the one that stands for it, and late in a thread
    # all questions are much alike by what they follow up on.
    near = alike(pieces(question), pieces(other)) and alike(
        pieces(candidate.draft.question), pieces(better.draft.question)
    )
    same_numbers = _numbers(candidate) == _numbers(better)
    return Why.DUPLICATE if near and same_answer and same_numbers else None


def _said(candidate: Candidate) -> frozenset[str]:
    return pieces(without_markers(candidate.answer))


def _numbers(candidate: Candidate) -> frozenset[str]:
    text = f"{candidate.draft.standalone} {without_markers(candidate.answer)}"
    return frozenset(_NUMBER.findall(text))
