"""How much of a page extractors keep: `python -m tests.benchmarks.extraction`.

Compares what Footnote does with trafilatura, readability-lxml and Resiliparse, where they are
installed (`pip install trafilatura resiliparse`), on the pages in tests/connectors/website/pages.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from footnote.connectors.formats import html
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.website.memory import Content
from footnote.connectors.website.texts import read_page
from tests.connectors.website.handbook_page import PAGES, kept

HEAD = "| page | extractor | sentences | extra words | headings | table | code | list | anchors |"


def footnote(page: str) -> Parsed | str:
    """The website connector's way."""
    return read_page(Content("text/html", "utf-8", "", page.encode()))


def reader(page: str) -> Parsed | str:
    """The reader of HTML files alone."""
    return html.read(page.encode(), "page.html")


def readability(page: str) -> Parsed | str:
    """readability-lxml's summary, read by the reader of HTML files."""
    summary = import_module("readability").Document(page).summary()
    return html.read(summary.encode(), "page.html")


def trafilatura(page: str) -> Parsed | str:
    """Trafilatura's Markdown."""
    found = import_module("trafilatura").extract(
        page, output_format="markdown", include_tables=True, include_formatting=True
    )
    return str(found or "")


def resiliparse(page: str) -> Parsed | str:
    """Resiliparse's text, which has no markup."""
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(page, main_content=True, preserve_formatting=True))


EXTRACTORS: tuple[Callable[[str], Parsed | str], ...] = (
    footnote,
    reader,
    readability,
    trafilatura,
    resiliparse,
)


def main() -> None:
    """Print one line a page and extractor."""
    print(HEAD)  # noqa: T201  the output
    print("|---" * HEAD.count(" | ") + "|---|")  # noqa: T201  the output
    for name, path in PAGES.items():
        page = path.read_text(encoding="utf-8")
        for extractor in EXTRACTORS:
            if extractor not in {footnote, reader} and find_spec(extractor.__name__) is None:
                continue
            try:
                found = extractor(page)
            except FormatError:
                found = ""
            text, marks = (found, ()) if isinstance(found, str) else (found.text, found.marks)
            got = kept(text, {mark.anchor for mark in marks})
            yes = ["yes" if good else "no" for good in (got.table, got.code, got.nested)]
            print(  # noqa: T201  the output
                f"| {name} | {extractor.__name__} | {got.sentences:.2f} | {got.extra} | "
                f"{got.headings}/3 | {' | '.join(yes)} | {got.anchors}/3 |"
            )


if __name__ == "__main__":
    main()
