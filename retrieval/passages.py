"""A passage: the piece of a document that is indexed, searched and cited."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG_RULE = re.compile(r"(?P<kept>([^\w\s])\2{2})\2+")
"""Four or more of the same sign, as in the rules of tables; its first three say as much."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one document.

    Attributes:
        id: Unique in the index, and different for every version of the document.
        document_id: The document that it is a span of.
        source: The name of the source.
        title: The document's title.
        heading: The headings above it, outermost first, without the title.
        text: Exactly `document.text[start:end]`; this is what is cited.
        start: First character of the span.
        end: One past the last character of the span.
        ordinal: Its place among the document's passages, from 0.
        url: A link that opens the document at this passage, or None.
        place: What a person calls the place in the document ("page 3"), or "".
        restrictions: Those of its document, which a reader has to meet beyond the source's
            audience; None where there are none.
    """

    id: str
    document_id: str
    source: str
    title: str
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    ordinal: int
    url: str | None = None
    place: str = ""
    restrictions: frozenset[str] | None = None

    @property
    def context(self) -> str:
        """The title and the headings above the passage, as one line."""
        return " > ".join((self.title, *self.heading))

    @property
    def searched(self) -> str:
        """What is embedded and searched: the context, then the text with its rules shortened.

        A rule under the head of a table may be two hundred signs wide, each of them a token.
        """
        return LONG_RULE.sub(r"\g<kept>", f"{self.context}\n{self.text}")
