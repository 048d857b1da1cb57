"""Sentences are told as a reader tells them."""

# ruff: noqa: RUF001 - the marks of other languages are meant

from __future__ import annotations

import pytest

from footnote.retrieval.chunking.sentences import sentence_spans

# Each text is given with its sentences parted by "¦", which is taken out before it is read.
_PROSE = [
    "One. ¦Two! ¦Three? ¦Four",
    "Dr. Smith met Prof. Jones at St. Mary's. ¦They talked.",
    "Use a tool, e.g. Word, i.e. the usual one. ¦Then go on.",
    "The U.S. Department has offices in the U.S. ¦The others are abroad.",
    "It opens at 8 a.m. Monday and closes at 5 p.m. ¦On Friday it is closed.",
    "J. R. R. Tolkien wrote it. ¦George F. Will did not.",
    "Pay 3.50 now. ¦Python 3.11 runs; v2.0.1 is old. ¦See section 2.3.",
    "See fig. 3 and No. 5 on p. 12. ¦The answer is no. ¦Ask again.",
    "Open https://a.example/b.html?x=1. ¦Then read config.yaml. ¦Done.",
    "Acme Inc. Chairman Jane left Acme Inc. ¦The board agreed.",
    "Bring pens, paper, etc. ¦We start early.",
    'He said "Stop." ¦She did not. ¦"Why?" he asked.',
    "It works (see below). ¦(More on that later.) ¦**Note.** ¦Save first.",
    "Read [the guide.](https://a.example/b) ¦Then start. ¦That is all.[1] ¦Really.",
    "Wait... there is more. ¦And then… ¦Nothing.",
    "Run `it now. Then` first. ¦`pip` is next. ¦iPhones last. ¦https://a.example is next.",
    "これは文です。¦次の文！¦そして？¦「終わり。」¦はい",
    "Alles ist gut. ¦Ich komme z. B. Montag, d.h. bald. ¦Österreich auch.",
    "In 2019. ¦The next year",
    "Steps: 1. Open it. ¦2. Close it.",
    "The rate is $5 in the app. ¦3 people pay it.",
    "It was the best day.<br>¦The next was worse.",
]
_TOKENISED = [
    "It is soft , downy and even . ¦However , the tail may vary . ¦Why ?",
    "It is a `` double coat '' . ¦The `` season '' -- seven -- counts .",
    "He said `` I will not go . '' ¦Then he went . ¦`` Good ! '' she said .",
    "( It is optional . ) ¦James Pickens , Jr . ) organizes it in Washington D.C. by then .",
    "There are 1.5 of them in the U.S. Senate . ¦Mr. Bean agrees .",
]
_MARKDOWN = [
    "# A heading. Still it\n\n¦Text of it. ¦More.",
    "Setext heading. Whole\n=====\n¦Text.",
    "Wrapped at a width so that the line\nbreaks in the middle. ¦It goes\non.",
    "- One item\n- ¦Another one. ¦With two\n  sentences\n  - ¦Nested",
    "1. First\n2. ¦Second\n10. ¦Tenth",
    "| a. B | c |\n|---|---|\n¦| d. E | f |",
    "It is. So | c\n--- | ---\n¦It was. So | f",
    "```\n¦a. B\n\n¦c. D\n¦```\n¦Text. ¦More.",
    "Code ends. ¦Here\n```\n¦Prose goes on. ¦It does.",
    "code = 1\n```\n¦Prose goes on. ¦It does.\n\n¦```sh\n¦y = 2\n¦```",
    "> Quoted text that\n> goes on. ¦And on.",
    "> - Item\n> - ¦Other. ¦Item",
    "- [ ] To do\n- [x] ¦Done",
    "<div>\n¦Text. ¦More.\n¦</div>",
    "Short line\n¦The second line is a good deal longer than the first one.",
    "Name  \n¦Street  \n¦Town",
    "Text.\n\n---\n\n¦Other. ¦Text.",
    "Text [a]. ¦See [b].\n\n¦[a]: https://a.example/x. Y\n¦[b]: https://b.example",
    "Title\n~~~~~\n¦Text. ¦More.\n\n¦Other\n~~~~~\n¦Text. ¦More.",
    ".. note:: A note. More\n¦Text. ¦More.",
]


def _expected(marked: str) -> list[str]:
    return [part.strip() for part in marked.split("¦")]


@pytest.mark.parametrize("marked", _PROSE + _TOKENISED)
def test_prose_is_split_at_the_ends_of_sentences(marked: str) -> None:
    """Abbreviations, numbers, names and quotes do not mislead, spaced-out tokens neither."""
    text = marked.replace("¦", "")
    assert [text[start:end] for start, end in sentence_spans(text)] == _expected(marked)


@pytest.mark.parametrize("marked", _MARKDOWN)
def test_markdown_is_split_at_its_structure_too(marked: str) -> None:
    """Headings, items, rows and lines of code are by themselves, and markers in no sentence."""
    text = marked.replace("¦", "")
    found = [text[start:end] for start, end in sentence_spans(text)]
    assert [_without_signs(each) for each in found] == [
        _without_signs(each) for each in _expected(marked) if _without_signs(each)
    ]


def _without_signs(sentence: str) -> str:
    """Letters and what is among them: markers and rules may stand on either side of a cut."""
    lines = [line.strip(" #>-=~`|x[]0123456789.") for line in sentence.split("\n")]
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("## Heading\n\nText.", ["Heading", "Text."]),
        ("- [x] Done.\n2) Next", ["Done.", "Next"]),
        ("1. First\n2. Second\n10. Tenth", ["First", "Second", "Tenth"]),
        ("It was on day\n12. Next one.", ["It was on day\n12.", "Next one."]),
        ("> # Quoted\n> - item", ["# Quoted", "item"]),
        ("* * *\n\n- \n\n|---|", []),
    ],
)
def test_markers_belong_to_no_sentence(text: str, sentences: list[str]) -> None:
    """A sentence can be quoted without the sign of the item that it stands in."""
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_a_very_long_paragraph_takes_no_longer_for_each_sentence() -> None:
    """A paragraph of 20,000 sentences is split into as many."""
    assert len(sentence_spans("Word after word. " * 20_000)) == 20_000
