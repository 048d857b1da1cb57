"""Checks a recording against the types that Slack publishes on npm.

What the app sends, and what this server sends, both have to have the published types: so neither
drifts from the real service unseen. `allowances` names what the types lack although Slack has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.servers.npm.checking import TypeCheck
from tests.servers.slack.allowances import OTHER_NAMES, as_typed
from tests.servers.slack.recording import Entry, Recording, What
from tests.servers.slack.schemas import Schemas
from tests.servers.slack.world import Json

NESTED = ("message", "previous_message")
PLAIN: Json = {
    "type": "message",
    "event_ts": "1.0",
    "channel": "C0",
    "channel_type": "channel",
    "user": "U0",
    "ts": "1.0",
}
"""Stands in for a message within an event, which is checked by itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that has not the published type.

    Attributes:
        where: The family and name of the type, such as `Events message`.
        path: Where in the payload.
        says: What is wrong.
    """

    where: str
    path: str
    says: str


def problems(recording: Recording, schemas: Schemas) -> list[Problem]:
    """Everything in a recording that has not the published type."""
    carried = _carried(recording)
    return [
        problem
        for entry in recording.entries
        for where, payload in _typed_parts(entry, carried)
        for problem in check(where, payload, schemas)
    ]


def check(where: str, payload: Any, schemas: Schemas) -> Iterator[Problem]:
    """What is wrong with one payload, told as one problem at most."""
    type_check = _type_check(where, schemas)
    if type_check is None:
        yield Problem(where, "/", "there is no published type of this name")
        return
    error = type_check.error(as_typed(where, payload))
    if error is not None:
        path = "/" + "/".join(map(str, error.absolute_path))
        yield Problem(where, path, error.message[:300])


def _type_check(where: str, schemas: Schemas) -> TypeCheck | None:
    family, _, name = where.partition(" ")
    if family in {"Arguments", "Response"}:
        return schemas.method(name, family) if schemas.has_method(name) else None
    return schemas.member(family, name) if schemas.has_member(family, name) else None


def _typed_parts(entry: Entry, carried: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """The names of the types that an entry has to have, each with the payload."""
    if entry.what is What.CALL:
        yield f"Arguments {entry.name}", entry.data
        yield from _parts(entry.data)
    elif entry.what is What.ANSWER and entry.status == 200:
        yield f"Response {entry.name}", entry.data
        for message in (entry.data.get("message"), *entry.data.get("messages", ())):
            yield from _parts(message or {})
    elif (entry.what is What.SENT and "payload" in entry.data) or (
        entry.what is What.POSTED and entry.name != "url_verification"
    ):
        yield from _received(entry.data["payload"])
    elif entry.what is What.ACK:
        yield from _replied(carried.get(entry.number, ""), entry.data.get("payload"))
    elif entry.what is What.REPLY and isinstance(entry.data, dict):
        yield from _replied(carried.get(entry.number, ""), entry.data)
    elif entry.what is What.RESPONSE_URL:
        yield from _replied("response_url", entry.data)


def _received(payload: Json) -> Iterator[tuple[str, Any]]:
    """The types of an event, a command or an interaction."""
    if "event" not in payload:
        yield f"Interactions {payload.get('type', 'slash_commands')}", payload
        return
    event: Json = payload["event"]
    for name in NESTED:
        if name in event:
            around = {key: event[key] for key in ("channel", "channel_type", "event_ts")}
            yield from _event(around | event[name])
            event = event | {name: PLAIN}
    yield from _event(event)


def _event(event: Json) -> Iterator[tuple[str, Any]]:
    name = ".".join(filter(None, (event["type"], event.get("subtype"))))
    yield f"Events {OTHER_NAMES.get(name, name)}", event
    yield from _parts(event)


def _replied(name: str, payload: Any) -> Iterator[tuple[str, Any]]:
    """The types of what an app answers a command, a submission or a response URL with."""
    if not isinstance(payload, dict):
        return
    if name in {"slash_commands", "view_submission", "response_url"}:
        yield f"Replies {name}", payload
    yield from _parts(payload)


def _parts(payload: Json) -> Iterator[tuple[str, Any]]:
    """Blocks, chunks, metadata and views, where the types of the whole take anything."""
    for chunk in payload.get("chunks") or ():
        yield "Parts chunk", chunk
        yield from _parts(chunk)
    for block in payload.get("blocks") or ():
        yield "Parts block", block
    if payload.get("metadata"):
        yield "Parts metadata", payload["metadata"]
    if payload.get("view"):
        yield "Parts view", payload["view"]
        yield from _parts(payload["view"])


def _carried(recording: Recording) -> dict[str, str]:
    """What each envelope and signed request carried, by its number."""
    sent = [(entry, entry.data.get("payload")) for entry in recording.of(What.SENT)]
    sent += [(entry, entry.data["payload"]) for entry in recording.of(What.POSTED)]
    return {entry.number: payload.get("type", entry.name) for entry, payload in sent if payload}
