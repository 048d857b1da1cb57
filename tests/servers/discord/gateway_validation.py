"""Checks a gateway's recording against the types in npm's discord-api-types.

What the app sends, and what this server sends, both have to have the published types: so neither
drifts from the real service unseen. `gateway_allowances` names what the types lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_allowances import as_typed
from tests.servers.discord.gateway_recording import Entry, GatewayRecording, What
from tests.servers.discord.gateway_schemas import FAMILIES, GatewaySchemas, gateway_schemas

FAMILY_OF = {What.SENT: "Received", What.RECEIVED: "Sent"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A payload that has not the published type.

    Attributes:
        where: The family and name of the type, such as `Received MESSAGE_CREATE`.
        path: Where in the payload.
        says: What is wrong.
    """

    where: str
    path: str
    says: str


def problems(recording: GatewayRecording, schemas: GatewaySchemas) -> list[Problem]:
    """Everything in a recording that has not the published type."""
    return [
        problem
        for entry in recording.entries
        if entry.what in FAMILY_OF
        for problem in check(f"{FAMILY_OF[entry.what]} {type_of(entry)}", entry.data, schemas)
    ]


def check(where: str, payload: Json, schemas: GatewaySchemas) -> Iterator[Problem]:
    """What is wrong with one payload, told as one problem at most."""
    family, _, name = where.partition(" ")
    if name not in schemas.names(family):
        yield Problem(where, "/", "there is no published type of this name")
        return
    error = schemas.of(family, name).error(as_typed(where, payload))
    if error is not None:
        path = "/" + "/".join(map(str, error.absolute_path))
        yield Problem(where, path, error.message[:300])


def type_of(entry: Entry) -> str:
    """The name of a payload's type; that of an interaction has the interaction's type, too."""
    is_one = entry.name == "INTERACTION_CREATE"
    return f"{entry.name}.{entry.data['d']['type']}" if is_one else entry.name


def assert_published(recording: GatewayRecording, families: Iterable[str] = FAMILIES) -> None:
    """Check a whole recording; where npm's packages cannot be had, nothing is checked.

    Args:
        recording: What went over the wire.
        families: Which sides' payloads are checked; `Sent` is what the app sends.

    Raises:
        AssertionError: Something on the wire had not the published type.
    """
    schemas = gateway_schemas()
    if isinstance(schemas, GatewaySchemas):
        found = problems(recording, schemas)
        broken = [problem for problem in found if problem.where.split()[0] in families]
        assert not broken, "\n".join(map(str, broken))
