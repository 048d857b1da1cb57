"""Trying one source: can it be listed, and can a document of it be read?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from footnote.bot.checks.check import Check
from footnote.connectors.base import Connector, ConnectorError, DocumentRef

ENOUGH = 20
"""So many listed documents show that a source can be listed."""
TRIES = 5
"""So many documents are tried until one can be read."""


async def try_source(connector: Connector) -> AsyncIterator[Check]:
    """List the beginning of a source and read a document of it; nothing is indexed.

    Args:
        connector: Reads the source.
    """
    listed: list[str] = []
    try:
        # A connector's listing is a generator, which is closed where it is left early.
        async with aclosing(cast("AsyncGenerator[DocumentRef, None]", connector.list())) as refs:
            async for ref in refs:
                listed.append(ref.id)
                if len(listed) == ENOUGH:
                    break
    except ConnectorError as error:
        yield Check("list", fine=False, text=str(error))
        if not listed:
            return
    if not listed:
        yield Check("list", fine=False, text="there is no document: check the source's settings.")
        return
    many = "at least " if len(listed) == ENOUGH else ""
    yield Check("list", fine=True, text=f"{many}{len(listed)} found, the first is {listed[0]}")
    async for check in _reading(connector, listed[:TRIES]):
        yield check


async def _reading(connector: Connector, ids: list[str]) -> AsyncIterator[Check]:
    """Whether one of these documents can be read, and why others cannot."""
    for document_id in ids:
        try:
            document = await connector.fetch(document_id)
        except ConnectorError as error:
            yield Check("read", fine=False, text=str(error))
        else:
            where = f", {document.url}" if document.url else ", which has no link"
            text = f"{document.title}, {len(document.text):,} characters{where}"
            yield Check("read", fine=True, text=text)
            return
