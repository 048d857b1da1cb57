"""Checks a recording against Discord's published description of its REST API.

What the app sends, and what this server sends, both have to be as described: so neither drifts
from the real service unseen. `allowances` names what the description lacks although Discord has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.servers.discord.allowances import allows_query, as_described
from tests.servers.discord.recording import Entry, Recording, What
from tests.servers.discord.specs import Description

_ID = re.compile(r"(?<!\d)[1-9]\d{16,19}(?!\d)")
_TIME = re.compile(r"(?<=\")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00(?=\")")
_MARK = re.compile(r"(?<=\|)[\da-f]{8}(?=\")|(?<=\"nonce\": \")[\da-f]{25}(?=\")")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as described.

    Attributes:
        where: Which body, such as `request create_message` or `response create_message 200`.
        path: Where in the body.
        says: What is wrong.
    """

    where: str
    path: str
    says: str


def problems(recording: Recording, description: Description) -> list[Problem]:
    """Everything in a recording that is not as described; refused requests may be anything."""
    refused = {e.number for e in recording.of(What.ANSWER) if (e.status or 0) >= 400}
    return [
        problem
        for entry in recording.entries
        if not (entry.what is What.CALL and entry.number in refused)
        for problem in _check_what_is_new(entry, description)
    ]


def _check_what_is_new(entry: Entry, description: Description) -> list[Problem]:
    """What is wrong with an entry; nothing where one like it was found to be as described.

    Schemas are slow to check, and most of what is said is said in every scene.
    """
    like = (entry.route, entry.what, entry.status, *entry.query, kind_of(entry.data))
    if like in description.sound:
        return []
    found = [*check_entry(entry, description)]
    if not found:
        description.sound.add(like)
    return found


def kind_of(body: object) -> str:
    """A body whose ids, times, marks and nonces are replaced by others of the same form."""
    text = json.dumps(body, sort_keys=True)
    for pattern, sign in ((_ID, "1"), (_TIME, "2"), (_MARK, "0")):
        text = pattern.sub(partial(_as_long, sign), text)
    return text


def _as_long(sign: str, found: re.Match[str]) -> str:
    return sign * len(found[0])


def check_entry(entry: Entry, description: Description) -> Iterator[Problem]:
    """What is wrong with a request or a response."""
    if not description.has(entry.route):
        yield Problem(entry.route, "/", "there is no route of this name")
    elif entry.what is What.CALL:
        where = f"request {entry.route}"
        yield from _check_query(entry, description)
        yield from check(where, entry.data, description.request(entry.route))
    elif entry.status is not None and entry.status < 500 and not isinstance(entry.data, str):
        yield from _check_response(entry, description)


def check(where: str, body: Any, validator: Draft202012Validator | None) -> Iterator[Problem]:
    """What is wrong with one body, told as one problem at most."""
    if validator is None:
        if body is not None:
            yield Problem(where, "/", "there is a body where none is described")
        return
    error = best_match(validator.iter_errors(as_described(where, body)))
    if error is not None:
        path = "/" + "/".join(map(str, error.absolute_path))
        yield Problem(where, path, error.message[:300])


def _check_query(entry: Entry, description: Description) -> Iterator[Problem]:
    for name in entry.query:
        known = name in description.queries(entry.route)
        if not known and not allows_query(entry.route, name):
            where = f"request {entry.route}"
            yield Problem(where, f"?{name}", "there is no such name in the query")


def _check_response(entry: Entry, description: Description) -> Iterator[Problem]:
    status = str(entry.status)
    listed = description.statuses(entry.route)
    if status not in listed and status.startswith("4"):
        status = "4XX"
    if status not in listed:
        where = f"response {entry.route} {entry.status}"
        yield Problem(where, "/", "there is no such status")
        return
    where = f"response {entry.route} {status}"
    yield from check(where, entry.data, description.response(entry.route, status))
