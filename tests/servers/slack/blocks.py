"""The documented limits of blocks, their elements and their texts, and what breaks them.

A block or element of a type that is not named here is taken as it is: the types of a message
are checked against Slack's published types by the validation of recordings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.servers.slack.world import Json

BLOCK_TYPES = frozenset(
    "actions alert call card carousel container context context_actions data_table"
    " data_visualization divider file header image input markdown plan rich_text section table"
    " task_card video".split()
)

BLOCK_ID_CHARS = 255
ACTION_ID_CHARS = 255
SECTION_CHARS = 3_000
FIELD_CHARS = 2_000
FIELDS = 10
HEADER_CHARS = 150
MARKDOWN_CHARS = 12_000
CONTEXT_ELEMENTS = 10
ACTIONS = 25
CONTEXT_ACTIONS = 5
LABEL_CHARS = 75
VALUE_CHARS = 2_000
INPUT_LABEL_CHARS = 2_000
URL_CHARS = 3_000
OPTIONS = 100
OPTION_VALUE_CHARS = 150


def block_problems(blocks: list[Any], at: str) -> Iterator[str]:
    """What is wrong with these blocks, one sentence each."""
    ids = [block.get("block_id") for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield f"block_id must be unique [json-pointer:{at}]"
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if block.get("type") not in BLOCK_TYPES:
            yield f"unsupported block: {block.get('type')} [json-pointer:{here}/type]"
            continue
        yield from _too_long(block.get("block_id"), BLOCK_ID_CHARS, f"{here}/block_id")
        check = _CHECKS.get(block["type"])
        if check:
            yield from check(block, here)


def text_problems(text: Any, at: str, most: int, *, plain: bool = False) -> Iterator[str]:
    """What is wrong with a text object."""
    if not isinstance(text, dict) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"must be a text object [json-pointer:{at}]"
        return
    if plain and text["type"] != "plain_text":
        yield f"must be plain_text [json-pointer:{at}/type]"
    if not isinstance(text.get("text"), str) or not text["text"]:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
        return
    yield from _too_long(text["text"], most, f"{at}/text")


def _section(block: Json, at: str) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield f"missing required field: text [json-pointer:{at}]"
    if "text" in block:
        yield from text_problems(block["text"], f"{at}/text", SECTION_CHARS)
    fields = block.get("fields") or []
    yield from _too_many(fields, FIELDS, f"{at}/fields")
    for index, field in enumerate(fields):
        yield from text_problems(field, f"{at}/fields/{index}", FIELD_CHARS)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory")


def _header(block: Json, at: str) -> Iterator[str]:
    yield from text_problems(block.get("text"), f"{at}/text", HEADER_CHARS, plain=True)


def _markdown(block: Json, at: str) -> Iterator[str]:
    if not isinstance(block.get("text"), str) or not block["text"]:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    else:
        yield from _too_long(block["text"], MARKDOWN_CHARS, f"{at}/text")


def _context(block: Json, at: str) -> Iterator[str]:
    yield from _elements(block, at, CONTEXT_ELEMENTS)
    for index, element in enumerate(block.get("elements") or []):
        if element.get("type") != "image":
            yield from text_problems(element, f"{at}/elements/{index}", SECTION_CHARS)


def _actions(block: Json, at: str) -> Iterator[str]:
    most = CONTEXT_ACTIONS if block["type"] == "context_actions" else ACTIONS
    yield from _elements(block, at, most)
    elements = block.get("elements") or []
    ids = [element.get("action_id") for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield f"action_id must be unique within a block [json-pointer:{at}/elements]"
    for index, element in enumerate(elements):
        here = f"{at}/elements/{index}"
        only_context = element.get("type") in {"feedback_buttons", "icon_button"}
        if only_context != (block["type"] == "context_actions"):
            yield f"unsupported element: {element.get('type')} [json-pointer:{here}/type]"
        yield from _element(element, here)


def _input(block: Json, at: str) -> Iterator[str]:
    yield from text_problems(block.get("label"), f"{at}/label", INPUT_LABEL_CHARS, plain=True)
    if not isinstance(block.get("element"), dict):
        yield f"missing required field: element [json-pointer:{at}]"
        return
    yield from _element(block["element"], f"{at}/element")


def _element(element: Json, at: str) -> Iterator[str]:
    kind = element.get("type")
    yield from _too_long(element.get("action_id"), ACTION_ID_CHARS, f"{at}/action_id")
    if kind == "button":
        yield from _button(element, at)
        if element.get("style") not in (None, "primary", "danger"):
            yield f"unsupported style [json-pointer:{at}/style]"
        yield from _too_long(element.get("url"), URL_CHARS, f"{at}/url")
    elif kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            yield from _button(element.get(name) or {}, f"{at}/{name}")
            if not isinstance((element.get(name) or {}).get("value"), str):
                yield f"missing required field: value [json-pointer:{at}/{name}]"
    elif "options" in element:
        yield from _too_many(element["options"], OPTIONS, f"{at}/options")
        for index, option in enumerate(element["options"]):
            here = f"{at}/options/{index}"
            yield from text_problems(option.get("text"), f"{here}/text", LABEL_CHARS)
            yield from _too_long(option.get("value"), OPTION_VALUE_CHARS, f"{here}/value")


def _button(button: Json, at: str) -> Iterator[str]:
    yield from text_problems(button.get("text"), f"{at}/text", LABEL_CHARS, plain=True)
    yield from _too_long(button.get("value"), VALUE_CHARS, f"{at}/value")


def _elements(block: Json, at: str, most: int) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield f"must have at least one element [json-pointer:{at}/elements]"
    else:
        yield from _too_many(elements, most, f"{at}/elements")


def _too_long(text: Any, most: int, at: str) -> Iterator[str]:
    if text is not None and (not isinstance(text, str) or len(text) > most):
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"


def _too_many(items: Any, most: int, at: str) -> Iterator[str]:
    if len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


_CHECKS = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
}
