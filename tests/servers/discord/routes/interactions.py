"""The first answer to an interaction.

Not documented, and so this server's choice: a first answer of a kind that does not go with the
interaction, such as an update of a message to a command, is refused with 50035; the first answer
to a component's or a modal's interaction is a reply to the message with the component; of a
deferred message the response says kind 4, the one of messages that the description knows.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.components import check_modal
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import bad_form
from tests.servers.discord.interaction_model import (
    Callback,
    Interaction,
    InteractionKind,
    Modal,
)
from tests.servers.discord.interaction_payloads import metadata_json
from tests.servers.discord.limits import SETTABLE_FLAGS, Body, read_body, read_new_body
from tests.servers.discord.mentions import USERS_ALONE
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.model import Message, MessageFlag, MessageKind
from tests.servers.discord.posting import post
from tests.servers.discord.routes.commands import refuse_choices
from tests.servers.discord.routes.messages import edit

ANSWER_FLAGS = SETTABLE_FLAGS | MessageFlag.EPHEMERAL
_SAYING = frozenset({Callback.MESSAGE, Callback.DEFERRED_MESSAGE})
_CHANGING = frozenset({Callback.DEFERRED_UPDATE, Callback.UPDATE})
_ALLOWED = {
    InteractionKind.COMMAND: _SAYING | {Callback.MODAL},
    InteractionKind.COMPONENT: _SAYING | _CHANGING | {Callback.MODAL},
    InteractionKind.AUTOCOMPLETE: frozenset({Callback.CHOICES}),
    InteractionKind.MODAL: _SAYING,
}


def create_interaction_response(desk: Desk, call: Call) -> Reply:
    """POST the first answer, which only one can give."""
    interaction = desk.interactions.to_answer(
        call.names["interaction_id"], call.names["interaction_token"]
    )
    kind = _kind(interaction, call.json)
    _ANSWERS[kind](desk, interaction, call.json.get("data") or {})
    interaction.answered, interaction.acknowledged_at = kind, desk.world.clock.now()
    desk.world.changes.tell()
    return Reply(_told(interaction, kind)) if call.flag("with_response") else Reply()


def say(desk: Desk, interaction: Interaction, body: Body) -> Message:
    """A message that answers an interaction appears."""
    ephemeral = bool(body.flags & MessageFlag.EPHEMERAL)
    source = interaction.source
    command = interaction.kind is InteractionKind.COMMAND and interaction.original is None
    more: Json = {} if source and not source.ephemeral else {"kind": MessageKind.DEFAULT}
    if command:
        more = {"kind": MessageKind.COMMAND}
    answered = source.id if source and not source.ephemeral else None
    return post(
        desk.world,
        interaction.channel,
        interaction.application.bot,
        body.content,
        allowed=body.allowed if body.allowed is not None else USERS_ALONE,
        reply_to=interaction.original.id if interaction.original else answered,
        embeds=body.embeds,
        components=body.components,
        flags=body.flags,
        application_id=interaction.application.id,
        webhook_id=interaction.application.id,
        interaction=metadata_json(interaction),
        only_for=interaction.user.id if ephemeral else None,
        **more,
    )


def _kind(interaction: Interaction, given: Json) -> Callback:
    allowed = _ALLOWED[interaction.kind]
    if interaction.kind is InteractionKind.MODAL and interaction.source:
        allowed |= _CHANGING
    kind = given.get("type")
    if kind not in set(allowed):
        shown = ", ".join(str(int(one)) for one in sorted(allowed))
        raise bad_form("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")
    return Callback(int(given["type"]))


def _message(desk: Desk, interaction: Interaction, data: Json) -> None:
    body = read_new_body(data, at="data.", flags=ANSWER_FLAGS)
    interaction.original = say(desk, interaction, body)


def _deferred_message(desk: Desk, interaction: Interaction, data: Json) -> None:
    flags = int(data.get("flags") or 0) & MessageFlag.EPHEMERAL | MessageFlag.LOADING
    body = Body(frozenset(), flags=int(flags))
    interaction.original = say(desk, interaction, body)


def _deferred_update(desk: Desk, interaction: Interaction, data: Json) -> None:
    del desk, data
    interaction.original = interaction.source


def _update(desk: Desk, interaction: Interaction, data: Json) -> None:
    assert interaction.source
    edit(desk, interaction.source, read_body(data, at="data."))
    interaction.original = interaction.source


def _choices(desk: Desk, interaction: Interaction, data: Json) -> None:
    del desk
    choices = data.get("choices") or []
    refuse_choices(choices)
    interaction.choices = choices


def _modal(desk: Desk, interaction: Interaction, data: Json) -> None:
    del desk
    check_modal(data)
    interaction.modal = Modal(data, interaction.source)


_ANSWERS: dict[Callback, Callable[[Desk, Interaction, Json], None]] = {
    Callback.MESSAGE: _message,
    Callback.DEFERRED_MESSAGE: _deferred_message,
    Callback.DEFERRED_UPDATE: _deferred_update,
    Callback.UPDATE: _update,
    Callback.CHOICES: _choices,
    Callback.MODAL: _modal,
}


def _told(interaction: Interaction, kind: Callback) -> Json:
    told: Json = {"id": interaction.id, "type": int(interaction.kind)}
    told["channel_id"] = interaction.channel.id
    if interaction.channel.guild_id:
        told["guild_id"] = interaction.channel.guild_id
    message = interaction.original
    if message is None:
        return {"interaction": told}
    told |= {
        "response_message_id": message.id,
        "response_message_loading": message.loading,
        "response_message_ephemeral": message.ephemeral,
    }
    if kind is Callback.DEFERRED_UPDATE:
        return {"interaction": told}
    shown = Callback.UPDATE if kind is Callback.UPDATE else Callback.MESSAGE
    resource = {"type": int(shown), "message": message_json(message)}
    return {"interaction": told, "resource": resource}


ROUTES = [
    Route(
        "create_interaction_response",
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        create_interaction_response,
        needs_token=False,
    )
]
