"""How the Weaviate store searches, so that it ranks as every other store does.

Weaviate's own BM25 has one k1 and b a collection, one mean length for all fields of a query, and
document frequencies that still count what was deleted. So it only chooses candidates, more than
are asked for; they come with their terms, and are ranked here by the textbook's BM25 over the
numbers of the living index.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence

import numpy as np
from weaviate.classes.aggregate import Metrics
from weaviate.classes.query import Filter, MetadataQuery

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Field, FieldQuery, Hit, TermStatistics
from footnote.retrieval.stores.fitting import unit
from footnote.retrieval.stores.weaviate_counting import Totals
from footnote.retrieval.stores.weaviate_entries import Watched, lengths_name
from footnote.retrieval.stores.weaviate_link import Link, Properties, chunks
from footnote.retrieval.stores.weaviate_reads import AT_ONCE, filtered, living, total, watch
from footnote.retrieval.stores.weaviate_text import count, length, quoted, token, unquoted

LEAST = 100
EXTRA = 0.25
"""Weaviate is asked for a quarter more than is wanted, and for no fewer than a hundred."""


async def lexical(
    link: Link, queries: Sequence[FieldQuery], readers: Readers, limit: int
) -> list[Hit]:
    """The visible passages with the highest weighted sum of BM25."""
    asked = [query for query in queries if query.terms]
    if not asked or limit <= 0:
        return []
    looked = await watch(link)
    filters = filtered(looked, readers)
    if filters is None:
        return []
    fields = {query.field for query in asked}
    text = " ".join(token(query.field, term) for query in asked for term in query.terms)
    found, (totals, frequencies) = await asyncio.gather(
        link.ask(
            lambda: link.passages.query.bm25(
                text,
                query_properties=_weighted(asked),
                limit=_widened(limit),
                filters=Filter.all_of(filters) if filters else None,
                return_properties=["passage", "document", *sorted(fields)],
            )
        ),
        _numbers(link, looked, asked),
    )
    scorers = [
        _Scorer(query, totals, frequency)
        for query, frequency in zip(asked, frequencies, strict=True)
    ]
    return _best(
        [
            _hit(item.properties, sum(scorer.score(item.properties) for scorer in scorers))
            for item in found.objects
        ],
        limit,
    )


class _Scorer:
    """Textbook BM25 of one field; the formula is that of `PassageStore.lexical`."""

    def __init__(self, query: FieldQuery, totals: Totals, frequencies: Mapping[str, int]) -> None:
        self._query = query
        self._mean = totals.mean_length(query.field)
        self._factors = {
            token(query.field, term): times
            * query.weight
            * (query.k1 + 1)
            * math.log(1 + (totals.passages - frequencies[term] + 0.5) / (frequencies[term] + 0.5))
            for term, times in Counter(query.terms).items()
        }

    def score(self, properties: Properties) -> float:
        text = str(properties.get(self._query.field) or "")
        if not text:
            return 0.0
        k1, b = self._query.k1, self._query.b
        norm = k1 * (1 - b + b * length(text) / self._mean)
        counts = ((factor, count(text, wanted)) for wanted, factor in self._factors.items())
        return sum(factor * tf / (tf + norm) for factor, tf in counts if tf)


async def nearest(link: Link, vector: Vectors, readers: Readers, limit: int) -> list[Hit]:
    """The visible passages with the highest cosine."""
    looked = await watch(link)
    filters = filtered(looked, readers)
    if not looked.model_id or filters is None or limit <= 0:
        return []
    asked = unit(vector, looked.dimension).tolist()
    found = await link.ask(
        lambda: link.passages.query.near_vector(
            asked,
            limit=_widened(limit),
            filters=Filter.all_of(filters) if filters else None,
            return_metadata=MetadataQuery(distance=True),
            return_properties=["passage", "document"],
        )
    )
    hits = [_hit(item.properties, 1 - (item.metadata.distance or 0.0)) for item in found.objects]
    return _best(hits, limit, least=-math.inf)


async def cosines(link: Link, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
    """The cosine of each of these passages, 0.0 for one that is gone."""
    looked = await watch(link)
    if not looked.model_id or not passage_ids:
        return [0.0] * len(passage_ids)
    asked = unit(vector, looked.dimension).tolist()
    known: dict[str, float] = {}
    for ids in chunks([quoted(passage_id) for passage_id in dict.fromkeys(passage_ids)], AT_ONCE):
        which = Filter.all_of(
            [Filter.by_property("passage").contains_any(list(ids)), *living(looked)]
        )
        found = await link.ask(
            lambda ids=ids, which=which: link.passages.query.near_vector(  # type: ignore[misc]  # a lambda with a default
                asked,
                limit=len(ids),
                filters=which,
                return_metadata=MetadataQuery(distance=True),
                return_properties=["passage"],
            )
        )
        known |= {
            unquoted(str(item.properties["passage"])): 1 - (item.metadata.distance or 0.0)
            for item in found.objects
        }
    return [known.get(passage_id, 0.0) for passage_id in passage_ids]


async def vectors(link: Link, passage_ids: Sequence[str]) -> Vectors:
    """The vector of each of these passages, zeros for one that is gone."""
    looked = await watch(link)
    gone = np.zeros(looked.dimension, np.float32)
    known: dict[str, Vectors] = {}
    for ids in chunks([quoted(passage_id) for passage_id in dict.fromkeys(passage_ids)], AT_ONCE):
        which = Filter.all_of(
            [Filter.by_property("passage").contains_any(list(ids)), *living(looked)]
        )
        found = await link.ask(
            lambda ids=ids, which=which: link.passages.query.fetch_objects(  # type: ignore[misc]  # a lambda with a default
                filters=which, limit=len(ids), include_vector=True, return_properties=["passage"]
            )
        )
        known |= {
            unquoted(str(item.properties["passage"])): np.asarray(held, np.float32)
            for item in found.objects
            for held in item.vector.values()
        }
    return np.array([known.get(id_, gone) for id_ in passage_ids]).reshape(
        len(passage_ids), looked.dimension
    )


async def term_statistics(link: Link, terms: AnyOf[str], field: Field) -> TermStatistics:
    """N, document frequencies and mean length of a field."""
    looked = await watch(link)
    totals = await _totals(link, looked)
    frequencies = await _frequencies(link, looked, field, terms, totals)
    return TermStatistics(totals.passages, frequencies, totals.mean_length(field))


async def _numbers(
    link: Link, looked: Watched, asked: Sequence[FieldQuery]
) -> tuple[Totals, list[dict[str, int]]]:
    """The totals, and in how many passages the terms of each query stand."""
    totals = await _totals(link, looked)
    each = (_frequencies(link, looked, query.field, query.terms, totals) for query in asked)
    return totals, await asyncio.gather(*each)


async def _totals(link: Link, looked: Watched) -> Totals:
    return await link.counts.totals(
        looked.edition, lambda: link.shared("totals", lambda: _summed(link))
    )


async def _summed(link: Link) -> Totals:
    names = ["passages", *(lengths_name(field) for field in Field)]
    summed = await link.ask(
        lambda: link.manifest.aggregate.over_all(
            return_metrics=[Metrics(name).integer(sum_=True) for name in names]
        )
    )
    lengths = {field: total(summed.properties.get(lengths_name(field))) for field in Field}
    return Totals(total(summed.properties.get("passages")), lengths)


async def _frequencies(
    link: Link, looked: Watched, field: Field, terms: AnyOf[str], totals: Totals
) -> dict[str, int]:
    async def count_one(term: str) -> int:
        term_is_there = Filter.by_property(field).equal(token(field, term))
        which = Filter.all_of([term_is_there, *living(looked)])
        counted = await link.ask(lambda: link.passages.aggregate.over_all(filters=which))
        return counted.total_count or 0

    return await link.counts.of(field, terms, totals.passages, looked.edition, count_one)


def _weighted(asked: Sequence[FieldQuery]) -> list[str]:
    weights: dict[Field, float] = {}
    for query in asked:
        weights[query.field] = max(query.weight, weights.get(query.field, 0.0))
    return [f"{field}^{weight:g}" for field, weight in weights.items()]


def _widened(limit: int) -> int:
    return max(LEAST, math.ceil(limit * (1 + EXTRA)))


def _hit(properties: Properties, score: float) -> Hit:
    return Hit(unquoted(str(properties["passage"])), unquoted(str(properties["document"])), score)


def _best(hits: Sequence[Hit], limit: int, *, least: float = 0.0) -> list[Hit]:
    ranked = sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
    return [hit for hit in ranked[:limit] if hit.score > least]
