"""The walk over a site: which of its pages are documents, in an order that is always the same."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnote.connectors.base import CutShortError
from footnote.connectors.website.sitemaps import Entry

if TYPE_CHECKING:
    from footnote.connectors.website.looking import Look, Looker
    from footnote.connectors.website.robots import Robots
    from footnote.connectors.website.urls import Scope

_HOPELESS = 10
"""After so many pages in a row that cannot be read, it is the site that is down."""
_AHEAD = 2
"""So many times as many pages as may be asked for at once are begun, as they end in order."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document of the site.

    Attributes:
        address: Where it is.
        version: Of its content; "" where that is not known today.
        failure: Why it cannot be read, as the end of a sentence; "" where it can.
    """

    address: str
    version: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a walk goes.

    Attributes:
        scope: Which addresses belong to the source.
        max_pages: With more pages it is cut short.
        max_depth: How many links it follows from its start; 0 follows none.
        at_once: How many pages are looked at side by side.
    """

    scope: Scope
    max_pages: int
    max_depth: int
    at_once: int


@dataclass(slots=True)
class Walk:
    """One walk over a site.

    Attributes:
        looker: Looks at a page.
        robots: Says which pages may be looked at.
        bounds: How far it goes.
        looks: Pages that were looked at already.
    """

    looker: Looker
    robots: Robots
    bounds: Bounds
    looks: Mapping[Entry, Look] = field(default_factory=dict)
    _waiting: deque[tuple[Entry, int]] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)
    _contents: set[str] = field(default_factory=set)
    _listed: set[str] = field(default_factory=set)
    _copies: dict[str, Found] = field(default_factory=dict)
    _originals: dict[str, str] = field(default_factory=dict)
    _blind: str = ""

    async def documents(self, start: Iterable[Entry]) -> AsyncGenerator[Found, None]:
        """The documents that the walk meets, each once.

        The start is looked at even where it is no part of the source.

        A page that calls another one its own address is a copy of that one, as is a page with the
        same content as an earlier one; a copy is only listed where its original is not.

        Raises:
            CutShortError: There may be more documents than were met.
            SourceError: robots.txt or the memory cannot be read.
        """
        for entry in start:
            self._seen.add(entry.address)
            self._waiting.append((entry, 0))
        failed_in_a_row = 0
        async with aclosing(self._looks()) as looks:
            async for address, depth, look in looks:
                failed_in_a_row = failed_in_a_row + 1 if look.passing else 0
                if failed_in_a_row == _HOPELESS:
                    raise CutShortError(f"the site fails page after page ({look.failure}).")
                self._go_on(address, depth, look)
                if found := self._document(address, look):
                    yield found
        for address, copy in self._copies.items():
            if self._originals[address] not in self._listed:
                yield copy
        if self._blind:
            raise CutShortError(
                f"what {self._blind} leads to is not known, as it could not be read."
            )

    async def _looks(self) -> AsyncGenerator[tuple[str, int, Look], None]:
        """What is at each waiting address that may be looked at, in order, with its depth."""
        begun: deque[tuple[str, int, asyncio.Task[Look | None]]] = deque()
        count = 0
        try:
            while self._waiting or begun:
                while self._waiting and len(begun) < _AHEAD * self.bounds.at_once:
                    if count == self.bounds.max_pages:
                        break
                    count += 1
                    entry, depth = self._waiting.popleft()
                    task = asyncio.create_task(self._look(entry))
                    begun.append((entry.address, depth, task))
                if not begun:
                    raise CutShortError(
                        f"only the first {count:,} pages are read: raise max_pages, or narrow "
                        "prefixes."
                    )
                address, depth, task = begun.popleft()
                if look := await task:
                    yield address, depth, look
        finally:
            for *_, task in begun:
                task.cancel()
            await asyncio.gather(*(task for *_, task in begun), return_exceptions=True)

    async def _look(self, entry: Entry) -> Look | None:
        if entry in self.looks:
            return self.looks[entry]
        if not await self.robots.allow(entry.address):
            return None
        return await self.looker.look(entry)

    def _queue(self, entry: Entry, depth: int) -> None:
        if entry.address not in self._seen and self.bounds.scope.holds(entry.address):
            self._seen.add(entry.address)
            self._waiting.append((entry, depth))

    def _go_on(self, address: str, depth: int, look: Look) -> None:
        """Queue what a page leads to."""
        if look.target:
            self._queue(Entry(look.target), depth)
        if look.page:
            self._queue(Entry(look.page.canonical), depth)
        if depth == self.bounds.max_depth:
            return
        for link in look.page.links if look.page else ():
            self._queue(Entry(link), depth + 1)
        if look.passing and look.page is None:
            self._blind = self._blind or address

    def _document(self, address: str, look: Look) -> Found | None:
        """The document that a page is, or None where it is none or a copy."""
        page = look.page
        known = page.version if page else look.failure
        if not known or not self.bounds.scope.holds(address):
            return None
        found = _found(address, look)
        if page and page.canonical != address and self.bounds.scope.holds(page.canonical):
            self._copies[address], self._originals[address] = found, page.canonical
            return None
        if not look.failure:
            if found.version in self._contents:
                return None
            self._contents.add(found.version)
        self._listed.add(address)
        return found


def _found(address: str, look: Look) -> Found:
    if look.failure:
        return Found(address, "" if look.passing else f"refused: {look.failure}", look.failure)
    return Found(address, look.page.version if look.page else "")
