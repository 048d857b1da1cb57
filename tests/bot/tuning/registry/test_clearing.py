"""Bytes that nothing needs go, and none that somebody needs, on every state."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import State
from footnote.bot.state.errors import StateUnavailableError
from footnote.bot.tuning import clearing, shelf
from footnote.bot.tuning import registry as registry_module
from footnote.bot.tuning.adapters import Adapter, Choice, Current, Did
from footnote.bot.tuning.clearing import LATEST, unneeded
from footnote.bot.tuning.registry import Registry
from tests.bot.state.bench import Bench
from tests.bot.tuning.registry.made import filed, provenance

NOW = datetime(2020, 2, 29, tzinfo=UTC)
LONG_AGO, JUST_NOW = "2020-01-01T00:00:00+00:00", "2020-02-28T23:30:00+00:00"


class Killed(BaseException):
    """What nothing can be done about."""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time flies, so that nothing was in use lately, and adapters go in several parts."""
    seconds = count()

    def now() -> str:
        at = NOW - timedelta(days=1) + timedelta(seconds=next(seconds))
        return at.isoformat(timespec="seconds")

    monkeypatch.setattr(registry_module, "_now", now)
    monkeypatch.setattr(shelf, "PART_BYTES", 1500)


def adapter(name: str, created: str = LONG_AGO) -> Adapter:
    """An adapter of which only this is known."""
    return Adapter(name, name, "", 1, (name,), "run", created=created)


def decided(*said: str) -> Current:
    """Choices such as "promoted a", long ago; "now" before one makes it just now."""
    choices = []
    for each in said:
        did, _, name = each.removeprefix("now ").partition(" ")
        at = JUST_NOW if each.startswith("now ") else LONG_AGO
        choices.append(Choice(Did(did), name, "ann", at))
    return Current(tuple(choices), 1)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ((), "abc"),
        (("promoted a",), "bc"),
        (("promoted a", "promoted b"), "c"),
        (("promoted a", "promoted b", "rolled_back a"), "bc"),
        (("promoted a", "promoted b", "now rolled_back a"), "c"),
        (("promoted a", "promoted c", "rolled_back a", "kept b"), "bc"),
        (("removed b",), "ac"),
        (("removed b", "filed b"), "abc"),
        (("removed b", "now filed b"), "ac"),
        (("promoted d", "now kept a"), "abc"),
    ],
)
def test_what_is_needed_no_longer(said: tuple[str, ...], gone: str) -> None:
    """What is current, was before, is among the latest or was in use lately stays."""
    latest = [adapter(f"late {number}") for number in range(LATEST)]
    there = [adapter(name) for name in "abc"]
    assert unneeded([*there, *latest], decided(*said), NOW) == list(gone)
    there[0] = adapter("a", created=JUST_NOW)
    assert unneeded([*there, *latest], decided(*said), NOW) == [
        each for each in gone if each != "a"
    ]


async def many(state: State, folder: Path) -> list[Adapter]:
    """Six adapters: the second leads back to the first, the rest was never promoted."""
    registry = Registry(state)
    made = [await filed(registry, folder, name) for name in ("one", "two")]
    for each in made:
        await registry.promote(each.id, "ann")
    others = [f"other {number}" for number in range(4)]
    return made + [await filed(registry, folder, name, verdict="") for name in others]


async def parts_of(state: State, adapters: list[Adapter]) -> list[int]:
    """How many parts of each are there."""
    return [
        sum([await state.blobs.get(part) is not None for part in each.parts]) for each in adapters
    ]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("pressed", [False, True])
