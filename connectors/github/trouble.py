"""What GitHub refuses, in sentences; and how long it wants to be left alone.

Errors:

    ConnectorError            of connectors/base.py
    ├── SourceError
    │   └── StopError         whatever else is asked would be refused too
    └── AnswerError           one thing could not be had
        └── GoneError         it is not there, or not there any more
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from footnote.connectors.base import ConnectorError, SourceError
from footnote.connectors.http.client import asked_wait, retry_after
from footnote.connectors.http.replies import Reply, told_status

_LIMITED = frozenset({403, 429})
_MOVED = frozenset({301, 308})
"""For good; other redirects pass."""
_SECONDARY_S = 60.0
"""So long GitHub wants to be left alone where it names no time."""
_LONGEST = 200


class StopError(SourceError):
    """Whatever else is asked would be refused too."""


class AnswerError(ConnectorError):
    """One thing could not be had.

    Args:
        reason: Why, as the end of a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GoneError(AnswerError):
    """It is not there, or not there any more.

    Args:
        moved_to: Where it is instead, or "".
    """

    def __init__(self, moved_to: str = "") -> None:
        super().__init__(f"it was moved to {moved_to}" if moved_to else "it is gone")
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks.

    Attributes:
        variable: The environment variable that holds the token.
        has_token: Whether there is one.
    """

    variable: str
    has_token: bool


def wanted_wait(reply: Reply) -> float | None:
    """Seconds that GitHub wants to be left alone, or None where it does not say so.

    That is Retry-After; else where nothing remains of the primary limit the time of its reset;
    else for the secondary limit a minute (docs.github.com, "Rate limits for the REST API").
    """
    if reply.status not in _LIMITED:
        return asked_wait(reply)
    stated = retry_after(reply)
    if stated is not None:
        return stated
    if _is_used_up(reply):
        return max(0.0, (_reset(reply) - _now(reply)).total_seconds()) + 1.0
    return _SECONDARY_S if b"secondary rate limit" in reply.body else None


def refusal(reply: Reply, who: Identity) -> ConnectorError:
    """The error for an answer that is none of those that were asked for."""
    said = message_of(reply)
    if reply.status == 401:  # noqa: PLR2004  Unauthorized
        return StopError(_not_accepted(who))
    if reply.status in _LIMITED and wanted_wait(reply) is not None:
        return limited(reply, who)
    if reply.status == 403:  # noqa: PLR2004  Forbidden
        return AnswerError(_forbidden(reply, who, said))
    if reply.status in _MOVED and reply.location:
        return GoneError(reply.location)
    if reply.status in {404, 410}:
        return GoneError()
    return AnswerError(told_status(reply.status) + (f" ({said})" if said else ""))


def limited(reply: Reply, who: Identity) -> StopError:
    """The sentence for a limit that lasts longer than is waited."""
    if retry_after(reply) is None and _is_used_up(reply):
        when = f"until {_reset(reply):%H:%M} UTC"
    else:
        minutes = max(1, round((wanted_wait(reply) or _SECONDARY_S) / 60))
        when = "for a minute" if minutes == 1 else f"for {minutes} minutes"
    more = (
        ""
        if who.has_token
        else f" With a token in {who.variable} it answers 5,000 an hour instead of 60."
    )
    return StopError(
        f"GitHub answers no more requests {when}: the next sync goes on from there.{more}"
    )


def _not_accepted(who: Identity) -> str:
    if not who.has_token:
        return f"GitHub wants a token: put one into the environment variable {who.variable}."
    return (
        f"GitHub does not accept the token in {who.variable}, which has expired or was revoked: "
        "put a new one there."
    )


def _forbidden(reply: Reply, who: Identity, said: str) -> str:
    """Why something is forbidden, with what would allow it where GitHub says so."""
    says = f" (GitHub says: {said})" if said else ""
    sso = reply.headers.get("X-GitHub-SSO", "").partition("url=")[2]
    if sso:
        return f"the token in {who.variable} has to be authorised for single sign-on at {sso}"
    if not who.has_token:
        return f"it is forbidden without a token in {who.variable}{says}"
    needed = (
        reply.headers.get("X-Accepted-GitHub-Permissions")
        or reply.headers.get("X-Accepted-OAuth-Scopes")
        or ""
    ).strip()
    lacks = f"needs the permission {needed}" if needed else "may not read it"
    return f"the token in {who.variable} {lacks}{says}"


@contextmanager
def understood() -> Iterator[None]:
    """Takes an answer of another form than GitHub describes for what it is: not had.

    Raises:
        AnswerError: Something in it was not where it belongs.
    """
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise AnswerError(
            f"the server answers in another form than GitHub ({error!r}): check api_url"
        ) from error


def message_of(reply: Reply) -> str:
    """What the API says of an error, shortened; "" where it says nothing."""
    try:
        found: Any = json.loads(reply.body)
    except ValueError:
        return ""
    said = found.get("message") if isinstance(found, Mapping) else None
    return " ".join(said.split())[:_LONGEST].rstrip(".") if isinstance(said, str) else ""


def _is_used_up(reply: Reply) -> bool:
    return reply.headers.get("X-RateLimit-Remaining", "").strip() == "0"


def _reset(reply: Reply) -> datetime:
    """When the primary limit begins anew; now where that is not said."""
    written = reply.headers.get("X-RateLimit-Reset", "").strip()
    return datetime.fromtimestamp(int(written[:11]), UTC) if written.isdecimal() else _now(reply)


def _now(reply: Reply) -> datetime:
    """The server's time, since its reset is by its own clock."""
    try:
        return parsedate_to_datetime(reply.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)
