"""Passages are of a good size, overlap in whole sentences and never cross a heading."""

from __future__ import annotations

from itertools import pairwise

import pytest

from footnote.connectors.base import Syntax
from footnote.retrieval.chunking import markdown
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.chunking.measure import Budget, Measure
from footnote.retrieval.chunking.pack import pack
from footnote.retrieval.chunking.sections import Section
from footnote.retrieval.chunking.sentences import sentence_spans
from tests.retrieval.chunking.documents import cut, document, prose, token_spans


def test_a_long_paragraph_is_cut_at_sentences_with_overlap() -> None:
    """Each passage begins with 10 to 20 % of whole sentences of the one before it."""
    text = prose(900)
    sentences = {text[start:end] for start, end in sentence_spans(text)}
    passages = cut(text)
    assert len(passages) == 7
    for one, other in pairwise(passages):
        shared = text[other.start : one.end]
        assert 15 <= len(shared.split()) <= 30
        assert {shared[start:end] for start, end in sentence_spans(shared)} <= sentences


def test_passages_of_a_section_are_of_about_the_same_length() -> None:
    """What does not fit into one passage is parted evenly, without a rest of a few words."""
    lengths = [len(passage.text.split()) for passage in cut(prose(162))]
    assert len(lengths) == 2
    assert min(lengths) > 0.8 * max(lengths)


def test_overlap_never_crosses_a_heading() -> None:
    """The passage after a heading begins with it."""
    text = f"## One\n\n{prose(200)}\n\n## Two\n\n{prose(200, 400)}"
    for passage in cut(text):
        assert ("word1 " in passage.text) <= (passage.heading == ("One",))
        assert "## Two" not in passage.text or passage.text.startswith("## Two")


def test_a_heading_goes_with_the_text_under_it() -> None:
    """No passage ends with a heading, also where the text after it has to be cut for it."""
    text = f"# Top\n\n## Section\n\n{prose(150)}\n\n{prose(150, 300)}"
    first = cut(text)[0]
    assert first.text.startswith("# Top\n\n## Section\n\nWord0")
    assert first.heading == ("Top", "Section")


def test_an_introduction_goes_with_what_it_introduces() -> None:
    """A line that ends in a colon is in the passage of the list after it."""
    items = "\n".join(f"- {prose(6, i * 20)}" for i in range(17))
    passages = cut(f"{prose(102, 600)}\n\nYou need:\n\n{items}")
    (found,) = [passage.text for passage in passages if "You need:" in passage.text]
    assert found.endswith(f"You need:\n\n{items}")


def test_tiny_siblings_share_a_passage_under_their_parent() -> None:
    """Two neighbours of a few words are one passage; its path is the common part."""
    text = f"# Top\n\n{prose(60)}\n\n## A\n\nShort.\n\n## B\n\nShort too.\n\n# Next\n\nShort."
    passages = cut(text)
    assert [passage.heading for passage in passages] == [("Top",), ("Top",), ("Next",)]
    assert passages[1].text == "## A\n\nShort.\n\n## B\n\nShort too."
    assert passages[1].url == "https://docs.example/page#a"


def test_tiny_siblings_share_no_more_than_half_a_passage() -> None:
    """A long row of tiny sections is put together a few at a time."""
    passages = cut("\n\n".join(f"## Name {i}\n\n{prose(12, i * 20)}" for i in range(20)))
    assert len(passages) == 4
    for number, passage in enumerate(passages):
        assert passage.text.startswith(f"## Name {5 * number}\n")


def test_sections_of_different_parents_share_no_passage() -> None:
    """Parents of the same name are different parents."""
    text = "# P\n\n## A\n\nOne.\n\n# P\n\n## B\n\nTwo."
    assert [passage.heading for passage in cut(text)] == [("P", "A"), ("P", "B")]


def test_a_section_of_some_length_keeps_its_own_passage() -> None:
    """Siblings that are not tiny are not put together."""
    text = f"## A\n\n{prose(42)}\n\n## B\n\n{prose(42, 100)}"
    assert [passage.heading for passage in cut(text)] == [("A",), ("B",)]


