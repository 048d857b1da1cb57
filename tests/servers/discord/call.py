"""One request to a route, and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError, bad_form
from tests.servers.discord.model import Application


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has a valid token, where its route asks for one.

    Attributes:
        route: The route's name, which is the `operationId` of Discord's published description.
        names: The parameters of its path.
        body: The JSON; None where there is none.
        files: The sizes of the files that came with it, by name.
        application: Whose token it has.
    """

    route: str
    names: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, int] = field(default_factory=dict)
    application: Application | None = None

    @property
    def app(self) -> Application:
        """The application, where a token is needed."""
        assert self.application is not None
        return self.application

    @property
    def json(self) -> Json:
        """The body, as an object.

        Raises:
            DiscordError: It is something else.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise bad_form("_", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return self.body

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query.

        Raises:
            DiscordError: It is none, or out of its range.
        """
        text = self.query.get(name, str(default))
        if not text.isdigit():
            raise bad_form(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        if not least <= int(text) <= most:
            message = f"int value should be between {least} and {most}."
            raise bad_form(name, "NUMBER_TYPE_RANGE", message)
        return int(text)

    def flag(self, name: str) -> bool:
        """Whether something is set in the query."""
        return self.query.get(name, "").lower() in {"1", "true"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers; a body of None goes with 204."""

    body: Any = None
    status: int = 200

    @property
    def shown_status(self) -> int:
        """The HTTP status."""
        return 204 if self.body is None else self.status


async def read_body(request: web.Request) -> tuple[Any, dict[str, int]]:
    """The JSON of a body, also of one with files, and the files' sizes.

    Raises:
        DiscordError: It is no JSON.
    """
    if request.content_type.startswith("multipart/"):
        return await _read_parts(request)
    text = await request.text()
    return (_decoded(text) if text else None), {}


async def _read_parts(request: web.Request) -> tuple[Any, dict[str, int]]:
    body, files = None, {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = await part.read(decode=True)
        if part.name == "payload_json":
            body = _decoded(content.decode())
        else:
            files[part.filename or "file"] = len(content)
    return body, files


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise DiscordError(50_109) from None
