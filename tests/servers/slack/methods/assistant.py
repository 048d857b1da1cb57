"""assistant.threads.*: what the app shows around a thread.

The app has an `agent_view`, for which Slack documents that prompts with a `thread_ts` are taken
and not shown. Not documented, and so this server's choice: prompts stay at the direct messages
as a whole; a thread that names no message is refused with `invalid_thread_ts`.
"""

from __future__ import annotations

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method, Pane
from tests.servers.slack.world import Json

PROMPTS = 4


async def set_status(desk: Desk, call: Call) -> Json:
    """assistant.threads.setStatus: shown for two minutes, or until the app's next message."""
    pane = _pane(desk, call)
    pane.status, pane.status_at = call.text("status"), desk.world.clock.now()
    desk.world.changes.tell()
    return {}


async def set_suggested_prompts(desk: Desk, call: Call) -> Json:
    """assistant.threads.setSuggestedPrompts: without a thread, as an agent has to."""
    channel = desk.channel(call, "channel_id")
    prompts = call.structured("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= PROMPTS:
        raise SlackError("invalid_arguments", [f"[ERROR] between 1 and {PROMPTS} prompts"])
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise SlackError("invalid_arguments", ["[ERROR] a prompt has a title and a message"])
    if not call.text("thread_ts"):
        desk.pane(channel.id, "").prompts = prompts
        desk.world.changes.tell()
    return {}


async def set_title(desk: Desk, call: Call) -> Json:
    """assistant.threads.setTitle."""
    _pane(desk, call).title = call.text("title")
    desk.world.changes.tell()
    return {}


def _pane(desk: Desk, call: Call) -> Pane:
    channel = desk.channel(call, "channel_id")
    message = channel.messages.get(call.text("thread_ts"))
    if message is None:
        raise SlackError("invalid_thread_ts")
    return desk.pane(channel.id, message.thread_ts or message.ts)


METHODS: dict[str, Method] = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_suggested_prompts,
    "assistant.threads.setTitle": set_title,
}
