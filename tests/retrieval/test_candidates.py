"""What passages are ranked by."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.candidates import Candidates
from tests.retrieval.naming import pool_of

PASSAGES = [f"{document}{number}" for document in "abcd" for number in range(3)]
SCORES = st.integers(0, 100).map(lambda whole: whole / 100)


def candidates(fused: Mapping[str, float], documents: Mapping[str, float]) -> Candidates:
    """Candidates with these scores, whose document is the first letter of their id."""
    pool = pool_of({key: key[0] for key in fused})
    none = np.zeros(len(fused))
    scores = np.array([fused[id_] for id_ in pool.ids])
    whole = np.array([documents[document] for document in pool.document_ids])
    return Candidates(pool, none, none, scores, whole, weight=0.5, nearest=0)


def ranked(found: Candidates, share: float) -> dict[str, float]:
    """What each passage is ranked by, by its id."""
    return dict(zip(found.pool.ids, found.ranked(share).tolist(), strict=True))


@given(
    fused=st.dictionaries(st.sampled_from(PASSAGES), SCORES, min_size=1),
    documents=st.lists(SCORES, min_size=4, max_size=4, unique=True),
    share=st.floats(0.01, 1),
)
def test_documents_are_found_in_their_own_order(
    fused: dict[str, float], documents: list[float], share: float
) -> None:
    """Whoever reads the passages from the top meets the documents best first."""
    whole = dict(zip("abcd", documents, strict=True))
    by = ranked(candidates(fused, whole), share)
    order = sorted(by, key=lambda key: -by[key])
    met = list(dict.fromkeys(key[0] for key in order))
    assert met == sorted({key[0] for key in fused}, key=lambda key: -whole[key])
    assert by.keys() == fused.keys()


@given(
    fused=st.dictionaries(st.sampled_from(PASSAGES), SCORES, min_size=1),
    documents=st.lists(SCORES, min_size=4, max_size=4),
)
def test_without_a_share_passages_stand_alone(
    fused: dict[str, float], documents: list[float]
) -> None:
    """Nothing of the documents is in what passages are then ranked by."""
    found = candidates(fused, dict(zip("abcd", documents, strict=True)))
    assert ranked(found, 0.0) == fused


def test_a_share_counts_for_the_others_of_a_document() -> None:
    """The best passage has its document's score, and the next is on its way there."""
    found = candidates({"a0": 0.6, "a1": 0.2, "b0": 0.4}, {"a": 1.0, "b": 0.3})
    assert ranked(found, 0.5) == {"a0": 1.0, "a1": 0.6, "b0": 0.3}


@given(
    fused=st.dictionaries(st.sampled_from(PASSAGES), st.sampled_from((0.1, 0.2)), min_size=1),
    whole=st.lists(st.sampled_from((0.3, 0.4)), min_size=4, max_size=4),
    leaders=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
)
def test_those_who_lead_are_the_best_by_name(
    fused: dict[str, float], whole: list[float], leaders: int, order: random.Random
) -> None:
    """Of equals the first by name leads, in whatever order they came."""
    shuffled = dict(order.sample(list(fused.items()), len(fused)))
    documents = dict(zip("abcd", whole, strict=True))
    found = candidates(shuffled, documents)
    leading, best = found.leading(leaders)
    expected = sorted({key[0] for key in fused}, key=lambda key: (-documents[key], key))[:leaders]
    assert [found.pool.document(place) for place in leading] == expected
    assert [found.pool.id(place) for place in best] == [
        min((key for key in fused if key[0] == letter), key=lambda key: (-fused[key], key))
        for letter in expected
    ]
