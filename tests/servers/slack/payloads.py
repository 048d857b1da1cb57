"""The payloads of clicks and submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.servers.slack.interactions import View
from tests.servers.slack.wire import message_json
from tests.servers.slack.world import Json, Message

_FEEDBACK = ("positive_button", "negative_button")


def action_payload(message: Message, action_id: str, value: str | None) -> Json:
    """A `block_actions` payload, without who clicked.

    Raises:
        AssertionError: The message has no such button.
    """
    block, element = _element(message.blocks, action_id)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: Json = {
        "type": "block_actions",
        "container": container,
        "channel": {"id": message.channel.id, "name": message.channel.name},
        "state": {"values": {}},
        "actions": [_action(block, element, value, message.ts)],
    }
    if message.only_for is None:
        payload["message"] = message_json(message, metadata=True)
    return payload


def view_payload(view: View, values: Mapping[str, Any]) -> Json:
    """A `view_submission` payload, without who submitted.

    Raises:
        AssertionError: The view has no input with such an action id.
    """
    inputs = dict(_inputs(view))
    unknown = set(values) - set(inputs)
    assert not unknown, f"the view has inputs {sorted(inputs)}, not {sorted(unknown)}"
    state: Json = {}
    for action_id, (block_id, element) in inputs.items():
        given = values.get(action_id, element.get("initial_value"))
        state.setdefault(block_id, {})[action_id] = _input_state(element, given)
    data = view.data | {"state": {"values": state}}
    return {"type": "view_submission", "view": data, "response_urls": []}


def _element(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    there = []
    for block in blocks:
        elements = [*block.get("elements", ()), block.get("accessory") or {}]
        for element in elements:
            if element.get("action_id") == action_id:
                return block, element
            if "action_id" in element:
                there.append(element["action_id"])
    raise AssertionError(f"the message has {there or 'no buttons'}, not {action_id}")


def _action(block: Json, element: Json, value: str | None, ts: str) -> Json:
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] == "feedback_buttons":
        values = [element[name]["value"] for name in _FEEDBACK]
        assert value in values, f"the feedback buttons have {values}, not {value}"
        button = element[_FEEDBACK[values.index(value)]]
        return action | {"value": value, "text": button["text"]}
    action["text"] = element.get("text")
    if "value" in element:
        action["value"] = element["value"]
    return action


def _inputs(view: View) -> Iterator[tuple[str, tuple[str, Json]]]:
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            yield element.get("action_id", ""), (block["block_id"], element)


def _input_state(element: Json, given: Any) -> Json:
    kind = element["type"]
    if kind in {"checkboxes", "multi_static_select"}:
        chosen = [option for option in element["options"] if option["value"] in (given or ())]
        return {"type": kind, "selected_options": chosen}
    if "options" in element:
        picked = [option for option in element["options"] if option["value"] == given]
        return {"type": kind, "selected_option": picked[0] if picked else None}
    return {"type": kind, "value": given}
