"""HTML pages: their content as Markdown, without the site around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector

from footnote.connectors.base import Mark, Syntax
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.formats.encoding import decode, tidy
from footnote.connectors.formats.html_markdown import to_markdown
from footnote.connectors.formats.markdown import first_heading
from footnote.connectors.formats.titles import sensible

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_NEVER_CONTENT = (
    "head, title, script, style, noscript, template, nav, svg, canvas, iframe, object, embed, "
    "dialog, input, button, select, textarea, [hidden], [aria-hidden=true], [role=navigation], "
    "[role=search], [role=banner], [role=contentinfo]"
)
_CALLOUT = re.compile(
    r"admonition|alert|callout|footnote|note|tip|warning|important", re.IGNORECASE
)
# Noncharacters, which no text holds, keep a heading's place through the conversion.
_PLACE = re.compile("\ufdd0(?P<number>[0-9]{1,7})\ufdd1")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^<>]*>")
# The converter calls itself three times a level, within Python's limit of 1,000 calls.
_DEEPEST = 250
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads an HTML page.

    Raises:
        FormatError: It is in no encoding that it declares, or nested too deeply.
    """
    page = _XML_DECLARATION.sub("", _decode(raw).replace("\ufdd0", "").replace("\ufdd1", ""))
    try:
        soup = BeautifulSoup(page + "\n", "lxml")  # the line end says: markup, not a file name
        _refuse_deep(soup)
        title, author = _title(soup), _meta(soup, "author")
        content = _content(soup)
        anchors = _mark_headings(content)
        converted = to_markdown(content)
    except FormatError:
        raise
    except Exception as error:
        # The parser and the converter raise whatever odd markup leads them into.
        raise FormatError("it is not HTML that can be read") from error
    text, marks = _take_places(_BLANK_LINES.sub("\n\n", tidy(converted)).strip(), anchors)
    return Parsed(
        text=text + "\n" if text else "",
        syntax=Syntax.MARKDOWN,
        title=first_heading(text) or title,
        author=author,
        marks=marks,
    )


def _decode(raw: bytes) -> str:
    """Decodes as UTF-8 or UTF-16, or else as the page declares."""
    try:
        return decode(raw)
    except FormatError:
        declared = EncodingDetector.find_declared_encoding(raw, is_html=True)
        if declared is None or b"\x00" in raw:
            raise
        try:
            return tidy(raw.decode(declared))
        except (LookupError, ValueError):
            pass
        raise


def _refuse_deep(soup: BeautifulSoup) -> None:
    """Raises FormatError where the converter's recursion would not come back."""
    depths = {id(soup): 0}
    for element in soup.find_all():
        depths[id(element)] = depth = depths[id(element.parent)] + 1
        if depth > _DEEPEST:
            raise FormatError("its elements are nested too deeply")


def _title(soup: BeautifulSoup) -> str | None:
    title = soup.find("title")
    return sensible(title.get_text()) if isinstance(title, Tag) else None


def _meta(soup: BeautifulSoup, name: str) -> str | None:
    meta = soup.find("meta", attrs={"name": name})
    content = meta.get("content") if isinstance(meta, Tag) else None
    return sensible(content) if isinstance(content, str) else None


def _content(soup: BeautifulSoup) -> Tag:
    """The part of the page that is its own, with the site's furniture taken out."""
    for element in soup.select(_NEVER_CONTENT):
        element.decompose()
    for form in soup.find_all("form"):
        if form.find([*_HEADINGS, "p", "table", "article", "main"]) is None:
            form.decompose()
    articles = soup.find_all("article")
    candidates = [*soup.select("main, [role=main]"), *(articles if len(articles) == 1 else [])]
    main = next((part for part in candidates if part.get_text(strip=True)), None)
    content = main or soup.find("body") or soup
    for element in content.find_all(["header", "footer", "aside"]):
        if not element.decomposed and not _belongs(element, within_main=main is not None):
            element.decompose()
    return content


def _belongs(element: Tag, *, within_main: bool) -> bool:
    """Whether a header or an aside is the text's own: its heading, a note, a footnote."""
    if element.name == "header":
        return within_main and element.find(_HEADINGS) is not None
    return element.name == "aside" and bool(
        _CALLOUT.search(" ".join(element.get_attribute_list("class") or []))
    )


def _mark_headings(content: Tag) -> list[str]:
    """Puts a numbered place into each heading that has an anchor; returns the anchors."""
    anchors: list[str] = []
    for heading in content.find_all(_HEADINGS):
        anchor = next(_ids(heading), None)
        for link in heading.find_all("a"):
            if not any(map(str.isalnum, link.get_text())):
                link.decompose()  # the sign that copies the heading's address
        if anchor and heading.get_text(strip=True):
            heading.insert(0, f"\ufdd0{len(anchors)}\ufdd1")
            anchors.append(anchor)
    return anchors


def _ids(heading: Tag) -> Iterator[str]:
    """The ids that lead to a heading: its own, inside it, of the section it opens, or before it."""
    inside = heading.find_all(["a", "span"])
    section = heading.parent
    opens = section is not None and not any(
        before.get_text(strip=True) for before in heading.find_previous_siblings()
    )
    around = (
        [section] if section is not None and opens and section.name in {"section", "div"} else []
    )
    previous = heading.find_previous_sibling()
    mark = previous if isinstance(previous, Tag) and previous.name in {"a", "span"} else None
    before = [mark] if mark and not mark.get_text(strip=True) else []
    for element in (heading, *inside, *around, *before):
        value = element.get("id") or (element.get("name") if element.name == "a" else None)
        if isinstance(value, str) and value.strip():
            yield value.strip()


def _take_places(text: str, anchors: list[str]) -> tuple[str, tuple[Mark, ...]]:
    """Takes the places out of the text and makes marks of them, each at its line's start."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = taken = line = 0
    for place in _PLACE.finditer(text):
        before = text[taken : place.start()]
        pieces.append(before)
        newline = before.rfind("\n")
        if newline >= 0:
            line = length + newline + 1
        length += len(before)
        taken = place.end()
        number = int(place["number"])
        if number < len(anchors):
            marks.append(Mark(line, anchors[number], ""))
    return "".join((*pieces, text[taken:])), tuple(marks)
