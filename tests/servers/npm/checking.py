"""Checks of payloads against a published type, each kind of payload once.

Schemas are slow to check, and most of what is said is said in every scene. TypeScript says nothing
of a text but that it is one of some constants: all others are alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

_ASIDE = {"$schema", "default", "deprecated", "description", "title"}
_OF_PARTS = {"$ref", "additionalProperties", "anyOf", "items", "maxItems", "minItems", "not"}
_NAMED = {"definitions", "properties"}
_SAID = {"const", "enum", "minimum", "required", "type"}
HEEDED = _ASIDE | _OF_PARTS | _NAMED | _SAID
"""The keywords of which it is known what makes payloads alike; others need thought first."""


class Words:
    """All that a schema tells apart by its value.

    Args:
        schema: The schema, with its definitions.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def kind(self, payload: Any) -> Hashable:
        """The same for two payloads only if the schema takes both or neither."""
        if isinstance(payload, dict):
            known = self._names
            parts = payload.items()
            return frozenset((k if k in known else None, self.kind(part)) for k, part in parts)
        if isinstance(payload, list):
            return tuple(map(self.kind, payload))
        if isinstance(payload, str):
            return payload if payload in self._constants else str
        if payload is None or isinstance(payload, bool):
            return (bool, payload)
        const = payload if payload in self._constants else None
        return (float, float(payload).is_integer(), const, sum(b <= payload for b in self._bounds))

    @cached_property
    def _constants(self) -> frozenset[Any]:
        constants = [node["const"] for node in _nodes(self._schema) if "const" in node]
        listed = [one for node in _nodes(self._schema) for one in node.get("enum", ())]
        return frozenset(one for one in constants + listed if isinstance(one, str | int | float))

    @cached_property
    def _bounds(self) -> frozenset[float]:
        return frozenset(node["minimum"] for node in _nodes(self._schema) if "minimum" in node)

    @cached_property
    def _names(self) -> frozenset[str]:
        nodes = list(_nodes(self._schema))
        assert set().union(*nodes) <= HEEDED, set().union(*nodes) - HEEDED
        named = (name for node in nodes for name in node.get("properties", ()))
        return frozenset((*named, *(name for node in nodes for name in node.get("required", ()))))


class TypeCheck:
    """One type's check, which remembers what had the type.

    Args:
        schema: The type's schema.
        words: What tells payloads of the type apart.
    """

    def __init__(self, schema: dict[str, Any], words: Words) -> None:
        self._validator = Draft7Validator(schema)
        self._words = words
        self._sound: set[Hashable] = set()

    def errors(self, payload: Any) -> Iterator[ValidationError]:
        """Everything in a payload that is not of the type."""
        return self._validator.iter_errors(payload)

    def error(self, payload: Any) -> ValidationError | None:
        """The most telling one of them; None of what is like another that had the type."""
        kind = self._words.kind(payload)
        if kind in self._sound:
            return None
        error: ValidationError | None = best_match(self.errors(payload))
        if error is None:
            self._sound.add(kind)
        return error


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and all schemas within."""
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword, part in schema.items():
        inner: list[Any] = []
        if keyword in _NAMED:
            inner = list(part.values())
        elif keyword in _OF_PARTS:
            inner = part if isinstance(part, list) else [part]
        for one in inner:
            yield from _nodes(one)
