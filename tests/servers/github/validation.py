"""Checks what was asked and answered against GitHub's published descriptions, where they are.

`published.py` knows where: all of GitHub's OpenAPI, or the operations that `rest.py` names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.servers.github.published import openapi

if TYPE_CHECKING:
    from tests.servers.github.server import Exchange

UNDESCRIBED_QUERIES = frozenset({"after", "before"})
"""GitHub's own links to further pages hold cursors, which its description leaves out."""
UNDESCRIBED_STATUSES = frozenset({304, 401, 403, 422, 429, 500, 502, 503})
"""Of any route: validators, logins, limits and faults."""


class Description:
    """GitHub's OpenAPI, whose objects here have no fields but those that it names."""

    def __init__(self, read: dict[str, Any]) -> None:
        self._components = _plain(read["components"])
        self._operations = {
            operation["operationId"]: operation
            for path in read["paths"].values()
            for operation in path.values()
        }
        self._validators: dict[str, Draft202012Validator] = {}

    def problems(self, exchange: Exchange) -> Iterator[str]:
        """What is not as described."""
        operation = self._operations[exchange.route]
        known = {self._parameter(one) for one in operation["parameters"]}
        for name in exchange.query.keys() - known - UNDESCRIBED_QUERIES:
            yield f"{exchange.path}: no {name} is described"
        if str(exchange.status) not in operation["responses"]:
            if exchange.status not in UNDESCRIBED_STATUSES:
                yield f"{exchange.path}: no status {exchange.status} is described"
        elif exchange.status == 200 and exchange.said is not None:
            said = _each_once(exchange.said)
            error = best_match(self._validator(exchange.route).iter_errors(said))
            if error:
                where = "/".join(map(str, error.absolute_path))
                yield f"{exchange.path}: {where}: {error.message[:300]}"

    def _parameter(self, given: dict[str, Any]) -> str:
        if "$ref" in given:
            given = self._components["parameters"][given["$ref"].rpartition("/")[2]]
        return str(given["name"])

    def _validator(self, route: str) -> Draft202012Validator:
        if route not in self._validators:
            content = self._operations[route]["responses"]["200"]["content"]
            schema = _plain(content["application/json"]["schema"])
            self._validators[route] = Draft202012Validator(
                schema | {"components": self._components}
            )
        return self._validators[route]


@lru_cache
def read_description(path: Path | None) -> Description | None:
    """The description in a file; None for no file."""
    return None if path is None else Description(json.loads(path.read_text(encoding="utf-8")))


def assert_described(exchanges: Iterable[Exchange]) -> None:
    """Check exchanges of REST; where the description is not present, nothing is checked.

    Raises:
        AssertionError: Something was not as described.
    """
    description = read_description(openapi())
    if description is None:
        return
    seen: set[tuple[Any, ...]] = set()
    for one in exchanges:
        like = (one.route, one.status, *sorted(one.query), _form(one.said))
        if one.route not in {"", "graphql"} and like not in seen:
            seen.add(like)
            found = [*description.problems(one)]
            assert not found, "\n".join(found)


def _each_once(said: Any) -> Any:
    """An answer with one entry of each form, as schemas are slow to check."""
    return [*{_form(one): one for one in said}.values()] if isinstance(said, list) else said


def _form(said: Any) -> str:
    """The same for answers that differ in numbers and words alone."""
    text = json.dumps(said, sort_keys=True)
    names = sorted(set(re.findall(r'"\w+": (?:null|true|false|\[|\{|"|\d)', text)))
    return " ".join(names)


def _plain(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON schema has it, and no fields that are not named."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _plain(part) for name, part in schema.items() if name != "nullable"}
    if isinstance(made.get("properties"), dict) and "properties" not in made["properties"]:
        made.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        return {"anyOf": [made, {"type": "null"}]}
    return made
