"""Words, stems and terms."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import strategies as st

from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.text import STOP_WORDS, Analyzer, fold, without_link_targets, words
from tests.properties import holds_for

ANALYZER = Analyzer()
LETTERS = st.characters(max_codepoint=0x17F, exclude_characters="\u0131")
"""Latin letters and signs, without the dotless i, whose capital is that of i."""
UNUSUAL = "kube_pod_status maxTokens retrieval.text Résumés the and GSA's 3.11 running größe 請假"
texts = st.lists(
    st.sampled_from([*UNUSUAL.split(), "🎉", "HTTPServer", "--dry-run", "e.g.", "x"])
).map(" ".join) | st.text(LETTERS, max_size=40)


def passage(text: str, title: str = "", heading: tuple[str, ...] = ()) -> Passage:
    """A passage with this text."""
    return Passage("p", "d", "s", title, heading, text, 0, len(text), 0)


def asked(text: str) -> dict[Field, FieldQuery]:
    """The query of each field."""
    return {query.field: query for query in ANALYZER.query(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kube_pod_status", ["kube_pod_status", "kube", "pod", "status"]),
        ("maxTokens", ["maxtokens", "max", "tokens"]),
        ("HTTPServer2Go", ["httpserver2go", "http", "server2", "go"]),
        ("retrieval.text", ["retrieval.text", "retrieval", "text"]),
        ("my_moduleName.run", ["my_modulename.run", "my", "module", "name", "run"]),
        ("Python 3.11.", ["python", "3.11"]),
        ("The end. Next", ["the", "end", "next"]),
        ("GSA's team's", ["gsa", "team"]),
        ("don\u2019t", ["don"]),
        ("pre-tax and/or --dry-run", ["pre", "tax", "and", "or", "dry", "run"]),
        ("Résumé GRÖSSE Straße", ["resume", "grosse", "strasse"]),
        ("請假 多久", ["請假", "多久"]),
        ("🎉 … !", []),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    """Words are folded; an identifier stands whole and then in its parts, a number stays whole."""
    assert words(text) == found


@holds_for(st.text(LETTERS, max_size=12))
def test_folding_is_final(word: str) -> None:
    """Folding twice is folding once, and capitals never matter."""
    assert fold(fold(word)) == fold(word)
    assert fold(word.upper()) == fold(word)


@pytest.mark.parametrize(("word", "folded"), [("ᴬ", "a"), ("\u2133ax", "max")])
def test_letters_of_other_shapes_are_letters(word: str, folded: str) -> None:
    """Raised, round and script letters are the letters that they stand for, in lower case."""
    assert fold(word) == folded


def test_accents_and_endings_do_not_matter() -> None:
    """The stems of a word are those of its other forms."""
    assert ANALYZER.stems("Résumés") == ANALYZER.stems("resume")
    assert ANALYZER.stems("travelling") == ANALYZER.stems("Travel") == ["travel"]


def test_stop_words_stand_only_where_nothing_else_does() -> None:
    """Words without a topic are left out, unless the whole question is made of them."""
    assert ANALYZER.stems("How do I get it to the team?") == ["get", "team"]
    assert ANALYZER.stems("To be or to be") == ["to", "be", "or", "to", "be"]
    assert asked("who are you")[Field.WORDS].terms == ("who", "are", "you")
    assert "not" not in STOP_WORDS
    assert "no" not in STOP_WORDS


def test_pairs_are_neighbours() -> None:
    """Adjacent stems make pairs, over stop words too."""
    terms = ANALYZER.terms(passage("Leave of the travelling desk", "T"))
    assert terms[Field.PAIRS] == ["t leav", "leav travel", "travel desk"]
    assert asked("leave")[Field.PAIRS].terms == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('see [the guide](https://x.example/secret_(path) "Title") now', "see the guide now"),
        ("![a picture](secret.png)", "a picture"),
        ("f(x) [1] [a] (b)", "f(x) [1] [a] (b)"),
    ],
)  # fmt: skip
def test_link_targets_are_no_words(text: str, shown: str) -> None:
    """An address in a link is not matched, what the link shows is."""
    assert without_link_targets(text) == shown
    stems = ANALYZER.terms(passage(text))[Field.STEMS]
    assert not {"secret", "secret.png", "https"} & set(stems)


def test_titles_and_headings_are_matched() -> None:
    """A passage is found by its title and headings, and the title has a field of its own."""
    terms = ANALYZER.terms(passage("Ask Ann.", "Travel Guide", ("Trains",)))
    assert terms[Field.STEMS] == ["travel", "guid", "train", "ask", "ann"]
    assert terms[Field.WORDS] == ["travel", "guide", "trains", "ask", "ann"]
    assert terms[Field.TITLE] == ["travel", "guid"]


@holds_for(texts, examples=200)
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    """What a passage is indexed by is what the same text asks for, field by field."""
    plain = without_link_targets(text)
    terms, query = ANALYZER.terms(passage(plain, plain)), asked(plain)
    alone = ANALYZER.terms(passage(plain))
    assert list(alone[Field.STEMS]) == list(query[Field.STEMS].terms)
    assert list(alone[Field.PAIRS]) == list(query[Field.PAIRS].terms)
    assert list(terms[Field.TITLE]) == list(query[Field.TITLE].terms)
    if set(words(plain)) - STOP_WORDS:
        assert list(alone[Field.WORDS]) == list(query[Field.WORDS].terms)


@holds_for(texts)
def test_terms_are_plain(text: str) -> None:
    """Terms are lower case, never empty, and hold no white space but a pair's one."""
    for query in ANALYZER.query(text):
        assert query.weight > 0
        for term in query.terms:
            assert term
            assert term == fold(term)
            assert len(term.split()) <= (2 if query.field is Field.PAIRS else 1)


def test_threads_share_an_analyzer() -> None:
    """Many threads at once get what one gets alone."""
    many = [f"travelling employees number{n} are booking trips" * 20 for n in range(40)]
    alone = [Analyzer().stems(text) for text in many]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ANALYZER.stems, many * 5)) == alone * 5


def test_every_question_of_real_channels_has_something_to_search_for(test_data: Path) -> None:
    """What people wrote to open a thread leaves words and stems to match, whatever it is."""
    lines = (test_data / "eval" / "chat-threads" / "first_questions.jsonl").read_text("utf-8")
    questions = [json.loads(line)["text"] for line in lines.splitlines()]
    assert len(questions) > 700
    for question in questions:
        stems, plain, *_ = ANALYZER.query(question)
        assert stems.terms, question
        assert plain.terms, question
