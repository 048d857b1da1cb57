"""What follows the first answer to an interaction: changing it, and saying more.

Documented: a follow-up right after a deferred answer takes that one's place, with its ephemeral
flag. Not documented, and so this server's choice: a message of another interaction gives 10008.
"""

from __future__ import annotations

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.limits import Body, read_body, read_new_body
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.model import Message, MessageFlag
from tests.servers.discord.posting import delete
from tests.servers.discord.routes.interactions import ANSWER_FLAGS, say
from tests.servers.discord.routes.messages import edit


def execute_webhook(desk: Desk, call: Call) -> Reply:
    """POST a follow-up."""
    interaction = _interaction(desk, call)
    body = read_new_body(call.json, flags=ANSWER_FLAGS)
    first = interaction.original
    if first is not None and first.loading and not first.gone:
        return Reply(_change(desk, first, body))
    message = say(desk, interaction, body)
    interaction.follow_ups.append(message)
    return Reply(message_json(message))


def get_original(desk: Desk, call: Call) -> Reply:
    """GET the first answer."""
    return Reply(message_json(_original(_interaction(desk, call))))


def update_original(desk: Desk, call: Call) -> Reply:
    """PATCH the first answer; a deferred one then no longer loads."""
    message = _original(_interaction(desk, call))
    return Reply(_change(desk, message, read_body(call.json)))


def delete_original(desk: Desk, call: Call) -> Reply:
    """DELETE the first answer."""
    delete(desk.world, _original(_interaction(desk, call)))
    return Reply()


def get_follow_up(desk: Desk, call: Call) -> Reply:
    """GET a follow-up, or the first answer by its id."""
    return Reply(message_json(_named(desk, call)))


def update_follow_up(desk: Desk, call: Call) -> Reply:
    """PATCH a follow-up, or the first answer by its id."""
    return Reply(_change(desk, _named(desk, call), read_body(call.json)))


def delete_follow_up(desk: Desk, call: Call) -> Reply:
    """DELETE a follow-up, or the first answer by its id."""
    delete(desk.world, _named(desk, call))
    return Reply()


def _interaction(desk: Desk, call: Call) -> Interaction:
    names = call.names
    return desk.interactions.to_follow_up(names["webhook_id"], names["webhook_token"])


def _original(interaction: Interaction) -> Message:
    message = interaction.original
    if message is None or message.gone:
        raise DiscordError(10_008)
    return message


def _named(desk: Desk, call: Call) -> Message:
    interaction = _interaction(desk, call)
    first = [interaction.original] if interaction.original else []
    for message in (*first, *interaction.follow_ups):
        if message.id == call.names["message_id"] and not message.gone:
            return message
    raise DiscordError(10_008)


def _change(desk: Desk, message: Message, body: Body) -> Json:
    """Change an answer; nobody sees a deferred one's arrival as an edit."""
    loading = message.loading
    message.flags &= ~int(MessageFlag.LOADING)
    try:
        edit(desk, message, body, deferred=loading)
    except DiscordError:
        message.flags |= int(MessageFlag.LOADING) if loading else 0
        raise
    return message_json(message)


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _WEBHOOK + "/messages/@original"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"
ROUTES = [
    Route(name, method, path, handler, needs_token=False)
    for name, method, path, handler in (
        ("execute_webhook", "POST", _WEBHOOK, execute_webhook),
        ("get_original_webhook_message", "GET", _ORIGINAL, get_original),
        ("update_original_webhook_message", "PATCH", _ORIGINAL, update_original),
        ("delete_original_webhook_message", "DELETE", _ORIGINAL, delete_original),
        ("get_webhook_message", "GET", _MESSAGE, get_follow_up),
        ("update_webhook_message", "PATCH", _MESSAGE, update_follow_up),
        ("delete_webhook_message", "DELETE", _MESSAGE, delete_follow_up),
    )
]
