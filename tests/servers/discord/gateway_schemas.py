"""JSON schemas of the gateway's payloads, of the types in npm's discord-api-types."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.servers.npm.checking import TypeCheck, Words
from tests.servers.npm.packages import NoPackagesError
from tests.servers.npm.schemas import generated

FAMILIES = ("Received", "Sent")
"""What an app receives, by the event's or the opcode's name, and what it sends."""

BIT_FIELD = {"type": "integer", "minimum": 0}


class GatewaySchemas:
    """The schemas by family and name.

    Args:
        schemas: By family.
    """

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._words = {family: Words(schema) for family, schema in schemas.items()}
        self._checks: dict[tuple[str, str], TypeCheck] = {}

    def names(self, family: str) -> set[str]:
        """The payloads that a family has types for."""
        return set(self._schemas[family]["definitions"][family]["properties"])

    def of(self, family: str, name: str) -> TypeCheck:
        """Checks one payload of a family."""
        key = (family, name)
        if key not in self._checks:
            schema = self._schemas[family] | {"$ref": f"#/definitions/{family}/properties/{name}"}
            self._checks[key] = TypeCheck(schema, self._words[family])
        return self._checks[key]


@lru_cache
def gateway_schemas() -> GatewaySchemas | str:
    """The schemas, from the cache or newly made, or the sentence that says why there are none."""
    try:
        schemas = generated("discord", FAMILIES)
    except NoPackagesError as error:
        return str(error)
    return GatewaySchemas({name: _with_bit_fields(schema) for name, schema in schemas.items()})


def _with_bit_fields(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with sums of flags allowed, which TypeScript's enums cannot say."""
    definitions = schema["definitions"]
    flags = [n for n, one in definitions.items() if n.endswith("Flags") and "number" in one["type"]]
    return {**schema, "definitions": {**definitions, **dict.fromkeys(flags, BIT_FIELD)}}
