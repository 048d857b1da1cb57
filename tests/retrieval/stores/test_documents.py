"""Contract: documents and the manifest, written as units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from footnote.connectors.base import Document, Mark, Syntax
from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument, PassageStore
from tests.retrieval.stores.corpus import (
    AUDIENCES,
    DIMENSION,
    MODEL,
    RECIPE,
    corpora,
    indexed,
    readers,
    simple,
    visible,
)
from tests.retrieval.stores.openers import Opener

HR = Readers(frozenset({"everyone", "group:hr"}))


async def found(store: PassageStore, term: str, who: Readers = ADMIN) -> list[str]:
    """The ids of the documents in which a stem is found."""
    hits = await store.lexical([FieldQuery(Field.STEMS, (term,))], who, limit=99)
    return sorted({hit.document_id for hit in hits})


async def test_what_is_put_comes_back_whole(store: PassageStore) -> None:
    """Every attribute of a document and of its passages survives, odd characters included."""
    document = Document(
        id="handbook:größe/a b%20'\";--.md",
        source="handbook",
        version="v:\x00\n1",
        text="Line one\r\n\x00 two 請假 \N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN} end",
        title="Größe & <b>",
        syntax=Syntax.RST,
        url="https://example.org/a?b=c",
        author="Ada",
        modified_at=datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))),
        restrictions=frozenset({"group:hr", "everyone"}),
        marks=(Mark(0, "page=1", "page 1"), Mark(9, "page=2", "page 2")),
    )
    item = indexed(document, [{Field.STEMS: ["one"]}, {Field.WORDS: ["two"]}, {}])
    await store.put(item)
    assert await store.document(document.id, PUBLIC) == document
    ids = [passage.id for passage in item.passages]
    assert await store.passages(ids, PUBLIC) == list(item.passages)


async def test_passages_come_in_the_order_asked(store: PassageStore) -> None:
    """Order and repetitions are those of the question; unknown ids are left out."""
    items = [simple(f"handbook:{name}") for name in "abc"]
    for item in items:
        await store.put(item)
    a, b, c = (item.passages[0] for item in items)
    assert await store.passages([c.id, "gone", a.id, c.id, b.id], PUBLIC) == [c, a, c, b]
    assert await store.passages([], PUBLIC) == []


async def test_replacing_leaves_nothing_of_the_old(store: PassageStore) -> None:
    """After a second put only the new text, passages, terms and vectors are there."""
    old, new = simple("handbook:a", "old words"), simple("handbook:a", "new words")
    await store.put(old)
    assert await found(store, "old") == ["handbook:a"]
    await store.put(new)
    assert await found(store, "old") == []
    assert await found(store, "new") == ["handbook:a"]
    assert await store.passages([old.passages[0].id], ADMIN) == []
    assert await store.cosines(old.vectors[0], [old.passages[0].id]) == [0.0]
    await store.put(new)
    hits = await store.nearest(new.vectors[0], ADMIN, limit=9)
    assert [hit.passage_id for hit in hits] == [new.passages[0].id]


async def test_an_id_is_matched_whole(store: PassageStore) -> None:
    """Deleting docs/a.md touches neither docs/a.md.bak nor DOCS/A.MD nor another source."""
    ids = ["handbook:docs/a.md", "handbook:docs/a.md.bak", "handbook:DOCS/A.MD", "handbook:docs/%"]
    for document_id in ids:
        await store.put(simple(document_id))
    await store.delete("people", ids)
    assert await found(store, "find") == sorted(ids)
    await store.delete("handbook", [ids[3], "handbook:unknown"])
    await store.delete("handbook", [ids[0]])
    assert await found(store, "find") == sorted(ids[1:3])
    assert set(await store.manifest("handbook")) == set(ids[1:3])
    assert await store.document(ids[0], ADMIN) is None


async def test_the_manifest_tells_what_is_indexed(store: PassageStore) -> None:
    """A put writes version, hash, recipe, count and time; a touch sets the version alone."""
    before = datetime.now(UTC)
    item = simple("handbook:a", version="7")
    await store.put(item)
    await store.put(simple("people:b"))
    (entry,) = (await store.manifest("handbook")).values()
    assert (entry.document_id, entry.version, entry.recipe) == ("handbook:a", "7", RECIPE)
    assert (entry.content_hash, entry.passages) == (item.document.content_hash, 1)
    assert entry.failure == ""
    assert before <= entry.indexed_at <= datetime.now(UTC)
    await store.touch("handbook", {"handbook:a": "8", "handbook:unknown": "1"})
    assert await store.manifest("handbook") == {"handbook:a": replace(entry, version="8")}
    document = await store.document("handbook:a", PUBLIC)
    assert document == replace(item.document, version="8")


async def test_a_failure_keeps_what_was_indexed(store: PassageStore) -> None:
    """A document that cannot be read any more is found as it was, and its failure is known."""
    item = simple("handbook:a")
    await store.put(item)
    await store.put_failure("handbook", "handbook:a", "2", RECIPE, "it is encrypted")
    await store.put_failure("handbook", "handbook:new", "1", RECIPE, "it is empty")
    assert await store.document("handbook:a", PUBLIC) == item.document
    assert await found(store, "find") == ["handbook:a"]
    entries = await store.manifest("handbook")
    assert entries["handbook:a"].failure == "it is encrypted"
    assert entries["handbook:a"].version == "2"
    assert entries["handbook:a"].content_hash == item.document.content_hash
    assert entries["handbook:new"].content_hash == ""
    assert (await store.stats()).sources[0].failed == 2
    await store.touch("handbook", {"handbook:a": "3", "handbook:new": "3"})
    entries = await store.manifest("handbook")
    assert entries["handbook:a"].failure == ""
    assert entries["handbook:new"].failure == "it is empty"


async def test_a_failure_under_another_recipe_forgets_the_hash(store: PassageStore) -> None:
    """What an older recipe made must not pass for the new one's, so its hash is gone."""
    item = simple("handbook:a")
    await store.put(item)
    await store.put_failure("handbook", "handbook:a", "2", "recipe 2", "it is encrypted")
    (entry,) = (await store.manifest("handbook")).values()
    assert (entry.recipe, entry.content_hash) == ("recipe 2", "")
    assert await store.document("handbook:a", PUBLIC) == item.document
    await store.put(item)
    (entry,) = (await store.manifest("handbook")).values()
    assert (entry.recipe, entry.failure) == (RECIPE, "")


