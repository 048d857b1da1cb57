"""Interactions with the Discord server: commands, buttons, modals, and the tokens that answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.dispatch import Json
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, MessageKind
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.wire_client import WireClient, wire_client

EPHEMERAL = 64
QUESTION: Json = {"type": 3, "name": "question", "description": "What to answer", "required": True}
PRIVATE: Json = {"type": 5, "name": "private", "description": "Whether only you see it"}
ASK: Json = {"name": "ask", "description": "Ask the documents", "options": [QUESTION, PRIVATE]}
NAMED: Json = {"type": 3, "name": "source", "description": "Which", "autocomplete": True}
REINDEX: Json = {"name": "reindex", "description": "Read the sources anew", "options": [NAMED]}
ABOUT: Json = {"type": 1, "name": "about", "description": "What this is"}
FOOTNOTE: Json = {"name": "footnote", "description": "The bot itself", "options": [ABOUT]}
BUTTON: Json = {
    "type": 1,
    "components": [{"type": 2, "style": 2, "label": "Better", "custom_id": "better"}],
}
INPUT: Json = {
    "type": 4,
    "style": 2,
    "label": "Answer",
    "custom_id": "text",
    "required": True,
    "max_length": 20,
}
MODAL: Json = {
    "custom_id": "correct",
    "title": "A better answer",
    "components": [{"type": 1, "components": [INPUT]}],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with two people, and the app's commands."""

    discord: DiscordServer
    acme: Community
    alice: Person
    bob: Person
    general: Channel
    wire: WireClient

    async def asked(self) -> Interaction:
        """Alice asks with a command."""
        return await self.alice.slash("ask", self.general, question="leave?")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with commands registered."""
    async with checked_discord() as discord, wire_client(discord) as wire:
        acme = discord.guild("acme")
        registered = await wire.registers(ASK, REINDEX, FOOTNOTE)
        assert registered.status == 200
        people = acme.person("alice"), acme.person("bob")
        yield Scene(discord, acme, *people, acme.channel("general"), wire)


async def test_one_answer_is_the_first(scene: Scene) -> None:
    """A second one gets 40060, an interaction that nobody made 10062."""
    asked = await scene.asked()
    first = await scene.wire.answers(asked, 5)
    assert first.data["interaction"]["response_message_loading"]
    second = await scene.wire.answers(asked, 5)
    assert (second.status, second.code) == (400, 40_060)
    unknown = await scene.wire.ask("POST", "/interactions/1/x/callback", {"type": 5})
    assert (unknown.status, unknown.code) == (404, 10_062)


async def test_an_answer_that_is_late_finds_no_interaction(scene: Scene) -> None:
    """The first answer is due in three seconds of the server's clock."""
    asked = await scene.asked()
    scene.discord.clock.advance(3.1)
    assert (await scene.wire.answers(asked, 5)).code == 10_062
    assert asked.answered is None


async def test_a_token_lives_for_fifteen_minutes(scene: Scene) -> None:
    """Before the first answer there is no webhook, and afterwards no longer any."""
    asked = await scene.asked()
    early = await scene.wire.original("PATCH", asked, content="28 days")
    assert (early.status, early.code) == (404, 10_015)
    await scene.wire.answers(asked, 5)
    scene.discord.clock.advance(890)
    assert (await scene.wire.original("PATCH", asked, content="28 days")).status == 200
    scene.discord.clock.advance(11)
    late = await scene.wire.original("PATCH", asked, content="29 days")
    assert (late.status, late.code) == (401, 50_027)
    assert (await scene.wire.follows_up(asked, content="x")).code == 50_027
    assert asked.messages[0].content == "28 days"


async def test_a_deferred_answer_loads_until_it_is_there(scene: Scene) -> None:
    """It is a command's message that shows no edit; the first follow-up takes its place."""
    asked = await scene.asked()
    await scene.wire.answers(asked, 5)
    (message,) = asked.messages
    assert message.loading
    assert message.kind is MessageKind.COMMAND
    assert scene.discord.replies_to(asked) == []
    await scene.wire.original("PATCH", asked, content="28 days")
    assert (message.content, message.loading, message.edited_at) == ("28 days", False, None)
    again = await scene.asked()
    await scene.wire.answers(again, 5, {"flags": EPHEMERAL})
    await scene.wire.follows_up(again, content="28 days")
    assert [(one.content, one.only_for) for one in again.messages] == [("28 days", scene.alice.id)]


