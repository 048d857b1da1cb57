"""Contract: what one process writes, every other one finds at its next question."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from footnote.retrieval.readers import ADMIN, PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery, PassageStore
from tests.retrieval.stores.corpus import AUDIENCES, RECIPE, simple
from tests.retrieval.stores.openers import Opener

PATIENCE_S = 120
FIND = [FieldQuery(Field.STEMS, ("find",))]

OTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from footnote.retrieval.stores.sqlite import open_store
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple

async def main(path, *document_ids):
    async with open_store(Path(path)) as store:
        await store.claim(MODEL, DIMENSION)
        await store.set_audiences(AUDIENCES)
        for document_id in document_ids:
            await store.put(simple(document_id))

asyncio.run(main(*sys.argv[1:]))
"""


def write_elsewhere(path: Path, *document_ids: str) -> subprocess.Popen[bytes]:
    """Start another process that puts documents into the index."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", OTHER_PROCESS, str(path), *document_ids]
    return subprocess.Popen(command, env=environment)


async def found(store: PassageStore) -> set[str]:
    """The ids of all documents with the stem that every simple document has."""
    return {hit.document_id for hit in await store.lexical(FIND, PUBLIC, limit=99)}


async def test_a_second_connection_sees_each_write_at_once(
    opener: Opener, store: PassageStore
) -> None:
    """Puts, replacements, deletions, audiences and clearing reach a store that is open already."""
    async with opener() as other:
        assert await found(other) == set()
        item = simple("handbook:a")
        await store.put(item)
        assert await found(other) == {"handbook:a"}
        assert await other.cosines(item.vectors[0], [item.passages[0].id]) == pytest.approx([1])
        await store.put(simple("handbook:a", "nothing here"))
        await store.put(simple("handbook:b"))
        assert await found(other) == {"handbook:b"}
        assert (await other.term_statistics(["find", "here"])).frequencies == {"find": 1, "here": 1}
        await store.set_audiences({"handbook": AUDIENCES["people"]})
        assert await found(other) == set()
        await store.set_audiences(AUDIENCES)
        await store.delete("handbook", ["handbook:b"])
        assert await found(other) == set()
        assert (await other.term_statistics(["find"])).passages == 1
        await store.clear()
        assert await other.nearest(item.vectors[0], ADMIN, limit=9) == []


async def test_both_may_write(opener: Opener, store: PassageStore) -> None:
    """Two stores that write to one index at the same time both get through."""
    async with opener() as other:
        await asyncio.gather(
            *(store.put(simple(f"handbook:{number}")) for number in range(0, 20, 2)),
            *(other.put(simple(f"handbook:{number}")) for number in range(1, 20, 2)),
            other.put_failure("handbook", "handbook:x", "1", RECIPE, "it is empty"),
        )
        assert await found(store) == await found(other) == {f"handbook:{n}" for n in range(20)}


@pytest.mark.parametrize("opener", ["sqlite"], indirect=True)
async def test_other_processes_may_write(tmp_path: Path, opener: Opener) -> None:
    """What several processes wrote at the same time is found by this one."""
    path = tmp_path / "index.db"
    names = [f"handbook:{number}" for number in range(3)]
    writers = [write_elsewhere(path, name) for name in names]
    async with opener() as store:
        assert await found(store) <= set(names)
        assert [await asyncio.to_thread(writer.wait, PATIENCE_S) for writer in writers] == [0, 0, 0]
        assert await found(store) == set(names)
