"""What a server answers, and what goes wrong before it does.

Errors:

    HttpError                 base; its reason is the end of a sentence about the address
    ├── RefusedError          it is not allowed to be asked: no other try would change that
    ├── TooLargeError         the answer is larger than what is read
    └── UnreachableError      there was no whole answer, however often it was asked
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from urllib.parse import urljoin

from multidict import CIMultiDictProxy


class HttpError(Exception):
    """No answer could be had from an address.

    Args:
        reason: Why, as the end of a sentence: "it cannot be reached (timeout)".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedError(HttpError):
    """The address may not be asked."""


class TooLargeError(HttpError):
    """The answer is larger than what is read."""


class UnreachableError(HttpError):
    """There was no whole answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a server, whatever its status.

    Attributes:
        url: The address that gave it.
        status: The status.
        headers: The headers.
        body: The content, decompressed; empty where it was not wanted.
    """

    url: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes = b""

    @property
    def location(self) -> str | None:
        """Where it redirects to, as a whole address, or None where it does not."""
        if self.status not in {301, 302, 303, 307, 308}:
            return None
        target = self.headers.get("Location")
        return urljoin(self.url, target.strip()) if target else None

    @property
    def media_type(self) -> str:
        """The type of the content in small letters, or "" where none is stated."""
        stated = self.headers.get("Content-Type", "")
        return stated.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The encoding that the header states, or None."""
        message = Message()
        message["Content-Type"] = self.headers.get("Content-Type", "")
        return message.get_content_charset()


def told_status(status: int) -> str:
    """A status as the end of a sentence: "the server answers 503 Service Unavailable"."""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return f"the server answers {status}{phrase}"
