"""One page of a handbook as nine generators write it, and how much of it an extractor keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

PAGES = {path.stem: path for path in sorted((Path(__file__).parent / "pages").glob("*.html"))}

SENTENCES = (
    "Annual leave",
    "Everyone has 25 days of leave a year, and three more after five years of service.",
    "How to ask for leave",
    "Write to your manager two weeks before. The request is a form in the portal:",
    "Choose the days.",
    "Name a stand-in.",
    "The stand-in has to agree.",
    "A stand-in cannot be on leave.",
    "Send the form.",
    "What counts",
    "Public holiday",
    "Sick day",
    "Bridge day",
    "Carrying days over",
    "Ten days can be carried over until the end of March.",
    "def carried(days: int) -> int:",
    "return min(days, 10)",
    "Days beyond that lapse; nobody is paid for them.",
)
REST = "Kind of day Counts Paid no yes no yes yes yes python 1 2 3"
HEADINGS = {
    "## How to ask for leave": {"asking", "how-to-ask-for-leave"},
    "## What counts": {"what-counts"},
    "### Carrying days over": {"carrying-over", "carrying-days-over"},
}
ROW = re.compile(r"\| *Public holiday *\| *no *\| *yes *\|")
CODE = re.compile(r"```.*\ndef carried\(days: int\) -> int:\n    return min\(days, 10\)\n```")
NESTED = re.compile(r"(?m)^ {2,}[-*] .*stand-in has to agree")


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of the page is in a text.

    Attributes:
        sentences: Share of its sentences (0…1).
        extra: Words that are not its own.
        headings: How many of its three headings below the first are headings, of their level.
        table: Its table is a table.
        code: Its code is a fence with the same lines.
        nested: Its list inside a list is one.
        anchors: How many of the three headings can be linked to.
    """

    sentences: float
    extra: int
    headings: int
    table: bool
    code: bool
    nested: bool
    anchors: int


def kept(text: str, anchors: AbstractSet[str] = frozenset()) -> Kept:
    """Compare a text, and the anchors that came with it, with the page."""
    words = _words(text)
    own = Counter(_words(" ".join((*SENTENCES, REST))))
    line = f" {' '.join(words)} "
    found = [f" {' '.join(_words(sentence))} " in line for sentence in SENTENCES]
    lines = {re.sub(r"[\u200b\u00b6#]+$", "", row).strip() for row in text.splitlines()}
    return Kept(
        sentences=sum(found) / len(found),
        extra=sum((Counter(words) - own).values()),
        headings=len(HEADINGS.keys() & lines),
        table=ROW.search(text) is not None,
        code=CODE.search(text) is not None,
        nested=NESTED.search(text) is not None,
        anchors=sum(bool(names & anchors) for names in HEADINGS.values()),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
