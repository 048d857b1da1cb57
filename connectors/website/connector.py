"""The website connector: documents are pages, by their addresses."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from yarl import URL

from footnote.connectors.base import (
    CutShortError,
    Document,
    DocumentError,
    DocumentRef,
    SourceError,
)
from footnote.connectors.folder import wrong_pattern
from footnote.connectors.formats.base import FormatError
from footnote.connectors.http.addresses import AddressGuard
from footnote.connectors.http.client import Credentials, HttpClient, HttpLimits
from footnote.connectors.http.pace import Clock
from footnote.connectors.http.replies import HttpError, told_status
from footnote.connectors.website.listing import Site
from footnote.connectors.website.looking import Looker
from footnote.connectors.website.memory import Content, Memory
from footnote.connectors.website.pages import is_readable
from footnote.connectors.website.robots import AGENT, Robots
from footnote.connectors.website.settings import WebsiteSettings
from footnote.connectors.website.sitemaps import moment_of
from footnote.connectors.website.texts import read_page
from footnote.connectors.website.urls import Scope, tidied
from footnote.connectors.website.walking import Bounds

_READERS_VERSION = 1
"""To be raised when the readers give other text than before, so that a sync reads pages again."""

_FINE = 200


class WebsiteConnector:
    """Pages of a website; a document's id is `source:address`.

    Args:
        source: The name of the configured source.
        keys: Its settings.
        folder: What it remembers between syncs is kept there.
        guard: Decides which addresses are connected to; without one, the settings do.
        clock: Tells the time and waits.

    Raises:
        SourceError: A pattern is not valid.
    """

    settings_model = WebsiteSettings

    def __init__(
        self,
        source: str,
        keys: WebsiteSettings,
        folder: Path,
        *,
        guard: AddressGuard | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._source = source
        self._keys = keys
        self._folder = folder
        self._guard = guard or AddressGuard(
            [ipaddress.ip_network(network) for network in keys.private_addresses]
        )
        self._clock = clock
        self._http: HttpClient | None = None
        self._failures: Mapping[str, str] = {}
        try:
            self._scope = Scope(keys.prefixes or (keys.url,), keys.ignore)
        except ValueError as error:
            raise wrong_pattern(source, error, "*.pdf or /blog/") from error

    @classmethod
    def from_settings(cls, name: str, settings: Mapping[str, Any], root: Path) -> WebsiteConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `WebsiteSettings` gives them back.
            root: The folder that relative paths are relative to.

        Raises:
            SourceError: A pattern is not valid.
        """
        return cls(name, WebsiteSettings.model_validate(settings), root / ".footnote" / name)

    def remember_in(self, folder: Path) -> None:
        """Keep what is remembered between syncs in this folder."""
        self._folder = folder

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Every page of the site that is a document, in an order that is always the same.

        Raises:
            CutShortError: There may be more pages than were listed.
            SourceError: The site cannot be listed at all.
        """
        client, memory = self._client(), self._memory()
        robots = Robots(client, obeyed=self._keys.obey_robots)
        looker = Looker(client, memory, obey_robots=self._keys.obey_robots)
        bounds = Bounds(self._scope, self._keys.max_pages, self._keys.max_depth, self._keys.at_once)
        self._failures = failures = dict[str, str]()
        site = Site(self._keys.url, self._keys.sitemap, client, robots, looker, bounds)
        try:
            await asyncio.to_thread(memory.prepare, datetime.now(UTC))
            async with client.open(), aclosing(site.documents()) as documents:
                async for found in documents:
                    if found.failure:
                        failures[found.address] = found.failure
                    version = found.version and f"{found.version}-{_READERS_VERSION}"
                    yield DocumentRef(f"{self._source}:{found.address}", version)
        except SourceError as error:
            again = CutShortError if isinstance(error, CutShortError) else SourceError
            raise again(f"Source {self._source}: {error}") from error
        finally:
            memory.close()

    async def fetch(self, document_id: str) -> Document:
        """One page, as it was when it was listed where that is still kept.

        Raises:
            DocumentError: There is no such page, or no text can be had from it.
        """
        address = self._address(document_id)
        if address in self._failures:
            raise DocumentError(document_id, self._failures[address])
        content = await asyncio.to_thread(self._memory().take, address)
        if content is None:
            content = await self._content(document_id, address)
        try:
            parsed = await asyncio.to_thread(read_page, content)
        except FormatError as error:
            raise DocumentError(document_id, error.reason) from error
        version = hashlib.blake2b(content.body, digest_size=16).hexdigest()
        return Document(
            id=document_id,
            source=self._source,
            version=f"{version}-{_READERS_VERSION}",
            text=parsed.text,
            title=parsed.title or _title_from(address),
            syntax=parsed.syntax,
            url=address,
            author=parsed.author,
            modified_at=_moment(content.modified),
            marks=parsed.marks,
        )

    def _address(self, document_id: str) -> str:
        prefix = f"{self._source}:"
        if not document_id.startswith(prefix):
            raise DocumentError(document_id, f"it is not a document of source {self._source}")
        address = document_id[len(prefix) :]
        if tidied(address) != address or not self._scope.holds(address):
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        return address

    async def _content(self, document_id: str, address: str) -> Content:
        client = self._client()
        try:
            reply = await client.get_following(
                address,
                wanted=lambda reply: reply.status == _FINE and is_readable(reply),
                allowed=self._holds,
            )
        except HttpError as error:
            raise DocumentError(document_id, error.reason) from error
        if reply.location:
            raise DocumentError(document_id, f"it leads elsewhere, to {reply.location}")
        if reply.status != _FINE:
            raise DocumentError(document_id, told_status(reply.status))
        known = await asyncio.to_thread(self._memory().recall, address)
        listed = known.listed if known else ""
        modified = listed or reply.headers.get("Last-Modified", "")
        return Content(reply.media_type, reply.charset, modified, reply.body)

    def _holds(self, address: str) -> bool:
        target = tidied(address)
        return target is not None and self._scope.holds(target)

    def _memory(self) -> Memory:
        rules = f"{self._keys.obey_robots} {_READERS_VERSION}"
        return Memory(self._folder / "pages.db", rules)

    def _client(self) -> HttpClient:
        if self._http is None:
            self._http = HttpClient(
                HttpLimits(
                    requests_per_second=self._keys.requests_per_second,
                    at_once=self._keys.at_once,
                    max_bytes=round(self._keys.max_megabytes * 1_000_000),
                    timeout_s=self._keys.timeout_s,
                ),
                headers={"User-Agent": f"{AGENT} (a bot that answers from this site's pages)"},
                credentials=Credentials(URL(self._keys.url).origin(), self._secrets()),
                guard=self._guard,
                clock=self._clock,
            )
        return self._http

    def _secrets(self) -> dict[str, str]:
        """The headers that the site wants, from the environment.

        Raises:
            SourceError: A variable is not set.
        """
        variables = self._keys.headers_env
        lacking = [name for name in variables.values() if not os.environ.get(name, "").strip()]
        if lacking:
            raise SourceError(
                f"Source {self._source} needs the environment variable {lacking[0]}, which is not "
                "set."
            )
        return {header: os.environ[name].strip() for header, name in variables.items()}


def _title_from(address: str) -> str:
    """What an address says in words: its last part, or its host."""
    url = URL(address)
    parts: Sequence[str] = [part for part in url.path.split("/") if part]
    words = parts[-1].rpartition(".")[0] or parts[-1] if parts else str(url.host)
    return " ".join(words.replace("-", " ").replace("_", " ").split()).capitalize() or address


def _moment(written: str) -> datetime | None:
    if moment := moment_of(written):
        return moment
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
