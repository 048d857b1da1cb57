"""JSON schemas of the types that Slack publishes on npm, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from jsonschema import Draft7Validator

from tests.servers.npm.packages import FOLDER, NoPackagesError, install
from tests.servers.slack.web import METHODS

SOURCES = FOLDER / "slack"
FAMILIES = ("Parts", "Events", "Interactions", "Replies")
GENERATE_S = 300


class Schemas:
    """The schemas by name.

    Args:
        schemas: By type: FAMILIES, and the arguments and response of each method.
    """

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._validators: dict[tuple[str, str], Draft7Validator] = {}

    def has_member(self, family: str, name: str) -> bool:
        """Whether a family has this member."""
        return name in self._schemas[family]["definitions"][family]["properties"]

    def has_method(self, method: str) -> bool:
        """Whether the types of this method are here."""
        return type_of(method, "Response") in self._schemas

    def member(self, family: str, name: str) -> Draft7Validator:
        """Checks one member of a family, such as an event by its type."""
        return self._validator(family, f"#/definitions/{family}/properties/{name}")

    def method(self, method: str, kind: str) -> Draft7Validator:
        """Checks the `Arguments` or the `Response` of a method."""
        name = type_of(method, kind)
        return self._validator(name, self._schemas[name]["$ref"])

    def _validator(self, schema: str, ref: str) -> Draft7Validator:
        key = (schema, ref)
        if key not in self._validators:
            loaded = {**self._schemas[schema], "$ref": ref}
            if schema.endswith("Response"):
                loaded = _open(loaded)
            self._validators[key] = Draft7Validator(loaded)
        return self._validators[key]


@lru_cache
def slack_schemas() -> Schemas:
    """The schemas, from the cache or newly made.

    Raises:
        NoPackagesError: Node, npm or the packages are missing.
    """
    packages = install("slack")
    names = [*FAMILIES, *(type_of(m, k) for m in METHODS for k in ("Arguments", "Response"))]
    sources = [SOURCES / "wire.ts", SOURCES / "schemas.cjs", SOURCES / "tsconfig.json"]
    read = b"".join(source.read_bytes() for source in sources) + " ".join(names).encode()
    file = packages / f"schemas-{hashlib.sha256(read).hexdigest()[:12]}.json"
    with FileLock(file.with_suffix(".lock")):
        if not file.exists():
            for source in sources:
                shutil.copy(source, packages)
            _generate(packages, names, file)
    return Schemas(json.loads(file.read_text(encoding="utf-8")))


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


def _generate(folder: Path, names: list[str], file: Path) -> None:
    command = ["node", "schemas.cjs", "wire.ts", "tsconfig.json", *names]
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=GENERATE_S, check=False
    )
    if ran.returncode:
        raise NoPackagesError(f"the schemas cannot be made: {ran.stderr[-500:]}")
    half = file.with_suffix(".half")
    half.write_text(ran.stdout, encoding="utf-8")
    half.replace(file)
