"""The connection to Weaviate: every call ends in time, and no error of a single object is lost."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from grpc import ChannelCredentials, ssl_channel_credentials
from weaviate import WeaviateAsyncClient, use_async_with_custom
from weaviate.classes.config import ConsistencyLevel
from weaviate.classes.data import DataObject
from weaviate.classes.init import AdditionalConfig, Auth, GrpcConfig, Proxies, Timeout
from weaviate.collections import CollectionAsync
from weaviate.collections.classes.filters import _Filters as Filters
from weaviate.exceptions import WeaviateInsertManyAllFailedError

from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.weaviate_counting import Counts
from footnote.retrieval.stores.weaviate_editions import Editions
from footnote.retrieval.stores.weaviate_errors import object_refused, told
from footnote.retrieval.stores.weaviate_options import WeaviateOptions
from footnote.retrieval.stores.weaviate_together import Together

T = TypeVar("T")
Properties = Mapping[str, Any]
Object = DataObject[dict[str, Any], None]
Collection = CollectionAsync[dict[str, Any], Any]

BATCH_OBJECTS = 500
BATCH_BYTES = 16_000_000
"""A batch ends at either; Weaviate takes no more than 104 MB at once."""

BATCHES = 2
"""So many batches are under way at once in a collection."""

GETS = 200
"""So many objects are fetched by their ids at once."""

SLACK_S = 1.0
"""How much later than the client's own time limits a call is given up: a query is repeated inside
the client for a minute whatever its limit."""


class Link:
    """Three collections on one server.

    Args:
        client: Connected.
        options: How it was connected.

    Attributes:
        counts: What was counted on it.
        editions: Tells whether that is still right.
    """

    def __init__(self, client: WeaviateAsyncClient, options: WeaviateOptions) -> None:
        self.client = client
        self.options = options
        self.server = "{}:{}".format(*options.http_address)
        self.counts = Counts()
        self.editions = Editions()
        self._closed = False
        self._inserts: dict[str, Together[list[Object], None]] = {}
        self._gets: dict[tuple[str, tuple[str, ...]], Together[UUID, Properties | None]] = {}
        self._shared: dict[str, Together[None, Any]] = {}

    @property
    def passages(self) -> Collection:
        """Passages with their terms and vectors."""
        return self._collection("Passages")

    @property
    def documents(self) -> Collection:
        """Documents with their text."""
        return self._collection("Documents")

    @property
    def manifest(self) -> Collection:
        """What is known of documents and sources, and the embedder that the index belongs to."""
        return self._collection("Manifest")

    def _collection(self, name: str) -> Collection:
        collection = self.client.collections.use(f"{self.options.prefix}{name}")
        return collection.with_consistency_level(ConsistencyLevel[self.options.consistency.name])

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call of the client.

        Args:
            call: Makes it; some calls fail before anything can be awaited.

        Raises:
            StoreError: It failed, took too long, or the store was closed.
        """
        if self._closed:
            raise self._was_closed()
        with told(self.server):
            return await asyncio.wait_for(call(), self.options.timeout_s + SLACK_S)

    def _was_closed(self) -> StoreError:
        return StoreError(f"The index in Weaviate at {self.server} was closed: open it again.")

    async def shared(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask once for all who want to know the same at the same time.

        Args:
            name: Of what is asked.
            ask: Asks it, by `ask` above.
        """

        async def once(several: Sequence[None]) -> list[T]:
            return [await ask()] * len(several)

        together = self._shared.setdefault(name, Together(once))
        answer: T = await together(None)
        return answer

    async def insert(self, collection: Collection, objects: Sequence[Object]) -> None:
        """Write objects, over those of the same ids; with those that others write just now.

        Raises:
            StoreError: One was not written; others may have been.
        """
        with told(self.server):
            for item in objects:
                # What cannot be sent must not keep what others write from being sent.
                json.dumps(item.properties, ensure_ascii=False).encode()
        together = self._inserts.setdefault(
            collection.name,
            Together(lambda several: self._insert(collection, several), _fits, calls=BATCHES),
        )
        for batch in _batches(objects):
            await together(batch)

    async def _insert(
        self, collection: Collection, several: Sequence[list[Object]]
    ) -> list[StoreError | None]:
        """Write the objects of several requests, and say of each whether all were written."""
        objects = [item for batch in several for item in batch]

        async def insert() -> dict[int, str]:
            try:
                done = await collection.data.insert_many(objects)
            except WeaviateInsertManyAllFailedError as error:
                return dict.fromkeys(range(len(objects)), error.message)
            return {place: error.message for place, error in done.errors.items()}

        errors = await self.ask(insert)
        ended: list[StoreError | None] = []
        start = 0
        for batch in several:
            places = range(start, start + len(batch))
            said = next((errors[place] for place in places if place in errors), None)
            ended.append(None if said is None else object_refused(self.server, said))
            start += len(batch)
        return ended

    async def delete(self, collection: Collection, which: Filters) -> None:
        """Delete all objects that match, however many: Weaviate deletes 10,000 at once.

        Raises:
            StoreError: One was not deleted; others may have been.
        """
        while True:
            done = await self.ask(lambda: collection.data.delete_many(which))
            if done.failed:
                raise StoreError(
                    f"Weaviate at {self.server} could not delete {done.failed} objects: look into "
                    "its log, and sync again."
                )
            if not done.matches:
                return

    async def get(
        self, collection: Collection, object_id: UUID, properties: Sequence[str]
    ) -> Properties | None:
        """The properties of one object, or None where there is none."""
        together = self._gets.setdefault(
            (collection.name, tuple(properties)),
            Together(
                lambda ids: self._get(collection, ids, properties), lambda ids: min(len(ids), GETS)
            ),
        )
        return await together(object_id)

    async def _get(
        self, collection: Collection, ids: Sequence[UUID], properties: Sequence[str]
    ) -> list[Properties | None]:
        found = await self.ask(
            lambda: collection.query.fetch_objects_by_ids(
                list(dict.fromkeys(ids)), limit=len(ids), return_properties=list(properties)
            )
        )
        known = {item.uuid: item.properties for item in found.objects}
        return [known.get(object_id) for object_id in ids]

    async def close(self) -> None:
        """Release the connections; closing twice is fine."""
        if not self._closed:
            self._closed = True
            asked: list[Together[Any, Any]] = [
                *self._inserts.values(),
                *self._gets.values(),
                *self._shared.values(),
            ]
            for together in asked:
                await together.close(self._was_closed())
            await self.client.close()


@asynccontextmanager
async def connected(options: WeaviateOptions) -> AsyncIterator[Link]:
    """A link to a server that answers, closed at the end.

    Over TLS it has to have a certificate of an authority in the file that SSL_CERT_FILE names, or
    of a public one.

    Raises:
        StoreError: It cannot be reached, is not trusted, or does not let this key in.
    """
    host, port = options.http_address
    grpc_host, grpc_port = options.grpc_address
    client = use_async_with_custom(
        http_host=host,
        http_port=port,
        http_secure=options.secure,
        grpc_host=grpc_host,
        grpc_port=grpc_port,
        grpc_secure=options.secure,
        auth_credentials=Auth.api_key(options.key) if options.key else None,
        additional_config=AdditionalConfig(
            timeout=Timeout(
                init=options.timeout_s, query=options.timeout_s, insert=options.timeout_s
            ),
            # What comes with the client are the public authorities alone. Of the environment's
            # proxies the library below it knows more than it does itself.
            trust_env=options.secure,
            proxies=Proxies(),
            grpc_config=GrpcConfig(credentials=_credentials() if options.secure else None),
        ),
        # They ask the package index for news.
        skip_init_checks=True,
    )
    link = Link(client, options)
    # It would log whole objects that were refused, with the text that is in them.
    logging.getLogger("weaviate-client").setLevel(logging.CRITICAL)
    try:
        await link.ask(client.connect)
        yield link
    finally:
        await link.close()


def _credentials() -> ChannelCredentials | None:
    """Whom gRPC is to trust: those of SSL_CERT_FILE, as for REST, or None for its own.

    Raises:
        StoreError: There are no certificates in that file.
    """
    file = os.environ.get("SSL_CERT_FILE")
    if not file:
        return None
    try:
        ssl.create_default_context(cafile=file)
        return ssl_channel_credentials(Path(file).read_bytes())
    except OSError as error:
        raise StoreError(
            f"The environment variable SSL_CERT_FILE names {file}, which holds no certificates "
            "that can be read: correct it, or unset it."
        ) from error


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in pieces of at most this size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _batches(
    objects: Sequence[Object],
) -> Iterator[list[Object]]:
    batch: list[Object] = []
    room = BATCH_BYTES
    for item in objects:
        size = _size(item)
        if batch and (len(batch) == BATCH_OBJECTS or size > room):
            yield batch
            batch, room = [], BATCH_BYTES
        batch.append(item)
        room -= size
    if batch:
        yield batch


def _fits(requests: Sequence[list[Object]]) -> int:
    """How many of the first requests go into one batch."""
    objects = size = 0
    for count, request in enumerate(requests):
        objects += len(request)
        size += sum(map(_size, request))
        if count and (objects > BATCH_OBJECTS or size > BATCH_BYTES):
            return count
    return len(requests)


def _size(item: Object) -> int:
    return sum(len(value) for value in (item.properties or {}).values() if _is_text(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str)