async def test_a_promotion_removes_what_nothing_leads_back_to(
    bench: Bench,
    tmp_path: Path,
    pressed: bool,  # noqa: FBT001  a case
) -> None:
    """And it is known which; all that can be gone back to is whole."""
    made = await many(bench.state, tmp_path)
    registry = Registry(bench.state)
    latest = await filed(registry, tmp_path, "latest", against=made[1].id)
    whole = [len(each.parts) for each in made]
    assert min(whole) > 1
    assert await parts_of(bench.state, made) == whole
    if pressed:
        await registry.settle(latest.id, "ann", promote=True)
    else:
        await registry.promote(latest.id, "ann")
    removed = {each.id for each in made[2:4]}
    assert await parts_of(bench.state, made) == [*whole[:2], 0, 0, *whole[4:]]
    assert (await registry.current()).removed == removed
    assert {each.id for each in (await registry.adapters()).values() if not each.parts} == removed
    for expected in (made[1], made[0]):
        await registry.roll_back("ann")
        current = await registry.adapter((await registry.current()).adapter)
        assert current.id == expected.id
        await registry.fetch(current, tmp_path / "cache")
    assert [each.did for each in (await registry.current()).decisions] == [
        *[Did.PROMOTED] * 3,
        *[Did.ROLLED_BACK] * 2,
    ]