def test_headings_without_a_text_are_not_lost() -> None:
    """Bare headings go with the next section, the last ones with the last."""
    text = f"## Bare\n\n## A\n\n{prose(42)}\n\n## Last\n"
    (passage,) = cut(text)
    assert passage.text == text.strip()
    assert passage.heading == ("A",)


def test_no_overlap_reaches_over_a_heading_at_the_end() -> None:
    """A last heading that no longer fits is a passage by itself."""
    passages = cut(f"## A\n\n{prose(146)}\n\n## A last one without text")
    assert passages[-1].text == "## A last one without text"


def test_no_overlap_reaches_over_a_heading_inside_a_section() -> None:
    """Sections that were put together but do not fit are still cut before their headings."""
    text = f"## A\n\n{prose(90)}\n\n## B\n\n{prose(90, 200)}"
    budget = Budget(Measure(text, token_spans), 220, 150, 20)
    spans = list(pack(Section((), "", markdown.parse(text)), text, budget))
    assert [text[start : start + 4] for start, _ in spans] == ["## A", "## B"]


def test_a_heading_that_repeats_the_title_is_not_in_the_path() -> None:
    """The path leaves out a first heading that says the title again, in whatever case."""
    text = f"# MANUAL\n\n{prose(60)}\n\n## Part\n\n{prose(60, 100)}"
    assert [passage.heading for passage in cut(text)] == [(), ("Part",)]


def test_a_long_sentence_is_cut_at_words() -> None:
    """A sentence beyond every limit is cut between words, with overlap in words."""
    text = " ".join(f"w{i}" for i in range(500))
    passages = cut(text)
    assert {word for passage in passages for word in passage.text.split()} == set(text.split())
    for one, other in pairwise(passages):
        assert 15 <= len(text[other.start : one.end].split()) <= 30


def test_a_run_without_spaces_is_cut_at_characters() -> None:
    """A run of 20,000 characters is cut, though it is one word and one token."""
    passages = cut("x" * 20_000, Syntax.TEXT)
    assert "".join(passage.text for passage in passages) == "x" * 20_000
    assert max(len(passage.text) for passage in passages) <= 150 * 40


def test_a_wide_rule_takes_no_room() -> None:
    """The rule of a table counts, and is embedded, as three signs."""
    head = "| Name | About |\n|" + "-" * 300 + "|" + "-" * 300 + "|\n"
    (passage,) = cut(head + "| a | b |")
    assert passage.text == head + "| a | b |"
    assert passage.searched.endswith("|---|---|\n| a | b |")


def test_tokens_are_counted_with_the_context() -> None:
    """A longer title leaves less room; one beyond a third of the limit is counted as a third."""
    text = prose(400)
    counts = []
    for title in ("T", "long " * 30, "long " * 200):
        cutter = Cutter(token_spans, max_tokens=120)
        texts = [each.text for each in cutter.cut(document(text, title=title))]
        counts.append(max(len(token_spans(text)) for text in texts))
    assert counts[0] > 100 > counts[1]
    assert 50 < counts[2] <= 80


def test_a_document_without_text_has_no_passages() -> None:
    """Nothing but whitespace is cut into nothing."""
    for syntax in Syntax:
        assert cut(" \n\t\n", syntax) == []


def test_ids_change_with_the_content() -> None:
    """An id is the document's id, eight digits of its hash and the ordinal."""
    one, other = document("a"), document("b")
    (passage,) = Cutter(token_spans).cut(one)
    assert passage.id == f"docs:page#{one.content_hash[:8]}.0"
    assert Cutter(token_spans).cut(other)[0].id != passage.id
    assert RECIPE


def test_limits_without_room_are_refused() -> None:
    """An overlap of more than half a passage is a mistake in the program."""
    with pytest.raises(ValueError, match="overlap_words"):
        Cutter(token_spans, max_words=10, overlap_words=6)
