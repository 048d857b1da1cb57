"""Asking GitHub's API: pages of REST with their validators, and questions of GraphQL."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from yarl import URL

from footnote.connectors.github.trouble import (
    AnswerError,
    GoneError,
    Identity,
    StopError,
    limited,
    refusal,
)
from footnote.connectors.http.client import HttpClient
from footnote.connectors.http.replies import HttpError, RefusedError, Reply

VERSION = "2022-11-28"
"""Of the REST API (docs.github.com, "API Versions")."""

_FINE = 200
_UNCHANGED = 304
_ENTERPRISE = "/api/v3"
_NEXT = re.compile(r'<([^<>]*)>\s*;[^<>]*?\brel="?next"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address of the REST API answers.

    Attributes:
        content: The JSON; None where it is as it was.
        etag: Its validator, or "".
        following: The path and query of the next page; "" after the last one.
        is_unchanged: Whether it is as it was under the validator that was sent.
    """

    content: Any
    etag: str = ""
    following: str = ""
    is_unchanged: bool = False


class Api:
    """GitHub's API.

    Args:
        client: Asks; it holds the token.
        base: Where the REST API is.
        who: Who asks, for sentences.
    """

    def __init__(self, client: HttpClient, base: str, who: Identity) -> None:
        self._client = client
        self._base = base
        self.who = who
        self._over: StopError | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections for as long as the block lasts; what was refused is asked again."""
        self._over = None
        async with self._client.open():
            yield

    async def get(self, path: str, etag: str = "") -> Answer:
        """Ask one path of the REST API.

        Args:
            path: Path and query, below the base.
            etag: The validator of what is known; the answer then is that or something new.

        Raises:
            StopError: Nothing else would be answered either.
            GoneError: There is nothing, or it is elsewhere now.
            AnswerError: It could not be had.
        """
        with self._asking():
            try:
                reply = await self._client.get(
                    self._base + path, {"If-None-Match": etag} if etag else None
                )
            except HttpError as error:
                raise _unanswered(error) from error
            if etag and reply.status == _UNCHANGED:
                return Answer(None, etag, is_unchanged=True)
            if reply.status != _FINE:
                raise refusal(reply, self.who)
            return Answer(_parsed(reply), reply.headers.get("ETag", ""), self._following(reply))

    async def full_name(self, address: str) -> str:
        """The name of the repository that an address leads to; "" where that cannot be had."""
        if URL(address).origin() != URL(self._base).origin():
            return ""
        try:
            reply = await self._client.get(address)
            return str(_parsed(reply)["full_name"]) if reply.status == _FINE else ""
        except (HttpError, AnswerError, LookupError, TypeError):
            return ""

    async def ask(self, question: str, variables: Mapping[str, Any]) -> Any:
        """The `data` that GraphQL answers to a question.

        Raises:
            StopError: Nothing else would be answered either.
            GoneError: What it asks for is not there.
            AnswerError: It could not be had.
        """
        if not self.who.has_token:
            raise AnswerError(
                "discussions are read with a token alone: put one into the environment variable "
                f"{self.who.variable}, or leave discussions out of kinds"
            )
        body = json.dumps({"query": question, "variables": variables}).encode()
        with self._asking():
            try:
                reply = await self._client.post(
                    self._graphql, body, {"Content-Type": "application/json"}
                )
            except HttpError as error:
                raise _unanswered(error) from error
            if reply.status != _FINE:
                raise refusal(reply, self.who)
            found = _parsed(reply)
            if not isinstance(found, dict):
                raise AnswerError("the server does not speak GraphQL: check api_url")
            if errors := found.get("errors"):
                raise self._refused(errors, reply)
            return found["data"]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask no more once nothing else would be answered; what is on its way may still come."""
        if self._over is not None:
            raise StopError(str(self._over)) from self._over
        try:
            yield
        except StopError as error:
            self._over = error
            raise

    @property
    def _graphql(self) -> str:
        """Beside the REST API (docs.github.com, "Forming calls with GraphQL")."""
        if self._base.endswith(_ENTERPRISE):
            return self._base.removesuffix(_ENTERPRISE) + "/api/graphql"
        return f"{self._base}/graphql"

    def _refused(self, errors: Any, reply: Reply) -> StopError | AnswerError:
        kinds = {str(error.get("type", "")) for error in errors}
        said = " ".join(str(errors[0].get("message", "")).split())[:200].rstrip(".")
        if "RATE_LIMITED" in kinds or "RATE_LIMIT" in kinds:
            return limited(reply, self.who)
        if kinds == {"NOT_FOUND"}:
            return GoneError()
        if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            return AnswerError(
                f"the token in {self.who.variable} may not read it (GitHub says: {said})"
            )
        return AnswerError(f"GitHub answers: {said}")

    def _following(self, reply: Reply) -> str:
        found = _NEXT.search(reply.headers.get("Link", ""))
        if found is None:
            return ""
        if not found[1].startswith(f"{self._base}/"):
            raise AnswerError(f"the next page is said to be elsewhere, at {found[1]}")
        return found[1].removeprefix(self._base)


def _unanswered(error: HttpError) -> StopError | AnswerError:
    if isinstance(error, RefusedError):
        return StopError(f"GitHub cannot be asked: {error.reason}.")
    return AnswerError(error.reason)


def _parsed(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise AnswerError("the server answers with something else than JSON: check api_url") from (
            error
        )
