"""How often a Weaviate keeps each object, and how many copies have to agree: as in the settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.stores.weaviate import open_store
from footnote.retrieval.stores.weaviate_options import Consistency
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple
from tests.retrieval.stores.openers import options_of
from tests.servers.weaviate import fake_weaviate


@pytest.mark.parametrize("consistency", Consistency)
async def test_collections_and_calls_say_it(consistency: Consistency) -> None:
    """All three collections have so many replicas; each search, write and deletion the level."""
    async with fake_weaviate() as server:
        options = replace(options_of(server), replicas=3, consistency=consistency)
        async with open_store(options) as store:
            await store.claim(MODEL, DIMENSION)
            await store.set_audiences(AUDIENCES)
            await store.put(simple("handbook:a"))
            await store.put(simple("handbook:a", "other words"))
            assert await store.lexical([FieldQuery(Field.STEMS, ("other",))], ADMIN, limit=9)
            assert await store.document("handbook:a", ADMIN)
        schemas = [held.schema for held in server.database.held.values()]
        assert [schema["replicationConfig"]["factor"] for schema in schemas] == [3, 3, 3]
        assert server.faults.levels == {str(consistency)}
        assert {"Search", "BatchObjects", "BatchDelete"} <= set(server.faults.calls)
