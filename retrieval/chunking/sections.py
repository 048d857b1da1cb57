"""Sections: runs of elements under one heading, small ones put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from footnote.retrieval.chunking.elements import Element, Kind
from footnote.retrieval.chunking.measure import Budget

TINY = 0.2
"""A section of at most this share of a passage may be put together with its siblings."""

TOGETHER = 0.5
"""Siblings are put together up to this share, so that a passage keeps to one subject."""


@dataclass(frozen=True, slots=True)
class Section:
    """Elements that passages are cut from; none reaches from one section into another.

    Attributes:
        heading: The path of headings that holds for all of it.
        anchor: URL fragment of its heading, or "".
        elements: In order, headings included.
        follows_heading: True where it begins with the headings of sections without a text.
    """

    heading: tuple[str, ...]
    anchor: str
    elements: tuple[Element, ...]
    follows_heading: bool = False

    @property
    def start(self) -> int:
        """First character."""
        return self.elements[0].start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.elements[-1].end


def sections(elements: Sequence[Element], budget: Budget) -> tuple[Section, ...]:
    """Group elements into sections.

    Every heading opens one. A heading without a text of its own goes with the section after it.
    Neighbours under the same parent that are tiny share one section, under the parent's path.

    Args:
        elements: All elements of a document in order.
        budget: How much a passage of that document may hold, its context not yet taken off.
    """
    return tuple(_join_tiny(_join_bare(_by_heading(elements), budget), budget))


def _by_heading(elements: Iterable[Element]) -> list[Section]:
    found: list[list[Element]] = []
    for element in elements:
        if element.kind is Kind.HEADING or not found:
            found.append([])
        found[-1].append(element)
    return [Section(run[0].heading, run[0].anchor, tuple(run)) for run in found]


def _join_bare(found: Iterable[Section], budget: Budget) -> list[Section]:
    """Put headings without a text in front of the next section; the last ones behind the last."""
    joined: list[Section] = []
    bare: list[Section] = []
    for section in found:
        if all(element.kind is Kind.HEADING for element in section.elements):
            if bare and budget.share(bare[0].start, section.end) > TINY:
                joined.append(_together(bare))
                bare = []
            bare.append(section)
        elif bare:
            elements = (*_together(bare).elements, *section.elements)
            joined.append(replace(section, elements=elements, follows_heading=True))
            bare = []
        else:
            joined.append(section)
    if bare and joined:
        last = joined[-1]
        joined[-1] = replace(last, elements=last.elements + _together(bare).elements)
    elif bare:
        joined.append(_together(bare))
    return joined


def _join_tiny(found: Iterable[Section], budget: Budget) -> list[Section]:
    joined: list[Section] = []
    group: list[Section] = []
    for section in found:
        tiny = budget.share(section.start, section.end) <= TINY
        if not (
            tiny
            and group
            and _are_siblings(group[-1], section)
            and budget.share(group[0].start, section.end) <= TOGETHER
        ):
            if group:
                joined.append(_together(group))
            group = []
        if tiny:
            group.append(section)
        else:
            joined.append(section)
    if group:
        joined.append(_together(group))
    return joined


def _are_siblings(one: Section, other: Section) -> bool:
    return (
        bool(one.heading and other.heading)
        and one.heading[:-1] == other.heading[:-1]
        and not other.follows_heading
    )


def _together(group: Sequence[Section]) -> Section:
    """One section of several, under the part of their paths that is the same."""
    if len(group) == 1:
        return group[0]
    heading = group[0].heading
    for section in group[1:]:
        same = takewhile(
            lambda pair: pair[0] == pair[1], zip(heading, section.heading, strict=False)
        )
        heading = tuple(name for name, _ in same)
    elements = tuple(element for section in group for element in section.elements)
    return Section(heading, group[0].anchor, elements, group[0].follows_heading)
