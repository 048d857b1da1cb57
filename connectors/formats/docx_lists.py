"""Which paragraphs of a Word document are list items, and what stands before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

_LIST_STYLE = re.compile(r"list (?P<kind>bullet|number)(?: (?P<level>[2-5]))?", re.IGNORECASE)
_DEEPEST = 8


class ListItems:
    """Gives list items their bullet or number as the paragraphs go by, in order."""

    def __init__(self, document: Document) -> None:
        self._styles = {
            style.style_id: (bool(found["kind"].lower() == "number"), int(found["level"] or 1) - 1)
            for style in document.styles
            if (found := _LIST_STYLE.fullmatch(style.name or ""))
        }
        self._numbered = _numbered_levels(document)
        self._counts: list[int] = []

    def interrupt(self) -> None:
        """Ends the current list: the next numbers start again."""
        self._counts = []

    def bullet(self, paragraph: BaseOxmlElement) -> str:
        """The item's indentation with "- " or its number, or "" where it is not a list item."""
        found = self._own(paragraph) or self._styles.get(paragraph.style or "")
        if found is None:
            self.interrupt()
            return ""
        numbered, level = found
        self._counts = [*self._counts[: level + 1], *[0] * (level + 1 - len(self._counts))]
        self._counts[level] += 1
        return "   " * level + (f"{self._counts[level]}. " if numbered else "- ")

    def _own(self, paragraph: BaseOxmlElement) -> tuple[bool, int] | None:
        """The numbering that the paragraph itself carries: whether it counts, and its level."""
        numbering = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is None:
            return None
        number, level = (_value(numbering, name) for name in ("w:numId", "w:ilvl"))
        if number in {None, "0"}:
            return None
        depth = min(int(level), _DEEPEST) if level and level.isdecimal() else 0
        return (number, str(depth)) in self._numbered, depth


def _numbered_levels(document: Document) -> set[tuple[str | None, str | None]]:
    """The pairs of w:numId and w:ilvl whose items count instead of having a bullet."""
    parts = [
        part for part in document.part.package.parts if part.partname.endswith("/numbering.xml")
    ]
    numbered = set()
    for part in parts:
        root = getattr(part, "element", None)
        if root is None:
            continue
        counting = {
            (definition.get(qn("w:abstractNumId")), level.get(qn("w:ilvl")))
            for definition in root.iterchildren(qn("w:abstractNum"))
            for level in definition.iterchildren(qn("w:lvl"))
            if _value(level, "w:numFmt") not in {"bullet", "none", None}
        }
        for number in root.iterchildren(qn("w:num")):
            definition = _value(number, "w:abstractNumId")
            numbered |= {
                (number.get(qn("w:numId")), level)
                for counting_definition, level in counting
                if counting_definition == definition
            }
    return numbered


def _value(element: BaseOxmlElement, name: str) -> str | None:
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))