async def test_ephemeral_is_seen_by_the_asker_alone(scene: Scene) -> None:
    """Nobody else sees it, no history has it, and the channel's routes do not know it."""
    asked = await scene.asked()
    await scene.wire.answers(asked, 4, {"content": "28 days", "flags": EPHEMERAL})
    (message,) = asked.messages
    assert message in scene.discord.visible_to(scene.alice, scene.general)
    assert scene.discord.visible_to(scene.bob, scene.general) == []
    path = f"/channels/{scene.general.id}/messages"
    assert (await scene.wire.ask("GET", path)).data == []
    assert (await scene.wire.ask("PATCH", f"{path}/{message.id}", {"content": "x"})).code == 10_008
    assert (await scene.wire.original("PATCH", asked, content="29 days")).status == 200
    assert [one.content for one in scene.alice.sees] == ["29 days"]


async def test_ephemeral_is_told_as_if_it_were_direct(scene: Scene) -> None:
    """discord/discord-api-docs#4557: without the guild, and to the app's own bot."""
    told: list[tuple[str, str | None, Json]] = []
    scene.discord.world.dispatches.subscribe(
        lambda event, payload, guild_id, _: told.append((event, guild_id, payload))
    )
    asked = await scene.asked()
    await scene.wire.answers(asked, 4, {"content": "28 days", "flags": EPHEMERAL})
    (event, guild_id, payload) = told[-1]
    assert (event, guild_id) == ("MESSAGE_CREATE", None)
    assert "guild_id" not in payload


async def test_a_deleted_answer_is_an_unknown_message(scene: Scene) -> None:
    """Afterwards it can be neither got nor changed, but more can be said."""
    asked = await scene.asked()
    await scene.wire.answers(asked, 4, {"content": "28 days"})
    await scene.alice.deletes(asked.messages[0])
    assert (await scene.wire.original("PATCH", asked, content="x")).code == 10_008
    assert (await scene.wire.original("GET", asked)).code == 10_008
    assert (await scene.wire.follows_up(asked, content="29 days")).status == 200
    assert [one.content for one in asked.messages] == ["29 days"]


async def test_follow_ups_are_changed_and_deleted_by_their_ids(scene: Scene) -> None:
    """Only with the token of their own interaction."""
    asked, other = await scene.asked(), await scene.asked()
    for one in (asked, other):
        await scene.wire.answers(one, 4, {"content": "28 days"})
    more = (await scene.wire.follows_up(asked, content="more")).data["id"]
    path = scene.wire.path_of(asked) + f"/messages/{more}"
    assert (await scene.wire.ask("PATCH", path, {"content": "less"})).data["content"] == "less"
    foreign = scene.wire.path_of(other) + f"/messages/{more}"
    assert (await scene.wire.ask("PATCH", foreign, {"content": "x"})).code == 10_008
    assert (await scene.wire.ask("DELETE", path)).status == 204
    assert (await scene.wire.ask("GET", path)).code == 10_008


async def test_a_button_updates_its_message_or_answers_it(scene: Scene) -> None:
    """An update leaves no new message; an answer replies to the one with the button."""
    posted = await scene.wire.posts(scene.general.id, content="28 days", components=[BUTTON])
    message = scene.general.messages[posted.data["id"]]
    pressed = await scene.bob.presses(message, "Better")
    await scene.wire.answers(pressed, 7, {"content": "29 days", "components": []})
    assert (message.content, message.components) == ("29 days", [])
    await scene.wire.ask(
        "PATCH", f"/channels/{scene.general.id}/messages/{message.id}", {"components": [BUTTON]}
    )
    pressed = await scene.bob.presses(message, "better")
    await scene.wire.answers(pressed, 4, {"content": "thanks", "flags": EPHEMERAL})
    assert [one.content for one in scene.bob.sees] == ["thanks"]
    silent = await scene.bob.presses(message, "better")
    await scene.wire.answers(silent, 6)
    assert silent.original is message
    assert silent.messages == []
    with pytest.raises(AssertionError, match="no 'Worse'"):
        await scene.bob.presses(message, "Worse")


