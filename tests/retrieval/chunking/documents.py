"""Documents for the tests of cutting: made by hand, and drawn by hypothesis."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from footnote.connectors.base import Document, Mark, Syntax
from footnote.retrieval.chunking.cutter import Cutter
from footnote.retrieval.passages import Passage

_TOKEN = re.compile(r"\w+|[^\w\s]")


def token_spans(text: str) -> list[tuple[int, int]]:
    """Words and single signs."""
    return [token.span() for token in _TOKEN.finditer(text)]


def document(
    text: str,
    syntax: Syntax = Syntax.MARKDOWN,
    *,
    title: str = "Manual",
    url: str | None = "https://docs.example/page",
    marks: tuple[Mark, ...] = (),
) -> Document:
    """A document with this text."""
    return Document("docs:page", "docs", "1", text, title, syntax, url, marks=marks)


def cut(
    text: str,
    syntax: Syntax = Syntax.MARKDOWN,
    *,
    max_tokens: int = 220,
    max_words: int = 150,
    overlap_words: int = 20,
) -> list[Passage]:
    """The passages of a text."""
    cutter = Cutter(
        token_spans, max_tokens=max_tokens, max_words=max_words, overlap_words=overlap_words
    )
    return list(cutter.cut(document(text, syntax)))


def prose(words: int, start: int = 0) -> str:
    """Sentences of six words, all different."""
    numbered = [f"word{start + index}" for index in range(words)]
    sentences = [" ".join(numbered[index : index + 6]) for index in range(0, words, 6)]
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a cutter."""

    max_tokens: int
    max_words: int
    overlap_words: int


limits = st.builds(
    Limits,
    max_tokens=st.integers(20, 120),
    max_words=st.integers(10, 80),
    overlap_words=st.integers(0, 5),
)

_words = st.lists(
    st.sampled_from(
        [
            "travel",
            "card",
            "GSA",
            "3.11",
            "e.g.",
            "Dr.",
            "café",
            "語。",
            "`a. B`",
            "**bold**",
            "a|b",
        ]
    ),
    min_size=1,
    max_size=14,
).map(" ".join)
_sentence = st.builds(lambda words, end: words.capitalize() + end, _words, st.sampled_from(".!?:"))
_paragraph = st.lists(_sentence, min_size=1, max_size=5).map(" ".join)
_line = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=40
) | st.sampled_from(
    ["~~~", "```", "---", "====", "> ", "- ", "1. ", "| a |", "# ", "::", "..", "    ", "\t", "<p>"]
)
_noise = st.text(max_size=60)


def _indented(by: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda text: "\n".join(f"{by}{line}" for line in text.split("\n")))


_items = st.lists(_paragraph, min_size=1, max_size=5)
_code = st.lists(_line, max_size=8).map("\n".join)
_list = st.builds(
    lambda marker, items: "\n".join(f"{marker} {item}" for item in items),
    st.sampled_from(["-", "*", "1.", "2)"]),
    _items,
)
_rows = st.lists(st.tuples(_words, _words), max_size=6)

_markdown = st.one_of(
    st.builds(lambda level, name: "#" * level + f" {name}", st.integers(1, 6), _words),
    st.builds(lambda name, rule: f"{name}\n{rule * 4}", _words, st.sampled_from("=-")),
    st.builds(lambda name: f"## {name} {{#given}}", _words),
    st.builds(
        lambda fence, code: f"{fence}sh\n{code}\n{fence}", st.sampled_from(["```", "~~~"]), _code
    ),
    _list,
    st.builds(lambda items, inner: f"{items}\n{inner}", _list, _indented("   ", _list)),
    _rows.map(
        lambda rows: "\n".join(["| a | b |", "|---|------|", *(f"| {a} | {b} |" for a, b in rows)])
    ),
    _indented("> ", _paragraph),
    _words.map(lambda words: f"<div>\n{words}\n</div>"),
    st.just("[link]: https://docs.example/very/long"),
)
_rst = st.one_of(
    st.builds(lambda name, sign: f"{name}\n{sign * len(name)}", _words, st.sampled_from("=-~^")),
    _words.map(lambda name: f"{'=' * 20}\n{name}\n{'=' * 20}"),
    st.builds(lambda words, code: f"{words}::\n\n{code}", _words, _indented("   ", _code)),
    st.builds(lambda code: f".. code-block:: sh\n\n{code}", _indented("   ", _code)),
    _paragraph.map(lambda text: f".. note:: {text}"),
    _list,
    st.builds(lambda items, inner: f"{items}\n\n{inner}", _list, _indented("  ", _list)),
    st.just("==== ====\na    b\n==== ====\n1    2\n\n3    4\n==== ===="),
    st.just("+---+---+\n| a | b |\n+---+---+"),
    st.just(".. _label:"),
)
_source = st.one_of(
    st.builds(
        lambda name, body: f"def {name}():\n{body}",
        st.sampled_from("fgh"),
        _indented("    ", _code),
    ),
    _code,
    st.just("class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2"),
    st.just("int main()\n{\n    return 0;\n}"),
)
_ONE_WORD = "x" * 300

_parts = {
    Syntax.MARKDOWN: _markdown,
    Syntax.RST: _rst,
    Syntax.TEXT: _paragraph,
    Syntax.CODE: _source,
}


def _document_of(syntax: Syntax) -> st.SearchStrategy[Document]:
    part = st.one_of(_parts[syntax], _paragraph, _noise, st.just(_ONE_WORD))
    gap = st.sampled_from(["\n\n", "\n\n", "\n", "\r\n\r\n", "\n \n", "\n\n\n"])
    text = st.lists(st.tuples(part, gap), max_size=10).map(
        lambda pairs: "".join(part + gap for part, gap in pairs)
    )
    return st.builds(document, text, st.just(syntax), title=_words)


documents = st.sampled_from(Syntax).flatmap(_document_of)
