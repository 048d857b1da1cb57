"""The gRPC interface of the Weaviate on the wire, on the client's own stubs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import grpc
import numpy as np
from google.protobuf.json_format import MessageToDict
from numpy.typing import NDArray
from weaviate.proto.v1 import (
    aggregate_pb2,
    base_pb2,
    batch_delete_pb2,
    batch_pb2,
    properties_pb2,
    search_get_pb2,
    weaviate_pb2_grpc,
)

from tests.servers.weaviate_faults import Faults
from tests.servers.weaviate_filters import test_of
from tests.servers.weaviate_model import Database, Held, Item, Test, WeaviateError, total

MOST = 10_000
Context = Any
"""gRPC's ServicerContext, which has no types."""


class Servicer(weaviate_pb2_grpc.WeaviateServicer):
    """Answers Search, Aggregate, BatchObjects and BatchDelete."""

    def __init__(self, database: Database, faults: Faults) -> None:
        self._database = database
        self._faults = faults

    async def Search(  # noqa: N802  gRPC's name
        self, request: search_get_pb2.SearchRequest, context: Context
    ) -> search_get_pb2.SearchReply:
        """Objects by filter, by BM25 or by vector."""
        await self._enter("Search", context)
        self._agreed(request)
        try:
            return self._search(request)
        except WeaviateError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise

    def _search(self, request: search_get_pb2.SearchRequest) -> search_get_pb2.SearchReply:
        held = self._database[request.collection]
        test = _test(request, held)
        if request.limit + request.offset > MOST:
            message = "query maximum results exceeded"
            raise WeaviateError(message)
        if request.HasField("bm25_search"):
            properties = [name.partition("^") for name in request.bm25_search.properties]
            weights = {name: float(weight or 1) for name, _, weight in properties}
            ranked = held.bm25(request.bm25_search.query, weights, test, request.limit)
            results = [_result(request, item, score=score) for item, score in ranked]
        elif request.HasField("near_vector"):
            near = held.nearest(_vector(request.near_vector), test, request.limit)
            results = [_result(request, item, distance=distance) for item, distance in near]
        else:
            chosen = held.select(test)[request.offset :][: request.limit or 25]
            results = [_result(request, item) for item in chosen]
        return search_get_pb2.SearchReply(results=results)

    async def Aggregate(  # noqa: N802  gRPC's name
        self, request: aggregate_pb2.AggregateRequest, context: Context
    ) -> aggregate_pb2.AggregateReply:
        """Counts and sums, of all objects or by the value of a property."""
        await self._enter("Aggregate", context)
        try:
            held = self._database[request.collection]
            chosen = held.select(_test(request, held))
        except WeaviateError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        if not request.HasField("group_by"):
            single = aggregate_pb2.AggregateReply.Single(
                objects_count=len(chosen), aggregations=_sums(request, chosen)
            )
            return aggregate_pb2.AggregateReply(single_result=single)
        name = request.group_by.property
        groups: dict[str, list[Item]] = {}
        for item in chosen:
            groups.setdefault(str(item.properties[name]), []).append(item)
        return aggregate_pb2.AggregateReply(
            grouped_results=aggregate_pb2.AggregateReply.Grouped(
                groups=[
                    aggregate_pb2.AggregateReply.Group(
                        objects_count=len(items),
                        aggregations=_sums(request, items),
                        grouped_by=aggregate_pb2.AggregateReply.Group.GroupedBy(
                            path=[name], text=value
                        ),
                    )
                    for value, items in groups.items()
                ]
            )
        )

    async def BatchObjects(  # noqa: N802  gRPC's name
        self, request: batch_pb2.BatchObjectsRequest, context: Context
    ) -> batch_pb2.BatchObjectsReply:
        """Insert or replace objects; an error of one does not keep the others back."""
        await self._enter("BatchObjects", context)
        self._agreed(request)
        errors = []
        for place, given in enumerate(request.objects):
            try:
                self._write(given)
            except WeaviateError as error:
                message = batch_pb2.BatchObjectsReply.BatchError(index=place, error=str(error))
                errors.append(message)
        return batch_pb2.BatchObjectsReply(errors=errors)

    def _write(self, given: batch_pb2.BatchObject) -> None:
        properties = _properties(given.properties)
        self._faults.dies(given.collection)
        if self._faults.read_only:
            message = "put object: store is read-only due to: disk usage too high"
            raise WeaviateError(message)
        if refused := self._faults.refuses(given.collection, properties):
            raise WeaviateError(refused)
        vector = np.frombuffer(given.vector_bytes, "<f4") if given.vector_bytes else None
        self._database[given.collection].write(Item(str(UUID(given.uuid)), properties, vector))

    async def BatchDelete(  # noqa: N802  gRPC's name
        self, request: batch_delete_pb2.BatchDeleteRequest, context: Context
    ) -> batch_delete_pb2.BatchDeleteReply:
        """Delete objects, so many at once at most."""
        await self._enter("BatchDelete", context)
        self._agreed(request)
        try:
            deleted = self._delete(request)
        except WeaviateError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        return batch_delete_pb2.BatchDeleteReply(matches=deleted, successful=deleted, failed=0)

    def _delete(self, request: batch_delete_pb2.BatchDeleteRequest) -> int:
        held = self._database[request.collection]
        self._faults.dies(request.collection)
        if self._faults.read_only:
            message = 'failed to parse id "" as uuid'
            raise WeaviateError(message)
        chosen = held.select(_test(request, held))[: self._faults.deleted_at_once]
        for item in chosen:
            del held.items[item.id]
        return len(chosen)

    def _agreed(self, request: Any) -> None:
        level = base_pb2.ConsistencyLevel.Name(request.consistency_level)
        self._faults.levels.add(level.removeprefix("CONSISTENCY_LEVEL_").lower())

    async def _enter(self, name: str, context: Context) -> None:
        headers = dict(context.invocation_metadata() or ())
        if not self._faults.lets_in(str(headers.get("authorization"))):
            said = "extract auth: unauthorized: invalid api key"
            await context.abort(grpc.StatusCode.UNKNOWN, said)
        await self._faults.called(name)


