"""JSON schemas of the types that Slack publishes on npm."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.servers.npm.checking import TypeCheck, Words
from tests.servers.npm.schemas import generated
from tests.servers.slack.web import METHODS

FAMILIES = ("Parts", "Events", "Interactions", "Replies")


class Schemas:
    """The schemas by name.

    Args:
        schemas: By type: FAMILIES, and the arguments and response of each method.
    """

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._words = {name: Words(schema) for name, schema in schemas.items()}
        self._checks: dict[tuple[str, str], TypeCheck] = {}

    def has_member(self, family: str, name: str) -> bool:
        """Whether a family has this member."""
        return name in self._schemas[family]["definitions"][family]["properties"]

    def has_method(self, method: str) -> bool:
        """Whether the types of this method are here."""
        return type_of(method, "Response") in self._schemas

    def member(self, family: str, name: str) -> TypeCheck:
        """Checks one member of a family, such as an event by its type."""
        return self._check(family, f"#/definitions/{family}/properties/{name}")

    def method(self, method: str, kind: str) -> TypeCheck:
        """Checks the `Arguments` or the `Response` of a method."""
        name = type_of(method, kind)
        return self._check(name, self._schemas[name]["$ref"])

    def _check(self, schema: str, ref: str) -> TypeCheck:
        key = (schema, ref)
        if key not in self._checks:
            loaded = {**self._schemas[schema], "$ref": ref}
            if schema.endswith("Response"):
                loaded = _open(loaded)
            self._checks[key] = TypeCheck(loaded, self._words[schema])
        return self._checks[key]


@lru_cache
def slack_schemas() -> Schemas:
    """The schemas, from the cache or newly made.

    Raises:
        NoPackagesError: Node, npm or the packages are missing.
    """
    methods = [type_of(m, kind) for m in METHODS for kind in ("Arguments", "Response")]
    return Schemas(generated("slack", [*FAMILIES, *methods]))


def _open(schema: Any) -> Any:
    """The schema without its refusal of further fields.

    The types of responses are made from samples, and Slack adds fields to responses at any time.
    """
    if isinstance(schema, dict):
        return {
            name: _open(part)
            for name, part in schema.items()
            if not (name == "additionalProperties" and part is False)
        }
    return [_open(part) for part in schema] if isinstance(schema, list) else schema


def type_of(method: str, kind: str) -> str:
    """The name of a method's type: `ChatUpdateArguments` for `chat.update`."""
    return "".join(part[:1].upper() + part[1:] for part in method.split(".")) + kind