def _with_nan(item: IndexedDocument) -> IndexedDocument:
    vectors = item.vectors.copy()
    vectors[0, 3] = np.nan
    return replace(item, vectors=vectors)


@pytest.mark.parametrize(
    "spoil",
    [
        _with_nan,
        lambda item: replace(item, vectors=item.vectors * np.inf),
        lambda item: replace(item, vectors=item.vectors[:, :-1]),
        lambda item: replace(item, vectors=item.vectors[:0]),
        lambda item: replace(item, terms=()),
        lambda item: replace(item, passages=(replace(item.passages[0], ordinal=4),)),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    store: PassageStore, spoil: Callable[[IndexedDocument], IndexedDocument]
) -> None:
    """NaN, infinity and wrong shapes are refused; the old document stays as it was."""
    old = simple("handbook:a", "old words")
    await store.put(old)
    with pytest.raises(StoreError, match="handbook:a was refused"):
        await store.put(spoil(simple("handbook:a", "new words")))
    assert await store.document("handbook:a", PUBLIC) == old.document
    assert await found(store, "old") == ["handbook:a"]
    assert await found(store, "new") == []


async def test_an_index_belongs_to_one_embedder(opener: Opener) -> None:
    """Without a claim nothing can be put; another model or dimension is refused by name."""
    async with opener() as store:
        with pytest.raises(StoreError):
            await store.put(simple("handbook:a"))
        assert ((await store.stats()).model_id, (await store.stats()).dimension) == ("", 0)
        await store.claim(MODEL, DIMENSION)
    async with opener() as store:
        await store.claim(MODEL, DIMENSION)
        for other in (("other", DIMENSION), (MODEL, DIMENSION + 1)):
            with pytest.raises(IndexMismatchError, match=r"hash .* delete the index"):
                await store.claim(*other)


async def test_clearing_removes_everything_but_the_audiences(store: PassageStore) -> None:
    """A cleared index takes another embedder; nothing of the old is found or counted."""
    item = simple("people:a")
    await store.put(item)
    await store.put_failure("people", "people:b", "1", RECIPE, "it is empty")
    await store.synced("people")
    assert await found(store, "find", HR) == ["people:a"]
    await store.clear()
    stats = await store.stats()
    assert (stats.documents, stats.passages, stats.model_id) == (0, 0, "")
    assert stats.sources == ()
    assert await store.manifest("people") == {}
    await store.claim("other", 3)
    assert await found(store, "find") == []
    assert await store.nearest(np.ones(3, np.float32), ADMIN, limit=1) == []
    await store.put(replace(item, vectors=np.ones((1, 3), np.float32)))
    assert await found(store, "find", HR) == ["people:a"]
    assert await store.cosines(np.ones(3, np.float32), [item.passages[0].id]) == pytest.approx([1])


async def test_stats_count_each_source(store: PassageStore) -> None:
    """Counts are by source and in all; a sync's time is there from the first complete one."""
    for name in ("handbook:a", "handbook:b", "people:c"):
        await store.put(simple(name))
    await store.put(indexed(Document("people:empty", "people", "1", "", "Empty"), []))
    before = datetime.now(UTC)
    await store.synced("people")
    stats = await store.stats()
    assert (stats.documents, stats.passages) == (4, 3)
    assert (stats.model_id, stats.dimension) == (MODEL, DIMENSION)
    assert stats.bytes > 0
    handbook, people = stats.sources
    assert (handbook.source, handbook.documents, handbook.last_sync) == ("handbook", 2, None)
    assert (people.source, people.documents, people.passages) == ("people", 2, 1)
    assert people.last_sync is not None
    assert before <= people.last_sync <= datetime.now(UTC)


async def test_closing_twice_is_fine(opener: Opener) -> None:
    """A closed store answers with one sentence, and a second close does nothing."""
    async with opener() as store:
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await store.stats()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents=corpora(), who=readers)
async def test_nothing_invisible_is_shown(
    store: PassageStore, documents: list[IndexedDocument], who: Readers
) -> None:
    """passages() and document() show exactly what the readers may see of what is there."""
    await store.clear()
    await store.claim(MODEL, DIMENSION)
    for item in documents:
        await store.put(item)
    for item in {item.document.id: item for item in documents}.values():
        shown = visible(item.document, who)
        assert await store.document(item.document.id, who) == (item.document if shown else None)
        ids = [passage.id for passage in item.passages]
        assert await store.passages(ids, who) == (list(item.passages) if shown else [])


