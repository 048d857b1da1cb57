"""Source code is cut between definitions and named by its lines."""

from __future__ import annotations

from itertools import pairwise

from footnote.connectors.base import Syntax
from footnote.retrieval.chunking import code
from footnote.retrieval.chunking.cutter import Cutter
from footnote.retrieval.passages import Passage
from tests.retrieval.chunking.documents import document, token_spans

_BODY = "\n".join(f"    total += value_{i} * {i}" for i in range(24))


def _cut(text: str, url: str | None = "https://git.example/a.py") -> list[Passage]:
    return list(Cutter(token_spans).cut(document(text, Syntax.CODE, url=url)))


def _blocks(text: str) -> list[str]:
    return [text[element.start : element.end] for element in code.parse(text)]


def test_definitions_stay_whole_where_they_fit() -> None:
    """Each function with its decorator is in one passage, and no passage repeats another's end."""
    functions = [f"@cached\ndef f{i}(value):\n{_BODY}\n\n    return total" for i in range(4)]
    passages = _cut("import os\n\n\n" + "\n\n\n".join(functions))
    for function in functions:
        assert sum(function in passage.text for passage in passages) == 1
    assert all(one.end <= other.start for one, other in pairwise(passages))


def test_blocks_end_where_the_indentation_does() -> None:
    """No blank line is needed between definitions; closing signs belong to what they close."""
    assert _blocks("def f():\n    a\ndef g():\n    b\n") == ["def f():\n    a", "def g():\n    b"]
    assert _blocks("int f()\n{\n  a;\n\n  b;\n}\nint g()\n{\n  c;\n}") == [
        "int f()\n{\n  a;\n\n  b;\n}",
        "int g()\n{\n  c;\n}",
    ]
    assert _blocks("if a:\n    b\nelse:\n    c\n") == ["if a:\n    b\nelse:\n    c"]


def test_a_long_class_is_cut_between_its_methods() -> None:
    """Methods stay whole; the class's line is with the first one."""
    methods = [f"    def f{i}(self):\n        a = {i}\n\n        return a" for i in range(20)]
    text = "class Big:\n" + "\n\n".join(methods)
    passages = _cut(text)
    assert len(passages) > 1
    assert passages[0].text.startswith("class Big:\n    def f0")
    for method in methods:
        assert sum(method.strip() in passage.text for passage in passages) == 1
    assert all(one.end <= other.start for one, other in pairwise(passages))


def test_a_passage_is_named_by_its_lines() -> None:
    """The anchor and the place give the first and the last line, counted from 1."""
    passages = _cut(f"import os\n\n\ndef f():\n{_BODY}\n\n\ndef g():\n{_BODY}\n")
    assert [passage.url for passage in passages] == [
        "https://git.example/a.py#L1-L28",
        "https://git.example/a.py#L31-L55",
    ]
    assert passages[1].place == "lines 31–55"  # noqa: RUF001 - a range
    (one_line,) = _cut("\n\nx = 1\n")
    assert (one_line.url, one_line.place) == ("https://git.example/a.py#L3", "line 3")


def test_lines_without_a_url_are_a_place_only() -> None:
    """Where the document has no URL, neither has the passage."""
    (passage,) = _cut("x = 1\ny = 2\n", url=None)
    assert passage.url is None
    assert passage.place == "lines 1–2"  # noqa: RUF001 - a range


def test_deep_indentation_is_no_trouble() -> None:
    """A thousand levels of indentation are read."""
    assert _cut("\n".join(f"{' ' * depth}x = {depth}" for depth in range(1000)))