async def test_a_modal_is_shown_and_submitted(scene: Scene) -> None:
    """What is typed comes as the modal's inputs; the message with the button can be changed."""
    posted = await scene.wire.posts(scene.general.id, content="28 days", components=[BUTTON])
    message = scene.general.messages[posted.data["id"]]
    pressed = await scene.bob.presses(message, "Better")
    shown = await scene.wire.answers(pressed, 9, MODAL)
    assert shown.status == 200
    submitted = await scene.bob.submits(pressed, {"text": "29 days"})
    typed = submitted.data["components"][0]["components"][0]
    assert (typed["custom_id"], typed["value"]) == ("text", "29 days")
    assert (await scene.wire.answers(submitted, 9, MODAL)).code == 50_035
    await scene.wire.answers(submitted, 7, {"content": "corrected"})
    assert message.content == "corrected"
    for values in ({}, {"text": "x" * 21}, {"other": "x"}):
        with pytest.raises(AssertionError):
            await scene.bob.submits(pressed, values)


async def test_an_option_completes_itself(scene: Scene) -> None:
    """The typed option is marked; at most 25 choices are taken."""
    typed = await scene.alice.types("reindex", scene.general, focused="source", source="ha")
    (option,) = typed.data["options"]
    assert (option["focused"], option["value"]) == (True, "ha")
    many = [{"name": f"s{number}", "value": f"s{number}"} for number in range(26)]
    refused = await scene.wire.answers(typed, 8, {"choices": many})
    assert refused.complaint("data.choices") == "BASE_TYPE_MAX_LENGTH"
    assert (await scene.wire.answers(typed, 8, {"choices": many[:25]})).status == 200
    assert len(typed.choices or []) == 25


async def test_a_command_is_what_was_registered(scene: Scene) -> None:
    """Subcommands nest, unknown options and missing ones cannot be given."""
    about = await scene.alice.slash("footnote about", scene.general)
    assert about.data["options"] == [{"name": "about", "type": 1, "options": []}]
    with pytest.raises(AssertionError, match="must be given"):
        await scene.alice.slash("ask", scene.general)
    with pytest.raises(AssertionError, match="there is no"):
        await scene.alice.slash("ask", scene.general, question="x", loud=True)
    with pytest.raises(AssertionError, match="/sources is not among"):
        await scene.alice.slash("sources", scene.general)


async def test_a_command_hides_from_whoever_lacks_its_permissions(scene: Scene) -> None:
    """`default_member_permissions` and the contexts decide who is offered it where."""
    hidden = REINDEX | {"default_member_permissions": int(Permission.MANAGE_GUILD)}
    await scene.wire.registers(ASK | {"contexts": [0]}, hidden)
    assert set(scene.alice.commands(scene.general)) == {"ask"}
    assert set(scene.acme.owner.commands(scene.general)) == {"ask", "reindex"}
    assert set(scene.alice.commands(scene.alice.dm)) == {"reindex"}
    scene.acme.give(scene.alice, scene.acme.role("admins", int(Permission.MANAGE_GUILD)))
    assert "reindex" in scene.alice.commands(scene.general)


async def test_commands_keep_their_ids_and_are_counted(scene: Scene) -> None:
    """A sync of the same names creates none; the 201st of a day is refused, a day later not."""
    first = (await scene.wire.registers(ASK, guild=scene.acme.id)).data[0]
    again = (await scene.wire.registers(ASK | {"description": "x"}, guild=scene.acme.id)).data[0]
    assert again["id"] == first["id"]
    assert again["version"] != first["version"]
    for number in range(199):
        named = ASK | {"name": f"ask{number}"}
        assert (await scene.wire.registers(named, guild=scene.acme.id)).status == 200
    late = await scene.wire.registers(ASK | {"name": "more"}, guild=scene.acme.id)
    assert (late.status, late.code) == (400, 30_034)
    scene.discord.clock.advance(86_401)
    assert (await scene.wire.registers(ASK, guild=scene.acme.id)).status == 200


async def test_an_answer_notifies_users_alone_unless_said_otherwise(scene: Scene) -> None:
    """Documented for interactions: @everyone and roles need `allowed_mentions`."""
    asked = await scene.asked()
    content = f"@everyone {scene.bob.mention}"
    await scene.wire.answers(asked, 4, {"content": content})
    assert asked.messages[0].notified.users == {scene.bob.id}
    assert not asked.messages[0].notified.everyone


async def test_a_bot_that_sees_no_channel_can_answer_a_command_in_it(scene: Scene) -> None:
    """The token suffices where the channel's routes give 50001."""
    private = scene.acme.channel("board", only=[scene.alice])
    scene.acme.overwrite(private, scene.discord.bot_in(scene.acme.guild).id)
    asked = await scene.alice.slash("ask", private, question="leave?")
    await scene.wire.answers(asked, 4, {"content": "28 days"})
    assert [one.content for one in asked.messages] == ["28 days"]
    assert (await scene.wire.posts(private.id, content="x")).code == 50_001
