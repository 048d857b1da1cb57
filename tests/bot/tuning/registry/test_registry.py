"""Which adapters there are, and which is current, on every state."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.tuning import shelf
from footnote.bot.tuning.adapters import Did
from footnote.bot.tuning.ledger import ADAPTERS, CHOICES, CURRENT
from footnote.bot.tuning.registry import DecidedError, Registry
from tests.bot.state.bench import Bench
from tests.bot.tuning.registry.made import filed, provenance


async def test_an_adapter_is_found_on_every_replica(bench: Bench, tmp_path: Path) -> None:
    """With all that is known of it, and its bytes as they were."""
    made = await filed(Registry(bench.state), tmp_path, "friendly")
    content = (tmp_path / "friendly.gguf").read_bytes()
    assert made.sha256 == sha256(content).hexdigest()
    assert made.id == made.sha256[:12]
    assert made.size == len(content)
    async with bench.second() as other:
        registry = Registry(other)
        assert await registry.adapters() == {made.id: made}
        assert await registry.adapter(made.id) == made
        path = await registry.fetch(made, tmp_path / "cache")
        assert path.read_bytes() == content


async def test_a_large_one_goes_in_parts(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of which is too large for a moment; what is too large as a whole is refused."""
    monkeypatch.setattr(shelf, "PART_BYTES", 700)
    path = tmp_path / "large.gguf"
    path.write_bytes(bytes(range(256)) * 8)
    registry = Registry(bench.state)
    made = await registry.file(path, provenance("large"))
    assert len(made.parts) == 3
    fetched = await registry.fetch(made, tmp_path / "cache")
    assert fetched.read_bytes() == path.read_bytes()
    monkeypatch.setattr(shelf, "MOST_BYTES", 2000)
    with pytest.raises(FootnoteError, match="which the state does not take: set a smaller rank"):
        await registry.file(path, provenance("large"))


async def test_what_is_known_of_it_later_takes_the_place(bench: Bench, tmp_path: Path) -> None:
    """The same bytes are one adapter, however often they are filed; a later verdict counts."""
    registry = Registry(bench.state)
    first = await filed(registry, tmp_path, "friendly", verdict="refused")
    assert not first.passed
    second = await filed(registry, tmp_path, "friendly")
    assert second == replace(first, verdict="passed")
    assert await registry.adapters() == {first.id: second}