def _test(request: Any, held: Held) -> Test:
    return test_of(request.filters if request.HasField("filters") else None, held)


def _vector(near: Any) -> NDArray[np.float32]:
    data = near.vectors[0].vector_bytes if near.vectors else near.vector_bytes
    return np.frombuffer(data, "<f4")


def _properties(given: batch_pb2.BatchObject.Properties) -> dict[str, Any]:
    values: dict[str, Any] = dict(MessageToDict(given.non_ref_properties))
    values |= {array.prop_name: list(array.values) for array in given.text_array_properties}
    return values | {name: [] for name in given.empty_list_props}


def _result(
    request: search_get_pb2.SearchRequest,
    item: Item,
    *,
    score: float | None = None,
    distance: float | None = None,
) -> search_get_pb2.SearchResult:
    names = request.properties.non_ref_properties
    fields = {name: _value(item.properties.get(name)) for name in names}
    return search_get_pb2.SearchResult(
        properties=search_get_pb2.PropertiesResult(
            non_ref_props=properties_pb2.Properties(fields=fields)
        ),
        metadata=search_get_pb2.MetadataResult(
            id=item.id,
            id_as_bytes=UUID(item.id).bytes,
            vector_bytes=_bytes(request, item),
            score=score or 0.0,
            score_present=score is not None,
            distance=distance or 0.0,
            distance_present=distance is not None,
            vectors=_vectors(item) if request.metadata.vector else (),
        ),
    )


def _vectors(item: Item) -> list[base_pb2.Vectors]:
    if item.vector is None:
        return []
    single = base_pb2.Vectors.VectorType.VECTOR_TYPE_SINGLE_FP32
    data = item.vector.astype("<f4").tobytes()
    return [base_pb2.Vectors(name="default", vector_bytes=data, type=single)]


def _bytes(request: search_get_pb2.SearchRequest, item: Item) -> bytes:
    if item.vector is None or not request.metadata.vector:
        return b""
    return item.vector.astype("<f4").tobytes()


def _value(value: object) -> properties_pb2.Value:
    match value:
        case None:
            return properties_pb2.Value(null_value="NULL_VALUE")
        case bool():
            return properties_pb2.Value(bool_value=value)
        case float() | int():
            return properties_pb2.Value(int_value=int(value))
        case str():
            return properties_pb2.Value(text_value=value)
    message = f"the fake does not give back {value!r}"
    raise WeaviateError(message)


def _sums(
    request: aggregate_pb2.AggregateRequest, items: Iterable[Item]
) -> aggregate_pb2.AggregateReply.Aggregations:
    kind = aggregate_pb2.AggregateReply.Aggregations.Aggregation
    chosen = list(items)
    return aggregate_pb2.AggregateReply.Aggregations(
        aggregations=[
            kind(property=asked.property, int=kind.Integer(sum=total(chosen, asked.property)))
            for asked in request.aggregations
        ]
    )
