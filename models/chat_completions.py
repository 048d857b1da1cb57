"""The chat completions of OpenAI's API, which many servers speak: requests and events, purely."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from footnote.models.errors import RemoteError
from footnote.models.generation import Request

DONE = "[DONE]"
"""The data of the last event."""

OPTIONAL = ("max_tokens", "temperature", "top_p", "seed")
"""Fields without which a server can answer, too; some models refuse some of them."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event adds to a message.

    Attributes:
        text: Text of the answer.
        thought: Whether it adds to the thoughts, which are sent apart.
        finished: Why the message ends here, or None.
    """

    text: str = ""
    thought: bool = False
    finished: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server says is wrong.

    Attributes:
        message: Its words, or "".
        code: Its code or type for it, or "".
        field: The field of the request that it is about, or "".
    """

    message: str = ""
    code: str = ""
    field: str = ""


def body_of(request: Request, model: str, without: Collection[str] = ()) -> dict[str, Any]:
    """The request's JSON.

    Args:
        request: What is asked.
        model: The server's name of the model.
        without: Optional fields that the server refuses. Newer models of OpenAI take
            `max_completion_tokens` instead of `max_tokens`.
    """
    sampling = request.sampling
    optional = {
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
    }
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": item.role, "content": item.text} for item in request.messages],
        "stream": True,
        **{
            name: value
            for name, value in optional.items()
            if value is not None and name not in without
        },
    }
    if "max_tokens" in without:
        body["max_completion_tokens"] = sampling.max_tokens
    return body


def delta_of(data: str, server: str) -> Delta:
    """What an event adds.

    Args:
        data: Its data, which is not the last event's.
        server: How sentences call the server.

    Raises:
        RemoteError: It is no JSON of this API, or tells that the server failed.
    """
    try:
        event = json.loads(data)
    except ValueError as error:
        raise _foreign(server) from error
    if not isinstance(event, dict):
        raise _foreign(server)
    if "error" in event:
        raise RemoteError(
            f"{server} failed while it answered{quoted(complaint_of(event).message)}: ask again, "
            "and look into its log if this repeats.",
            passing=True,
        )
    choices = event.get("choices")
    if not choices:  # the usage comes in an event of its own, and Azure sends one without any
        return Delta()
    try:
        delta = choices[0].get("delta") or {}
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        return Delta(str(delta.get("content") or ""), bool(thought), choices[0]["finish_reason"])
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise _foreign(server) from error


def complaint_of(said: object) -> Complaint:
    """What a server complains about, in the shapes that servers have for it."""
    if not isinstance(said, dict):
        return Complaint()
    error = said.get("error", said)
    if not isinstance(error, dict):
        return Complaint(message=str(error or ""))
    message = error.get("message") or error.get("detail") or ""
    code = error.get("code") or error.get("type") or ""
    return Complaint(str(message), str(code), str(error.get("param") or ""))


def refused_field(complaint: Complaint, sent: Collection[str]) -> str | None:
    """The optional field that a complaint is about, or None."""
    named = (complaint.field, *(name for name in OPTIONAL if f"'{name}'" in complaint.message))
    return next((name for name in named if name in OPTIONAL and name in sent), None)


def quoted(message: str) -> str:
    """A server's words for the middle of a sentence: on one line, short, in parentheses."""
    text = " ".join(message.split()).rstrip(".")
    if not text:
        return ""
    return f" ({text if len(text) <= 160 else text[:159] + '…'})"  # noqa: PLR2004  fits a sentence


def _foreign(server: str) -> RemoteError:
    return RemoteError(
        f"{server} sends what is no chat completion: check that url below [remote] in the settings "
        "is that of an OpenAI-compatible API."
    )