@pytest.mark.usefixtures("at_once")
async def test_a_file_that_changes_while_it_is_filed(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it becomes is filed, also where its bytes were removed before."""
    gone = (await many(bench.state, tmp_path))[2]
    registry = Registry(bench.state)
    await registry.promote((await filed(registry, tmp_path, "latest")).id, "ann")
    path, read = tmp_path / "changing.gguf", shelf.digest
    path.write_bytes(b"half")
    become_whole = partial(path.write_bytes, b"other 0" * 1000)

    async def digest(of: Path) -> str:
        found = await read(of)
        become_whole()
        return found

    monkeypatch.setattr(shelf, "digest", digest)
    async with asyncio.timeout(60):
        again = await registry.file(path, provenance("other 0"))
    assert (again.id, again.filing) == (gone.id, 1)


@pytest.mark.usefixtures("at_once")
async def test_what_was_removed_is_promoted_once_it_is_filed_again(
    bench: Bench, tmp_path: Path
) -> None:
    """Before that it is refused in one sentence, and nothing is decided."""
    made = await many(bench.state, tmp_path)
    registry = Registry(bench.state)
    latest = await filed(registry, tmp_path, "latest")
    await registry.promote(latest.id, "ann")
    before = await registry.current()
    gone = made[2]
    for promote in (registry.promote(gone.id, "ann"), registry.settle(gone.id, "a", promote=True)):
        with pytest.raises(FootnoteError, match=r"are no longer kept: run footnote tune promote"):
            await promote
    assert await registry.current() == before
    with pytest.raises(shelf.BrokenAdapterError):
        await registry.fetch(await registry.adapter(gone.id), tmp_path / "cache")
    again = await filed(registry, tmp_path, "other 0", verdict="")
    assert (again.id, again.filing) == (gone.id, 1)
    assert set(again.parts).isdisjoint(gone.parts)
    await registry.promote(again.id, "ann", before)
    path = await registry.fetch(await registry.adapter(again.id), tmp_path / "cache")
    assert path.read_bytes() == b"other 0" * 1000
    assert not (await registry.current()).removed & {again.id}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("dies_at", [0, 2, 7])
async def test_a_removal_that_was_killed_is_done_by_the_next(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    """Wherever between the parts it was; the promotion holds, and nothing else is touched."""
    made = await many(bench.state, tmp_path)
    registry = Registry(bench.state)
    latest = [await filed(registry, tmp_path, name) for name in ("late", "later", "latest")]
    left, delete = count(), type(bench.state.blobs).delete

    async def dying(blobs: object, digest: str) -> None:
        if next(left) == dies_at:
            raise Killed
        await delete(blobs, digest)  # type: ignore[arg-type]  # of whichever state

    with monkeypatch.context() as patched:
        patched.setattr(type(bench.state.blobs), "delete", dying)
        with pytest.raises(Killed):
            await registry.promote(latest[0].id, "ann")
    assert (await registry.current()).adapter == latest[0].id
    there = await parts_of(bench.state, made[2:])
    assert 0 < sum(there) < 4 * len(made[2].parts) or dies_at == 0
    again = await filed(registry, tmp_path, "other 3", verdict="")
    assert await parts_of(bench.state, [made[5], again]) == [0, len(again.parts)]
    await registry.promote(latest[1].id, "ann")
    assert await parts_of(bench.state, made[2:]) == [0] * 4
    for each in (*made[:2], *latest):
        await registry.fetch(await registry.adapter(each.id), tmp_path / "cache")


@pytest.mark.usefixtures("at_once")
async def test_what_is_filed_again_meanwhile_stays(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever removes what was there before does not touch it, nor what is known of it."""
    made = await many(bench.state, tmp_path)
    registry = Registry(bench.state)
    latest = await filed(registry, tmp_path, "latest")
    again: list[Adapter] = []
    delete = type(bench.state.blobs).delete

    async def refiled(blobs: object, digest: str) -> None:
        if digest in made[2].parts and not again:
            again.append(made[2])
            again.append(await filed(registry, tmp_path, "other 0", verdict=""))
        await delete(blobs, digest)  # type: ignore[arg-type]  # of whichever state

    monkeypatch.setattr(type(bench.state.blobs), "delete", refiled)
    await registry.promote(latest.id, "ann")
    assert await registry.adapter(made[2].id) == again[-1]
    assert await parts_of(bench.state, [made[2], again[-1]]) == [0, len(again[-1].parts)]


@pytest.mark.usefixtures("at_once")
async def test_what_two_have_in_common_stays(bench: Bench, tmp_path: Path) -> None:
    """As long as one of them is kept."""
    registry = Registry(bench.state)
    made = []
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(bytes(1500) + name.encode())
        made.append(await registry.file(tmp_path / name, provenance(name)))
    assert made[0].parts[0] == made[1].parts[0]
    latest = [await filed(registry, tmp_path, f"late {number}") for number in range(3)]
    await registry.promote(made[1].id, "ann")
    assert (await registry.current()).removed == {made[0].id}
    await registry.fetch(made[1], tmp_path / "cache")
    await registry.promote(latest[0].id, "ann")
    assert await parts_of(bench.state, made) == [1, 2]


@pytest.mark.usefixtures("at_once")
async def test_a_promotion_holds_where_nothing_can_be_removed(
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told to the log, and made up for."""
    made = await many(bench.state, tmp_path)
    registry = Registry(bench.state)
    latest = await filed(registry, tmp_path, "latest")

    async def away(*_: object) -> None:
        raise StateUnavailableError("It is away.")

    with monkeypatch.context() as patched:
        patched.setattr(type(bench.state.blobs), "delete", away)
        with caplog.at_level(logging.WARNING):
            await registry.promote(latest.id, "ann")
    assert "could not be removed: It is away." in caplog.text
    assert (await registry.current()).adapter == latest.id
    await registry.promote(made[5].id, "ann")
    assert (await parts_of(bench.state, made))[2:4] == [0, 0]


@pytest.mark.usefixtures("at_once")
async def test_many_at_once_never_leave_a_current_one_without_bytes(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who files, promotes and goes back at the same time, on two replicas."""
    monkeypatch.setattr(clearing, "LATEST", 1)
    names = [f"number {number}" for number in range(4)]

    async def act(state: State, name: str, place: int) -> None:
        registry = Registry(state)
        made = await filed(registry, tmp_path, name)
        try:
            await registry.promote(made.id, name)
            if place % 3 == 0:
                await registry.roll_back(name)
        except FootnoteError:
            return

    async with bench.second() as other:
        for _ in range(3):
            await asyncio.gather(
                *(
                    act(state, name, place)
                    for place, (state, name) in enumerate(
                        (state, name) for name in names for state in (bench.state, other)
                    )
                )
            )
    registry = Registry(bench.state)
    current = await registry.current()
    assert current.line[1:]
    for name in current.line[1:]:
        await registry.fetch(await registry.adapter(name), tmp_path / "cache")
