"""CSV, notebooks, reStructuredText, text and source code."""

from __future__ import annotations

import json

import pytest

from footnote.connectors.base import Syntax
from footnote.connectors.formats import READERS, read, suffix_of
from footnote.connectors.formats.base import FormatError, Parsed
from tests.connectors.samples import notebook


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_names_its_columns(delimiter: str) -> None:
    """Whatever parts the cells, each row is a list item; empty cells and rows are left out."""
    rows = [
        "Name,Office,Notes",
        "Ann,Berlin,likes tea",
        "Bo,,",
        ",,",
        '"Lee","New\nYork"',
        "a,b,c,d",
    ]
    raw = "\r\n".join(rows).replace(",", delimiter).encode()
    assert read(raw, "people.csv") == Parsed(
        "- Name: Ann; Office: Berlin; Notes: likes tea\n- Name: Bo\n"
        "- Name: Lee; Office: New York\n- Name: a; Office: b; Notes: c; column 4: d\n",
        Syntax.MARKDOWN,
    )


def test_tab_separated_values() -> None:
    """A .tsv file is parted by tabs, however many commas it holds."""
    raw = b"Last, first\tSays\nLee, Ann\tHello\n"
    assert read(raw, "a.TSV").text == "- Last, first: Lee, Ann; Says: Hello\n"


def test_bad_tables() -> None:
    """A file with only a header has no text; one that is no table is named with its line."""
    with pytest.raises(FormatError, match="it has no text"):
        read(b"Name,Office\n", "a.csv")
    with pytest.raises(FormatError, match="its line 2 is not a row of a table"):
        read(b"a,b\n" + b"x" * 200_000 + b",y\n", "a.csv")


def test_a_notebook_reads_as_its_author_wrote_it() -> None:
    """Prose as it is, code fenced in its language, printed text short and fenced."""
    raw = notebook(
        {"cell_type": "markdown", "source": ["# Leave *report*\n", "\n", "We count days."]},
        {
            "cell_type": "code",
            "source": "print('```')",
            "outputs": [
                {"output_type": "stream", "text": ["\x1b[31m25\x1b[0m days\n"]},
                {"output_type": "display_data", "data": {"image/png": "AAAA"}},
                {"output_type": "execute_result", "data": {"text/plain": "<Figure size 1x1>"}},
                {"output_type": "stream", "text": "".join(f"{line}\n" for line in range(99))},
            ],
        },
        {"cell_type": "code", "source": [], "outputs": []},
        language="r",
    )
    parsed = read(raw, "a.ipynb")
    printed = "\n".join(map(str, range(20)))
    assert parsed.text == (
        "# Leave *report*\n\nWe count days.\n\n````r\nprint('```')\n````\n\n"
        f"```text\n25 days\n```\n\n```text\n{printed}\n```\n"
    )
    assert (parsed.title, parsed.syntax) == ("Leave report", Syntax.MARKDOWN)


def test_an_old_notebook() -> None:
    """Format 3 keeps its cells in worksheets, and has heading cells."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Days"},
        {"cell_type": "heading", "level": "x", "source": "Odd"},
        {"cell_type": "code", "input": "1 + 1", "language": "python"},
    ]
    raw = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}).encode()
    assert read(raw, "a.ipynb").text == "## Days\n\n# Odd\n\n```python\n1 + 1\n```\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "it is not a notebook, as it is not valid JSON"),
        (b"[" * 100_000, "it is not a notebook, as it is not valid JSON"),
        (b'{"a": 1}', "it is not a notebook, as it has no cells"),
        (b"[1, 2]", "it is not a notebook, as it has no cells"),
        (b'{"cells": [1, null, {"cell_type": []}, {"source": 5}]}', "it has no text"),
        (b'{"cells": {"a": 1}, "metadata": 7}', "it has no text"),
    ],
)
def test_bad_notebooks(raw: bytes, reason: str) -> None:
    """JSON of another shape is refused with a reason."""
    with pytest.raises(FormatError) as refused:
        read(raw, "a.ipynb")
    assert refused.value.reason == reason


def test_lone_surrogates_do_not_pass() -> None:
    """A half of a character pair that JSON smuggles in becomes the replacement character."""
    raw = b'{"cells": [{"cell_type": "markdown", "source": "a\\ud83db \\ud83d\\ude00"}]}'
    assert read(raw, "a.ipynb").text == "a\ufffdb \U0001f600\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Leave policy\n============\n\nText.\n", "Leave policy"),
        ("=======\n Leave\n=======\n\nText.\n", "Leave"),
        (
            "Text.\n\n.. note:: x\n\nThe :ref:`leave <x>` of ``all``\n~~~~~~~~~~\n",
            "The leave of all",
        ),
        ("Text only.\n\n----\n\nMore.\n", None),
        ("=====  =====\nA      B\n=====  =====\n", None),
    ],
)
def test_restructuredtext(text: str, title: str | None) -> None:
    """The text stays as it is; the first section's title is the document's."""
    assert read(text.encode(), "a.rst") == Parsed(text, Syntax.RST, title)


def test_restructuredtext_names_its_author() -> None:
    """The author is read from the field list at the top."""
    assert read(b"Leave\n=====\n\n:Author: Ann Lee\n", "a.rst").author == "Ann Lee"


def test_text_and_code_stay_as_they_are() -> None:
    """Plain text has no title of its own; code is called by its path."""
    text = "  # not a heading\n\ttabs and spaces  \n\n"
    assert read(text.encode(), "src/a.txt") == Parsed(text, Syntax.TEXT)
    assert read(text.encode(), "src/a.py") == Parsed(text, Syntax.CODE, "src/a.py")


def test_suffixes() -> None:
    """A suffix is known in either case; a hidden file's name is no suffix."""
    assert suffix_of("a/b.tar.MD") == "md"
    assert suffix_of("README") == suffix_of(".md") == ""
    assert all(suffix == suffix.lower() for suffix in READERS)
    with pytest.raises(FormatError, match="it is of a format that cannot be read"):
        read(b"text", "a.exe")
