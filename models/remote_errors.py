"""What goes wrong with a server of language models, each as one sentence with what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from footnote.models.chat_completions import Complaint, complaint_of, quoted
from footnote.models.errors import RemoteError

_PASSING = {408, 409, 425, 429, 500, 502, 503, 504, 529}
"""Statuses after which the same request may be answered; 529 is Anthropic's for overload."""
_SPENT = {"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"}
_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error"}

_MOVED, _PAYMENT, _TOO_LARGE, _TROUBLE = 300, 402, 413, 500
_WHAT = {
    _MOVED: "has moved (status {status}): set url below [remote] to its new address.",
    401: "does not take the key{said}: set the environment variable that key_env below [remote] "
    "names to a key of that server.",
    _PAYMENT: "wants to be paid first{said}: add credit there, or raise the limit.",
    403: "does not allow this key to use {model}{said}: ask for access there.",
    404: "has no model {model}, or nothing at this address{said}: correct model or url below "
    "[remote]; most addresses end in /v1.",
    _TOO_LARGE: "finds the prompt too long{said}: lower passages below [answer], or choose a "
    "model with a longer context.",
    429: "wants fewer questions for now{said}: ask again in a while.",
    _TROUBLE: "has trouble of its own (status {status}){said}: ask again in a while.",
}
_OTHERWISE = "refuses the request (status {status}){said}: check model below [remote]."


def refused(
    status: int, body: bytes, headers: Mapping[str, str], *, server: str, model: str
) -> tuple[RemoteError, Complaint]:
    """The error for an HTTP status that is not 200, and what the server complains about.

    Args:
        status: The status.
        body: The response's body, as far as it was read.
        headers: The response's headers, by names of any case.
        server: How sentences call the server.
        model: The server's name of the model.
    """
    try:
        complaint = complaint_of(json.loads(body))
    except ValueError:
        complaint = Complaint()
    what = _WHAT.get(_kind(status, complaint), _OTHERWISE)
    text = what.format(status=status, said=quoted(complaint.message), model=model)
    passing = status in _PASSING and complaint.code not in _SPENT
    return RemoteError(f"{server} {text}", passing=passing, wait_s=_wait(headers)), complaint


def _kind(status: int, complaint: Complaint) -> int:
    """The status whose sentence fits."""
    if complaint.code in _SPENT:
        return _PAYMENT
    if complaint.code in _TOO_LONG:
        return _TOO_LARGE
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _TROUBLE
    return _MOVED if status < HTTPStatus.BAD_REQUEST else status


def unreachable(error: Exception, *, server: str) -> RemoteError:
    """The error for a request that got no response, or one that broke off."""
    match error:
        case aiohttp.InvalidURL():
            return RemoteError(f"{server} has no valid address: correct url below [remote].")
        case aiohttp.ClientSSLError():
            return RemoteError(
                f"{server} has no certificate that this machine trusts: add it to the trusted "
                "ones, or correct url below [remote]."
            )
        case aiohttp.ClientConnectorDNSError():
            return RemoteError(
                f"{server} cannot be found: check the network, and url below [remote].",
                passing=True,
            )
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return RemoteError(
                f"{server} cannot be reached: start it, or correct url below [remote].",
                passing=True,
            )
        case TimeoutError():
            return RemoteError(
                f"{server} fell silent: ask again, and raise silence_timeout_s below [remote] if "
                "it needs longer.",
                passing=True,
            )
        case _:
            return broken_off(server)


def broken_off(server: str) -> RemoteError:
    """The error for an answer that ends in the middle."""
    return RemoteError(
        f"{server} broke off in the middle: ask again, and look into its log if this repeats.",
        passing=True,
    )


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by Retry-After: seconds or a date (RFC 9110, 10.2.3), or by OpenAI's ms."""
    try:
        if milliseconds := headers.get("Retry-After-Ms"):
            return max(0.0, float(milliseconds) / 1000)
        wanted = headers.get("Retry-After", "")
        if wanted.replace(".", "", 1).isdigit():
            return float(wanted)
        until = parsedate_to_datetime(wanted)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