async def test_a_broken_one_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Of which a part is missing, or which is not what it should be; nothing is left behind."""
    registry = Registry(bench.state)
    made = await filed(registry, tmp_path, "friendly")
    other = await filed(registry, tmp_path, "terse")
    cache = tmp_path / "cache"
    for parts in (("0" * 64,), other.parts, ()):
        with pytest.raises(shelf.BrokenAdapterError, match=f"{made.id} in the state is not whole"):
            await registry.fetch(replace(made, parts=parts), cache)
        assert not list(cache.iterdir())


async def test_a_file_that_was_changed_in_the_cache_is_fetched_anew(
    bench: Bench, tmp_path: Path
) -> None:
    """What lies there counts only if it is whole."""
    registry = Registry(bench.state)
    made = await filed(registry, tmp_path, "friendly")
    path = await registry.fetch(made, tmp_path / "cache")
    path.write_bytes(b"x")
    assert await registry.fetch(made, tmp_path / "cache") == path
    assert path.read_bytes() == b"friendly" * 1000


async def test_going_back_leads_to_what_was_before(bench: Bench, tmp_path: Path) -> None:
    """Again and again, down to the bare model; whoever looks finds the same."""
    registry = Registry(bench.state)
    one, two = [(await filed(registry, tmp_path, name)).id for name in ("one", "two")]
    assert (await registry.current()).adapter == ""
    await registry.promote(one, "ann")
    await registry.promote(two, "bob")
    assert (await registry.roll_back("ann")).adapter == one
    await registry.promote(two, "bob")
    async with bench.second() as other:
        assert (await Registry(other).current()).line == ("", one, two)
    for expected in (one, ""):
        assert (await registry.roll_back("cid")).adapter == expected
        assert (await registry.current()).adapter == expected
    with pytest.raises(FootnoteError, match="nothing to go back from"):
        await registry.roll_back("cid")
    choices = (await registry.current()).choices
    assert [each.by for each in choices] == ["ann", "bob", "ann", "bob", "cid", "cid"]


async def test_of_two_who_decide_at_once_one_does(bench: Bench, tmp_path: Path) -> None:
    """The other is told who was faster, and nothing is promoted or gone back from twice."""
    registry = Registry(bench.state)
    one, two = [(await filed(registry, tmp_path, name)).id for name in ("one", "two")]
    read = await registry.current()
    await registry.promote(one, "ann", read)
    with pytest.raises(DecidedError, match=f"Meanwhile ann has promoted the adapter {one}: look"):
        await registry.promote(two, "bob", read)
    read = await registry.current()
    assert read.adapter == one
    await registry.roll_back("ann", read)
    with pytest.raises(DecidedError, match="Meanwhile ann has gone back to the bare model"):
        await registry.roll_back("bob", read)
    with pytest.raises(DecidedError, match="Meanwhile ann has gone back"):
        await registry.promote(two, "bob", read)
    assert (await registry.current()).line == ("",)


@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, False)])
async def test_an_adapter_is_decided_about_once(
    bench: Bench, tmp_path: Path, wanted: tuple[bool, bool]
) -> None:
    """Of many on several replicas who press at once, one decides, and all others are told."""
    registry = Registry(bench.state)
    made = await filed(registry, tmp_path, "friendly")
    async with bench.second() as other:
        settled = await asyncio.gather(
            *(
                Registry(state).settle(made.id, f"admin {number}", promote=wanted[number % 2])
                for number, state in enumerate([bench.state, other] * 3)
            ),
            return_exceptions=True,
        )
    (choice,) = [each for each in settled if not isinstance(each, BaseException)]
    refused = [each for each in settled if isinstance(each, BaseException)]
    for error in refused:
        assert isinstance(error, DecidedError)
        assert error.choice == choice
        assert str(error).startswith(f"This was decided already: {choice.by} has ")
    current = await registry.current()
    assert current.choices == (choice,)
    assert current.adapter == (made.id if choice.did is Did.PROMOTED else "")


async def test_the_gates_comparison_has_to_hold_still(bench: Bench, tmp_path: Path) -> None:
    """An adapter that was compared with one that is no longer current is not promoted by a press.

    Whoever does it by name is asked nothing, since they may have looked.
    """
    registry = Registry(bench.state)
    one = await filed(registry, tmp_path, "one")
    two = await filed(registry, tmp_path, "two")
    await registry.settle(one.id, "ann", promote=True)
    with pytest.raises(
        FootnoteError, match=r"by now the adapter \w+ is current: run footnote tune"
    ):
        await registry.settle(two.id, "bob", promote=True)
    assert (await registry.current()).adapter == one.id
    two = await filed(registry, tmp_path, "two", against=one.id)
    await registry.settle(two.id, "bob", promote=True)
    assert (await registry.current()).adapter == two.id


async def test_what_is_current_is_not_promoted_again(bench: Bench, tmp_path: Path) -> None:
    """So that going back leads to what was really before; nor is what is unknown."""
    registry = Registry(bench.state)
    made = await filed(registry, tmp_path, "friendly")
    await registry.promote(made.id, "ann")
    with pytest.raises(DecidedError, match="is the current one already") as error:
        await registry.promote(made.id, "bob")
    assert error.value.choice
    assert error.value.choice.by == "ann"
    with pytest.raises(FootnoteError, match="There is no adapter other: footnote tune list"):
        await registry.promote("other", "ann")
    assert (await registry.current()).line == ("", made.id)


async def test_what_a_newer_version_has_filed(bench: Bench) -> None:
    """Is named as such, and no defect."""
    await bench.state.records.put(ADAPTERS, "new", '{"id": 3}')
    with pytest.raises(FootnoteError, match="a newer Footnote has filed it"):
        await Registry(bench.state).adapters()
    newer = '[{"did": "praised", "adapter": "a", "by": "ann", "at": ""}]'
    await bench.state.records.put(CHOICES, CURRENT, newer)
    with pytest.raises(FootnoteError, match="a newer Footnote has written it"):
        await Registry(bench.state).current()
