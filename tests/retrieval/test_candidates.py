"""What passages are ranked by."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from footnote.retrieval.candidates import Candidates

PASSAGES = [f"{document}{number}" for document in "abcd" for number in range(3)]
SCORES = st.integers(0, 100).map(lambda whole: whole / 100)


def candidates(fused: Mapping[str, float], documents: Mapping[str, float]) -> Candidates:
    """Candidates with these scores, whose document is the first letter of their id."""
    owner = {key: key[0] for key in fused}
    kept = {document: documents[document] for document in set(owner.values())}
    return Candidates(owner, {}, {}, fused, kept, weight=0.5, nearest=0)


@given(
    fused=st.dictionaries(st.sampled_from(PASSAGES), SCORES, min_size=1),
    documents=st.lists(SCORES, min_size=4, max_size=4, unique=True),
    share=st.floats(0.01, 1),
)
def test_documents_are_found_in_their_own_order(
    fused: dict[str, float], documents: list[float], share: float
) -> None:
    """Whoever reads the passages from the top meets the documents best first."""
    found = candidates(fused, dict(zip("abcd", documents, strict=True)))
    ranked = found.ranked(share)
    order = sorted(ranked, key=lambda key: -ranked[key])
    met = list(dict.fromkeys(key[0] for key in order))
    assert met == sorted(found.documents, key=lambda key: -found.documents[key])
    assert ranked.keys() == fused.keys()


@given(
    fused=st.dictionaries(st.sampled_from(PASSAGES), SCORES, min_size=1),
    documents=st.lists(SCORES, min_size=4, max_size=4),
)
def test_without_a_share_passages_stand_alone(
    fused: dict[str, float], documents: list[float]
) -> None:
    """Nothing of the documents is in what passages are then ranked by."""
    assert candidates(fused, dict(zip("abcd", documents, strict=True))).ranked(0.0) == fused


def test_a_share_counts_for_the_others_of_a_document() -> None:
    """The best passage has its document's score, and the next is on its way there."""
    found = candidates({"a0": 0.6, "a1": 0.2, "b0": 0.4}, {"a": 1.0, "b": 0.3})
    assert found.ranked(0.5) == {"a0": 1.0, "a1": 0.6, "b0": 0.3}
