"""How citations are held against evidence."""

from __future__ import annotations

import pytest

from footnote.bot.evaluation.answers import Agreement, agreement, cited_sentences, sentences_of
from footnote.bot.evaluation.beir import CorpusText, Evidence
from footnote.bot.evaluation.corpus import SOURCE, document_id
from footnote.bot.questions import Citation
from footnote.retrieval.passages import Passage

TEXT = CorpusText(
    "a", "Tea", "Same . Same . Twelve chars . ", ("Same .", "Same .", "Twelve chars .")
)


def _citation(start: int, end: int, corpus_id: str = "a") -> Citation:
    passage = Passage("p", document_id(corpus_id), SOURCE, "", (), "", start, end, 0)
    return Citation(1, passage, "", start, end)


def test_sentences_stand_where_the_corpus_has_them() -> None:
    """A sentence that stands twice has two places."""
    assert sentences_of(TEXT) == [
        ((0, 6), "Same ."),
        ((7, 13), "Same ."),
        ((14, 28), TEXT.sentences[2]),
    ]


def test_without_marked_sentences_the_product_cuts_them() -> None:
    """A corpus need not know its sentences."""
    found = sentences_of(CorpusText("b", "", "One is here. Two is there."))
    assert [words for _, words in found] == ["One is here.", "Two is there."]


@pytest.mark.parametrize(
    ("quotes", "cited"),
    [
        ([_citation(14, 21)], {("a", "Twelve chars .")}),
        ([_citation(14, 20)], set()),
        ([_citation(14, 18), _citation(16, 20), _citation(20, 21)], {("a", "Twelve chars .")}),
        ([_citation(14, 28, "b")], set()),
    ],
    ids=["half", "less", "half in parts, overlaps once", "another document"],
)
def test_a_quote_counts_for_what_it_covers_by_half(
    quotes: list[Citation], cited: set[tuple[str, str]]
) -> None:
    """Half of a sentence's characters, in its own document, have to be quoted."""
    assert cited_sentences(quotes, {"a": sentences_of(TEXT), "b": []}) == cited


def test_agreement_by_hand() -> None:
    """Two of three cited are among four marked: 2/3, 2/4, and 4/7 for F1."""
    cited = {("d", "1"), ("d", "2"), ("other", "3")}
    evidence = Evidence("d", (frozenset("1234"),))
    found = agreement(cited, evidence)
    assert (found.precision, found.recall) == (2 / 3, 2 / 4)
    assert found.f1 == pytest.approx(4 / 7)


def test_the_better_matching_annotator_counts() -> None:
    """Precision and recall are both against the annotator with the highest F1."""
    evidence = Evidence("d", (frozenset("9"), frozenset("12"), frozenset("1")))
    assert agreement({("d", "1")}, evidence) == Agreement(1.0, 1.0, 1.0)


def test_citing_nothing_is_wrong() -> None:
    """No citation gives zeros, not an error."""
    assert agreement(set(), Evidence("d", (frozenset("1"),))) == Agreement(0.0, 0.0, 0.0)
