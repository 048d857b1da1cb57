"""Collections in memory, matched and ranked as a real Weaviate was seen to do it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75

HNSW = {
    "cleanupIntervalSeconds": 300,
    "distance": "cosine",
    "dynamicEfFactor": 8,
    "dynamicEfMax": 500,
    "dynamicEfMin": 100,
    "ef": -1,
    "efConstruction": 128,
    "flatSearchCutoff": 40_000,
    "maxConnections": 32,
    "skip": False,
    "vectorCacheMaxObjects": 1_000_000_000_000,
}
"""What a real server fills in, and the client wants to read back."""

Properties = dict[str, Any]
Test = Callable[["Item"], bool]


class WeaviateError(Exception):
    """Something that Weaviate refuses, in its own words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One object."""

    id: str
    properties: Properties
    vector: NDArray[np.float32] | None


@dataclass(slots=True)
class Held:
    """One collection.

    Attributes:
        schema: As REST has it.
        items: Its objects by their ids.
    """

    schema: dict[str, Any]
    items: dict[str, Item] = field(default_factory=dict)

    def property(self, name: str) -> dict[str, Any]:
        """A property's schema."""
        for known in self.schema["properties"]:
            if known["name"] == name:
                return dict(known)
        message = f"no such prop with name '{name}' found in class '{self.schema['class']}'"
        raise WeaviateError(message)

    def write(self, item: Item) -> None:
        """Insert or replace an object."""
        for name in item.properties:
            self.property(name)
        dimensions = {len(i.vector) for i in self.items.values() if i.vector is not None}
        if item.vector is not None and dimensions - {len(item.vector)}:
            message = f"new node has a vector with length {len(item.vector)}: vector lengths differ"
            raise WeaviateError(message)
        self.items[item.id] = item

    def tokens(self, name: str, text: str) -> list[str]:
        """What a text is matched by in a property."""
        known = self.property(name)
        if known.get("tokenization") == "whitespace":
            return text.split()
        if known.get("tokenization") == "field":
            return [text.strip()]
        raise WeaviateError(f"the fake does not know the tokenization of {name}")

    def values(self, item: Item, name: str) -> set[Any]:
        """What an object is found by in a property."""
        known = self.property(name)
        if not (known.get("indexFilterable", True) or known.get("indexSearchable", True)):
            raise WeaviateError(f"Filtering by property '{name}' requires inverted index")
        value = item.properties.get(name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        found: set[Any] = set()
        for each in values:
            found |= set(self.tokens(name, each)) if isinstance(each, str) else {each}
        return found

    def select(self, test: Test) -> list[Item]:
        """The objects that pass, in the order of their ids."""
        return [item for _, item in sorted(self.items.items()) if test(item)]

    def bm25(
        self, query: str, weights: Mapping[str, float], test: Test, limit: int
    ) -> list[tuple[Item, float]]:
        """The best objects that pass; one mean length for all fields, and no factor k1 + 1."""
        texts = {
            item.id: {name: str(item.properties.get(name) or "").split() for name in weights}
            for item in self.items.values()
        }
        lengths = [len(words) for fields in texts.values() for words in fields.values()]
        mean = sum(lengths) / len(lengths) if lengths else 0.0
        scores: dict[str, float] = {}
        for word in query.split():
            for name, weight in weights.items():
                df = sum(word in fields[name] for fields in texts.values())
                idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
                for id_, fields in texts.items():
                    if tf := fields[name].count(word):
                        norm = K1 * (1 - B + B * len(fields[name]) / mean)
                        scores[id_] = scores.get(id_, 0.0) + weight * idf * tf / (tf + norm)
        found = [(self.items[id_], score) for id_, score in scores.items()]
        passed = [(item, score) for item, score in found if test(item)]
        return sorted(passed, key=lambda pair: -pair[1])[:limit]

    def nearest(
        self, vector: NDArray[np.float32], test: Test, limit: int
    ) -> list[tuple[Item, float]]:
        """The objects that pass with the smallest cosine distance."""
        found = []
        for item in self.select(test):
            if item.vector is None:
                continue
            if len(item.vector) != len(vector):
                message = f"vector lengths don't match: {len(item.vector)} vs {len(vector)}"
                raise WeaviateError(message)
            lengths = float(np.linalg.norm(item.vector)) * float(np.linalg.norm(vector))
            product = float(item.vector.astype(np.float64) @ vector)
            found.append((item, 1 - product / (lengths or 1.0)))
        return sorted(found, key=lambda pair: pair[1])[:limit]


class Database:
    """All collections by name."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}

    def __getitem__(self, name: str) -> Held:
        if name not in self.held:
            raise WeaviateError(f"could not find class {name} in schema")
        return self.held[name]

    def create(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Make a collection, with the defaults that the client wants to read back."""
        name = schema["class"]
        if name in self.held:
            raise WeaviateError(f"class name {name} already exists")
        schema["properties"] = [property_schema(known) for known in schema.get("properties", [])]
        for vector in schema.get("vectorConfig", {}).values():
            vector["vectorIndexConfig"] = HNSW | vector.get("vectorIndexConfig", {})
        self.held[name] = Held({"vectorizer": "none", **schema})
        return self.held[name].schema


def property_schema(given: dict[str, Any]) -> dict[str, Any]:
    """A property with the defaults filled in."""
    text = given["dataType"][0].startswith("text")
    return {"indexFilterable": True, "indexSearchable": text, **given}


def anything(_: Item) -> bool:
    """Passes every object."""
    return True


def total(items: Iterable[Item], name: str) -> int:
    """The sum of a property."""
    return sum(int(item.properties.get(name) or 0) for item in items)
