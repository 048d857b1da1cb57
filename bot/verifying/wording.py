"""Whether a passage speaks of every word of a question, by meaning.

A near miss is on the topic of the question, but something in the question it says nothing of.
Whole vectors hardly show that, and the words themselves do not where others mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.text import STOP_WORDS, words

_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")


def has_topic(text: str) -> bool:
    """Whether any word of the text carries a topic."""
    return any(_topical(match.group()) for match in _WORD.finditer(text))


def nearest_tokens(question: Vectors, passage: Vectors) -> Vectors:
    """The highest cosine of each token of a question with any token of a passage.

    Args:
        question: Unit vectors of the question's tokens, shape (tokens, dimension).
        passage: Those of the passage, shape (tokens, dimension); of none, every cosine is 0.

    Returns:
        Shape (tokens of the question,).
    """
    if not len(passage):
        return np.zeros(len(question), dtype=np.float32)
    # For so little, the threads of a matrix product wait longer than they compute.
    nearest: Vectors = np.einsum("qd,pd->qp", question, passage, optimize=False).max(axis=1)
    return nearest


def weakest_word(text: str, spans: Sequence[tuple[int, int]], nearest: Vectors) -> float:
    """How near a passage comes to the word of a question that it speaks of least.

    Words that carry no topic do not count, unless there are no others. A word stands as high as
    the mean of its tokens, and one that is repeated as high as its best place.

    Args:
        text: The question.
        spans: Where its tokens stand: (start, end) in characters.
        nearest: Of each of the first tokens, all that the embedder saw, what `nearest_tokens` says.

    Returns:
        A cosine, 0…1; 0 where the question has no word.
    """
    found: dict[str, float] = {}
    topical: dict[str, float] = {}
    for match in _WORD.finditer(text):
        start, end = match.span()
        tokens = [
            float(cosine)
            for (first, last), cosine in zip(spans, nearest, strict=False)
            if first < end and last > start
        ]
        if not tokens:
            continue
        key = match.group().casefold()
        found[key] = max(sum(tokens) / len(tokens), found.get(key, -1.0))
        if _topical(match.group()):
            topical[key] = found[key]
    weakest = min((topical or found).values(), default=0.0)
    return min(max(weakest, 0.0), 1.0)


def _topical(word: str) -> bool:
    return not STOP_WORDS.issuperset(words(word))