async def test_a_change_of_audiences_holds_at_once(store: PassageStore) -> None:
    """Audiences are looked up at each question; a source that is not named is for admins alone."""
    await store.put(simple("people:a"))
    await store.put(simple("handbook:b"))
    assert await found(store, "find", HR) == ["handbook:b", "people:a"]
    assert await found(store, "find", PUBLIC) == ["handbook:b"]
    await store.set_audiences({"people": AUDIENCES["handbook"]})
    assert await found(store, "find", PUBLIC) == ["people:a"]
    assert await store.document("handbook:b", PUBLIC) is None
    await store.set_audiences({"people": frozenset()})
    assert await found(store, "find", HR) == []
    assert await found(store, "find", ADMIN) == ["handbook:b", "people:a"]


@pytest.mark.parametrize(
    ("groups", "seen"), [(None, False), (frozenset({"group:hr"}), False), (frozenset(), True)]
)
async def test_admins_see_what_is_for_a_group_that_there_is_not(
    store: PassageStore,
    groups: frozenset[str] | None,
    seen: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """But not what is for a group that there is, or may be; nobody else sees it either way."""
    item = simple("handbook:a")
    document = replace(item.document, restrictions=frozenset({"group:hr"}))
    await store.put(indexed(document, [{Field.STEMS: ["find"]}]))
    admins = Readers(frozenset({"everyone", "admins"}), groups=groups)
    assert await found(store, "find", admins) == ["handbook:a"] * seen
    assert await found(store, "find", replace(admins, labels=frozenset({"everyone"}))) == []


async def test_the_limit_is_filled_from_what_is_visible(store: PassageStore) -> None:
    """Better matches that nobody here may see take no place of visible ones."""
    for number in range(30):
        await store.put(simple(f"people:{number}", "find find find"))
    for number in range(3):
        await store.put(simple(f"handbook:{number}", "one more word to find somewhere"))
    query = [FieldQuery(Field.STEMS, ("find",))]
    hits = await store.lexical(query, PUBLIC, limit=3)
    assert {hit.document_id for hit in hits} == {f"handbook:{number}" for number in range(3)}
    near = await store.nearest(simple("people:1").vectors[0], PUBLIC, limit=3)
    assert {hit.document_id for hit in near} == {f"handbook:{number}" for number in range(3)}
