"""Records by compare-and-set, and blobs by their hash."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

import pytest

from footnote.bot.state.base import Record, State
from footnote.bot.state.errors import ConflictError
from tests.bot.state.bench import Bench


async def test_a_record_is_read_as_it_was_written(bench: Bench) -> None:
    """A value comes back under its namespace and key with its version, on every replica."""
    records = bench.state.records
    assert await records.get("n", "k") is None
    version = await records.put("n", "k", '{"any": "ü: text"}')
    async with bench.second() as other:
        assert await other.records.get("n", "k") == Record('{"any": "ü: text"}', version)
    assert await records.get("n", "other") is None
    assert await records.get("other", "k") is None


async def test_a_record_is_replaced_by_who_read_it(state: State) -> None:
    """With the version that was read a record is replaced, and its version grows."""
    first = await state.records.put("n", "k", "1")
    second = await state.records.put("n", "k", "2", version=first)
    assert second > first > 0
    assert await state.records.get("n", "k") == Record("2", second)


async def test_a_record_that_changed_is_not_replaced(state: State) -> None:
    """A write with a version that is not the present one is refused, and changes nothing."""
    first = await state.records.put("n", "k", "1")
    second = await state.records.put("n", "k", "2", version=first)
    for version in (0, first, second + 1):
        with pytest.raises(ConflictError):
            await state.records.put("n", "k", "3", version=version)
    with pytest.raises(ConflictError):
        await state.records.put("n", "new", "3", version=first)
    assert await state.records.all("n") == {"k": Record("2", second)}


async def test_a_deleted_record_is_gone(state: State) -> None:
    """After its deletion a key is new again, and its version still grows."""
    first = await state.records.put("n", "k", "1")
    await state.records.delete("n", "k")
    await state.records.delete("n", "k")
    assert await state.records.get("n", "k") is None
    with pytest.raises(ConflictError):
        await state.records.put("n", "k", "2", version=first)
    assert await state.records.put("n", "k", "2") > first


async def test_a_record_expires(bench: Bench) -> None:
    """After `ttl_s` a record is gone from `get` and `all`, and can be written as a new one."""
    records, unit_s = bench.state.records, bench.unit_s
    first = await records.put("n", "brief", "1", ttl_s=unit_s)
    long = await records.put("n", "long", "1", ttl_s=100 * unit_s)
    ever = await records.put("n", "ever", "1")
    assert set(await records.all("n")) == {"brief", "long", "ever"}
    await bench.advance(1.25 * unit_s)
    assert await records.get("n", "brief") is None
    assert await records.all("n") == {"long": Record("1", long), "ever": Record("1", ever)}
    with pytest.raises(ConflictError):
        await records.put("n", "brief", "2", version=first)
    assert await records.put("n", "brief", "2") > first
    await bench.state.tidy()
    assert set(await records.all("n")) == {"brief", "long", "ever"}


async def test_a_later_write_says_how_long_a_record_is_kept(bench: Bench) -> None:
    """Each write counts anew, and one without a time keeps the record for ever."""
    records, unit_s = bench.state.records, bench.unit_s
    a = await records.put("n", "a", "1", ttl_s=unit_s)
    b = await records.put("n", "b", "1")
    await records.put("n", "a", "2", version=a)
    await records.put("n", "b", "2", version=b, ttl_s=unit_s)
    await bench.advance(1.25 * unit_s)
    await bench.state.tidy()
    assert set(await records.all("n")) == {"a"}


async def test_a_namespace_is_read_at_once(state: State) -> None:
    """All records of a namespace come by key, those of others do not."""
    for key in ("a", "b:c", "ü"):
        await state.records.put("n", key, key.upper())
    await state.records.put("n:b", "c", "other")
    found: Mapping[str, Record] = await state.records.all("n")
    assert {key: record.value for key, record in found.items()} == {
        "a": "A",
        "b:c": "B:C",
        "ü": "Ü",
    }
    assert await state.records.all("unknown") == {}


async def test_counting_up_side_by_side_loses_no_count(bench: Bench) -> None:
    """Writers on two replicas that read, add one and compare-and-set come to the right sum."""

    async def count(state: State) -> None:
        while True:
            read = await state.records.get("n", "sum")
            value, version = (int(read.value), read.version) if read else (0, 0)
            try:
                await state.records.put("n", "sum", str(value + 1), version=version)
            except ConflictError:
                continue
            return

    async with bench.second() as other:
        await asyncio.gather(*(count(state) for state in [bench.state, other] * 8))
    summed = await bench.state.records.get("n", "sum")
    assert summed is not None
    assert summed.value == "16"


async def test_bytes_are_kept_by_their_hash(bench: Bench) -> None:
    """Bytes come back by their SHA-256, whatever they are, and however often they were put."""
    content = bytes(range(256)) * 4000
    digest = await bench.state.blobs.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert await bench.state.blobs.put(content) == digest
    empty = await bench.state.blobs.put(b"")
    async with bench.second() as other:
        assert await other.blobs.get(digest) == content
        assert await other.blobs.get(empty) == b""
    assert await bench.state.blobs.get("0" * 64) is None


async def test_deleted_bytes_are_gone(bench: Bench) -> None:
    """On every replica, and no others with them; they can be put again."""
    blobs = bench.state.blobs
    one, other = await blobs.put(b"one"), await blobs.put(b"other")
    await blobs.delete(one)
    await blobs.delete(one)
    async with bench.second() as second:
        assert await second.blobs.get(one) is None
        assert await second.blobs.get(other) == b"other"
    assert await blobs.put(b"one") == one
    assert await blobs.get(one) == b"one"
