"""Filters of a gRPC request as tests of an object."""

from __future__ import annotations

from typing import Any

from weaviate.proto.v1 import base_pb2

from tests.servers.weaviate_model import Held, Item, Test, WeaviateError, anything

Op = base_pb2.Filters


def test_of(filters: base_pb2.Filters | None, held: Held) -> Test:
    """What an object has to meet; without filters, nothing."""
    if filters is None:
        return anything
    match filters.operator:
        case Op.OPERATOR_AND:
            parts = [test_of(part, held) for part in filters.filters]
            return lambda item: all(part(item) for part in parts)
        case Op.OPERATOR_OR:
            parts = [test_of(part, held) for part in filters.filters]
            return lambda item: any(part(item) for part in parts)
    name = filters.target.property
    wanted = _wanted(filters, name, held)

    def found(item: Item) -> set[Any]:
        return {item.id} if name == "_id" else held.values(item, name)

    match filters.operator:
        case Op.OPERATOR_EQUAL | Op.OPERATOR_CONTAINS_ANY:
            return lambda item: not wanted.isdisjoint(found(item))
        case Op.OPERATOR_NOT_EQUAL | Op.OPERATOR_CONTAINS_NONE:
            return lambda item: wanted.isdisjoint(found(item))
    message = f"the fake does not know the operator {filters.operator}"
    raise WeaviateError(message)


def _wanted(filters: base_pb2.Filters, name: str, held: Held) -> set[Any]:
    kind = filters.WhichOneof("test_value")
    value = getattr(filters, str(kind))
    values = list(value.values) if kind == "value_text_array" else [value]
    if name == "_id" or kind not in {"value_text", "value_text_array"}:
        return set(values)
    return {token for text in values for token in held.tokens(name, text)}
