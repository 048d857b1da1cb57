"""Which parts a search has, and how strong each is."""

from __future__ import annotations

from dataclasses import dataclass, field

from footnote.retrieval.feedback import Feedback
from footnote.retrieval.fusion import Weighting
from footnote.retrieval.reranking import Reranking
from footnote.retrieval.stores.base import Field


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a search; `footnote eval retrieval --ablate` measures what each one does.

    Attributes:
        weighting: How much the vectors count for a question.
        fields: The kinds of terms that are matched.
        feedback: How far the best documents lead on to others, or None.
        document_share: How much a passage's document counts in its score, 0…1: the neighbours of
            a good passage are likelier to belong to the answer than a lone match elsewhere. The
            best passage of a document ranks as the document, but where this is 0.
        compound_share: What a match of one part of a compound question counts against a match of
            the whole, 0…1; 0 searches for the whole alone.
        reranking: A closer look at the best candidates, or None.
        duplicate: The likeness, 0…1, from which on a passage says the same as a better one and is
            left out; None leaves out nothing.
        diversity: How much variety counts among what is found, 0…1.
        longest_merged: The most characters of a passage that is merged of neighbours; 0 merges
            nothing.
    """

    weighting: Weighting = field(default_factory=Weighting)
    fields: frozenset[Field] = frozenset(Field)
    feedback: Feedback | None = field(default_factory=Feedback)
    document_share: float = 0.5
    compound_share: float = 0.0
    reranking: Reranking | None = None
    duplicate: float | None = 0.9
    diversity: float = 0.0
    longest_merged: int = 0
