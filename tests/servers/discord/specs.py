"""Discord's published description of its REST API, made strict.

The description lets every object have any further field. Here an object has no others than those
that it names, so that a misspelled field is found; `allowances` names what is missing there.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = "discord-openapi.json"
EXTENDED = "Error"
"""The one object that others extend, and so it alone stays open."""
_JSON = "application/json"


class Description:
    """The routes by their `operationId`, and what their bodies have to be.

    Attributes:
        sound: What was found to be as described, so that its like need not be checked.
    """

    def __init__(self, read: dict[str, Any]) -> None:
        self._components = _strict(read["components"])
        self._components["schemas"][EXTENDED] = read["components"]["schemas"][EXTENDED]
        self._operations = {
            operation["operationId"]: operation
            for path in read["paths"].values()
            for operation in path.values()
            if isinstance(operation, dict)
        }
        self._places = {
            operation["operationId"]: (method.upper(), path)
            for path, operations in read["paths"].items()
            for method, operation in operations.items()
            if method != "parameters"
        }
        self._validators: dict[str, Draft202012Validator] = {}
        self.sound: set[tuple[object, ...]] = set()

    def has(self, route: str) -> bool:
        """Whether the description knows a route."""
        return route in self._operations

    def place(self, route: str) -> tuple[str, str]:
        """The method and the path of a route."""
        return self._places[route]

    def queries(self, route: str) -> set[str]:
        """The names that the query of a route may have."""
        listed = self._operations[route].get("parameters", [])
        return {one["name"] for one in listed if one["in"] == "query"}

    def statuses(self, route: str) -> set[str]:
        """The statuses that a route may answer with; `4XX` stands for all refusals."""
        return set(self._operations[route]["responses"])

    def request(self, route: str) -> Draft202012Validator | None:
        """What a request's body has to be; None where there is none."""
        body = self._operations[route].get("requestBody")
        return self._validator(f"request {route}", body["content"] if body else None)

    def response(self, route: str, status: str) -> Draft202012Validator | None:
        """What a response's body has to be; None where there is none."""
        found = self._operations[route]["responses"][status]
        if "$ref" in found:
            found = self._components["responses"][found["$ref"].rpartition("/")[2]]
        return self._validator(f"response {route} {status}", found.get("content"))

    def _validator(self, name: str, content: Any) -> Draft202012Validator | None:
        if not content or _JSON not in content:
            return None
        if name not in self._validators:
            schema = _strict(content[_JSON]["schema"]) | {"components": self._components}
            self._validators[name] = Draft202012Validator(schema)
        return self._validators[name]


def specs_folder() -> Path | None:
    """Where the description is, if it is anywhere."""
    data = os.environ.get("FOOTNOTE_TEST_DATA")
    return Path(data) / "specs" if data else None


@lru_cache
def read_description(folder: Path | None) -> Description | None:
    """The description in a folder, or None where there is no such file."""
    if folder is None or not (folder / FILE).exists():
        return None
    return Description(json.loads((folder / FILE).read_text(encoding="utf-8")))


def _strict(schema: Any) -> Any:
    """A schema whose objects have no other fields than those that it names."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if len(schema.get("allOf", ())) > 1:
        return schema | {"unevaluatedProperties": False}
    made = {name: _strict(part) for name, part in schema.items()}
    if isinstance(made.get("properties"), dict) and "type" in made:
        made.setdefault("additionalProperties", False)
    return made
