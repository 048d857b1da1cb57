"""What a message and a view may hold.

Documented are the limits of single fields. Slack documents no limit on all blocks of a message
together: apps report `msg_blocks_too_long` from about 13,200 characters of text on
(slackapi/bolt-js#2509), and that containers count as well (slackapi/bolt-js#2867). Nor does it
document how large metadata may be; this server takes 8,000 bytes of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.servers.slack.blocks import block_problems, text_problems
from tests.servers.slack.call import SlackError
from tests.servers.slack.world import Json, texts_in

TEXT_CHARS = 40_000
UPDATED_TEXT_CHARS = 4_000
MARKDOWN_CHARS = 12_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_BLOCKS_CHARS = 13_200
METADATA_BYTES = 8_000
VIEW_TITLE_CHARS = 24
PRIVATE_METADATA_CHARS = 3_000
CALLBACK_ID_CHARS = 255
VIEW_BYTES = 250_000


def check_blocks(blocks: Any, *, too_many: str = "invalid_blocks") -> list[Json]:
    """Blocks that a message may have.

    Raises:
        SlackError: They break a limit.
    """
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > MESSAGE_BLOCKS:
        raise SlackError(too_many, ["no more than 50 items allowed [json-pointer:/blocks]"])
    if problems := list(block_problems(blocks, "/blocks")):
        raise SlackError("invalid_blocks", problems)
    if sum(map(len, texts_in(blocks))) > ALL_BLOCKS_CHARS:
        raise SlackError("msg_blocks_too_long")
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    if sum(map(len, markdown)) > MARKDOWN_CHARS:
        raise SlackError("msg_blocks_too_long")
    return blocks


def check_markdown(text: Any) -> str:
    """A `markdown_text` that is short enough.

    Raises:
        SlackError: It is too long.
    """
    if len(str(text)) > MARKDOWN_CHARS:
        raise SlackError("msg_too_long")
    return str(text)


def check_metadata(metadata: Any) -> Json | None:
    """Metadata that a message may have; None for an empty object.

    Raises:
        SlackError: It has another form, or is too large.
    """
    if metadata is None or metadata == {}:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def check_view(view: Any) -> Json:
    """A view that may be shown.

    Raises:
        SlackError: It breaks a rule.
    """
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ["view is not an object [json-pointer:/view]"])
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    if problems := list(_view_problems(view)):
        raise SlackError("invalid_arguments", problems)
    return view


def _view_problems(view: Json) -> Iterator[str]:
    kind, blocks = view.get("type"), view.get("blocks")
    if kind not in {"modal", "home"}:
        yield "unknown type of view [json-pointer:/view/type]"
    if kind == "modal":
        yield from text_problems(view.get("title"), "/view/title", VIEW_TITLE_CHARS, plain=True)
        for name in ("submit", "close"):
            if name in view:
                yield from text_problems(view[name], f"/view/{name}", VIEW_TITLE_CHARS, plain=True)
    if not isinstance(blocks, list) or len(blocks) > VIEW_BLOCKS:
        yield "must be a list of at most 100 items [json-pointer:/view/blocks]"
        return
    yield from block_problems(blocks, "/view/blocks")
    if any(block.get("type") == "input" for block in blocks) and "submit" not in view:
        yield "a modal with an input block needs `submit` [json-pointer:/view/submit]"
    for name, most in (
        ("private_metadata", PRIVATE_METADATA_CHARS),
        ("callback_id", CALLBACK_ID_CHARS),
        ("external_id", CALLBACK_ID_CHARS),
    ):
        if len(view.get(name) or "") > most:
            yield f"must be less than {most + 1} characters [json-pointer:/view/{name}]"
