"""Looking at one page: asking for it where that is needed, and remembering what it was."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from footnote.connectors.http.replies import HttpError, TooLargeError, told_status
from footnote.connectors.website.memory import Content, Memory, Remembered
from footnote.connectors.website.pages import Page, examine, is_readable
from footnote.connectors.website.urls import tidied

if TYPE_CHECKING:
    from footnote.connectors.http.client import HttpClient
    from footnote.connectors.http.replies import Reply
    from footnote.connectors.website.sitemaps import Entry

_TRUST_DAYS = 7
"""For so many days a sitemap's time is believed without asking the page itself."""
_SPREAD_DAYS = 7
"""Over so many days more, so that not all pages are asked again on the same day."""

_FINE = 200
_UNCHANGED = 304
_GONE = frozenset({404, 410})
_PASSING = frozenset({408, 425, 429})
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at an address.

    Attributes:
        page: The page as it is, or as it was where it cannot be read now; None where unknown.
        target: Where it redirects to, tidied, or None.
        failure: Why it cannot be read, as the end of a sentence; "" where nothing is wrong.
        passing: Whether another try may go better.
    """

    page: Page | None = None
    target: str | None = None
    failure: str = ""
    passing: bool = False


class Looker:
    """Looks at the pages of one site.

    Args:
        client: Asks for them.
        memory: What they were before.
        obey_robots: Whether what a page says to robots counts.
    """

    def __init__(self, client: HttpClient, memory: Memory, *, obey_robots: bool) -> None:
        self._client = client
        self._memory = memory
        self._obey_robots = obey_robots

    async def look(self, entry: Entry) -> Look:
        """What is at an address; it is not asked where the sitemap says that nothing changed.

        Raises:
            SourceError: The memory cannot be used.
        """
        known = await asyncio.to_thread(self._memory.recall, entry.address)
        now = datetime.now(UTC)
        if known and _is_current(known, entry, now):
            return Look(known.page)
        try:
            reply = await self._client.get(
                entry.address,
                _validators(known),
                wanted=lambda r: r.status == _FINE and is_readable(r),
            )
        except HttpError as error:
            return Look(
                known.page if known else None,
                failure=error.reason,
                passing=not isinstance(error, TooLargeError),
            )
        if known and reply.status == _UNCHANGED:
            known = replace(known, listed=entry.modified, checked_at=now)
            await asyncio.to_thread(self._memory.remember, entry.address, known, None)
            return Look(known.page)
        return await self._judge(reply, entry, known, now)

    async def _judge(
        self, reply: Reply, entry: Entry, known: Remembered | None, now: datetime
    ) -> Look:
        if reply.status == _FINE and is_readable(reply):
            return Look(await asyncio.to_thread(self._learn, reply, entry, known, now))
        if reply.location:
            return Look(target=tidied(reply.location))
        if reply.status == _FINE or reply.status in _GONE:
            await asyncio.to_thread(self._memory.forget, entry.address)
            return Look()
        return Look(
            known.page if known else None,
            failure=told_status(reply.status),
            passing=reply.status >= _SERVER_ERROR or reply.status in _PASSING,
        )

    def _learn(self, reply: Reply, entry: Entry, known: Remembered | None, now: datetime) -> Page:
        page = examine(reply, entry.address, obey_robots=self._obey_robots)
        stated = reply.headers.get("Last-Modified", "")
        learnt = Remembered(page, reply.headers.get("ETag", ""), stated, entry.modified, now)
        content = Content(reply.media_type, reply.charset, entry.modified or stated, reply.body)
        is_new = known is None or known.page.version != page.version
        self._memory.remember(entry.address, learnt, content if is_new else None)
        return page


def _is_current(known: Remembered, entry: Entry, now: datetime) -> bool:
    spread = hashlib.blake2b(entry.address.encode(), digest_size=2).digest()[0] % _SPREAD_DAYS
    trusted = now - known.checked_at < timedelta(days=_TRUST_DAYS + spread)
    return trusted and known.listed == entry.modified and entry.settled(known.checked_at)


def _validators(known: Remembered | None) -> dict[str, str]:
    """What asks the server to send the page only if it is another one (RFC 9110, 13)."""
    if known and known.etag:
        return {"If-None-Match": known.etag}
    if known and known.last_modified:
        return {"If-Modified-Since": known.last_modified}
    return {}
