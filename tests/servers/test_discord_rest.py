"""What the Discord server's REST API answers: messages, threads, reactions, members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import ApplicationFlag, Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.wire_client import WireClient, wire_client


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with somebody in it, and the app's bare client."""

    discord: DiscordServer
    acme: Community
    alice: Person
    general: Channel
    wire: WireClient

    async def post(self, content: str = "28 days") -> Message:
        """The bot's message."""
        answer = await self.wire.posts(self.general.id, content=content)
        return self.general.messages[answer.data["id"]]

    def path(self, message: Message) -> str:
        """Where a message is."""
        return f"/channels/{message.channel.id}/messages/{message.id}"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with a guild."""
    async with checked_discord() as discord, wire_client(discord) as wire:
        acme = discord.guild("acme")
        yield Scene(discord, acme, acme.person("alice"), acme.channel("general"), wire)


async def test_without_the_right_token_nothing_is_answered(scene: Scene) -> None:
    """A wrong token and one that was changed are 401; the gateway's address needs none."""
    wrong = await scene.wire.ask("GET", "/users/@me", token="wrong")  # noqa: S106  no secret
    assert (wrong.status, wrong.data["message"]) == (401, "401: Unauthorized")
    old = scene.discord.token
    scene.discord.application.token = "another"  # noqa: S105  no secret
    assert (await scene.wire.ask("GET", "/gateway/bot", token=old)).status == 401
    assert (await scene.wire.ask("GET", "/gateway")).status == 200
    assert (await scene.wire.ask("GET", "/applications/@me")).data["owner"]["username"]


async def test_json_comes_without_a_charset_and_with_via(scene: Scene) -> None:
    """Clients tell Discord's answers from others by these two headers."""
    answer = await scene.wire.ask("GET", "/users/@me")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Via"]


async def test_a_nonce_makes_a_retried_post_one_message(scene: Scene) -> None:
    """Only with `enforce_nonce`, for a few minutes, and only while the message is there."""
    body = {"content": "28 days", "nonce": "n1", "enforce_nonce": True}
    first = await scene.wire.posts(scene.general.id, **body)
    again = await scene.wire.posts(scene.general.id, **(body | {"content": "other"}))
    assert again.data["id"] == first.data["id"]
    assert again.data["content"] == "28 days"
    loose = await scene.wire.posts(scene.general.id, content="x", nonce="n1")
    assert loose.data["id"] != first.data["id"]
    scene.discord.clock.advance(301)
    late = await scene.wire.posts(scene.general.id, **body)
    assert late.data["id"] not in {first.data["id"], loose.data["id"]}
    await scene.wire.ask("DELETE", scene.path(scene.general.messages[late.data["id"]]))
    anew = await scene.wire.posts(scene.general.id, **body)
    assert anew.data["id"] != late.data["id"]


async def test_history_is_paged_from_both_ends(scene: Scene) -> None:
    """The newest first; before, after and around an id; no nonce comes back."""
    said = [await scene.alice.says(scene.general, f"m{number}") for number in range(10)]
    path = f"/channels/{scene.general.id}/messages"

    async def page(query: str) -> list[str]:
        answer = await scene.wire.ask("GET", f"{path}?{query}")
        return [message["content"] for message in answer.data]

    assert await page("limit=3") == ["m9", "m8", "m7"]
    assert await page(f"limit=3&before={said[7].id}") == ["m6", "m5", "m4"]
    assert await page(f"limit=3&after={said[1].id}") == ["m4", "m3", "m2"]
    assert await page(f"limit=3&around={said[5].id}") == ["m6", "m5", "m4"]
    assert (await scene.wire.ask("GET", path + "?limit=101")).code == 50_035
    await scene.wire.posts(scene.general.id, content="x", nonce="n1")
    newest = (await scene.wire.ask("GET", path + "?limit=1")).data[0]
    assert newest["content"] == "x"
    assert "nonce" not in newest


async def test_a_reply_quotes_and_notifies_and_needs_its_message(scene: Scene) -> None:
    """Without the message it is refused, or stands alone where the sender says so."""
    asked = await scene.alice.says(scene.general, "leave?")
    reference: Json = {"message_id": asked.id}
    reply = await scene.wire.posts(scene.general.id, content="28", message_reference=reference)
    assert reply.data["referenced_message"]["content"] == "leave?"
    assert scene.general.messages[reply.data["id"]].notified.users == {scene.alice.id}
    await scene.alice.deletes(asked)
    lost = await scene.wire.posts(scene.general.id, content="28", message_reference=reference)
    assert lost.complaint("message_reference") == "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
    reference["fail_if_not_exists"] = False
    alone = await scene.wire.posts(scene.general.id, content="28", message_reference=reference)
    assert "message_reference" not in alone.data
    path = scene.path(scene.general.messages[reply.data["id"]])
    assert (await scene.wire.ask("GET", path)).data["referenced_message"] is None


async def test_whom_a_message_notifies(scene: Scene) -> None:
    """`allowed_mentions` decides; @everyone and closed roles need the permission as well."""
    open_role = scene.acme.role("team", mentionable=True)
    closed = scene.acme.role("board")
    mighty = scene.acme.guild.everyone.permissions
    scene.acme.change_role(scene.acme.guild.everyone, mighty & ~(1 << 17))
    content = f"@everyone {open_role.mention} {closed.mention} {scene.alice.mention}"

    async def notified(**body: object) -> tuple[bool, set[str], set[str]]:
        answer = await scene.wire.posts(scene.general.id, content=content, **body)
        whom = scene.general.messages[answer.data["id"]].notified
        return whom.everyone, set(whom.roles), set(whom.users)

    assert await notified() == (False, {open_role.id}, {scene.alice.id})
    assert await notified(allowed_mentions={"parse": []}) == (False, set(), set())
    named = {"parse": [], "users": [scene.alice.id], "roles": [closed.id]}
    assert await notified(allowed_mentions=named) == (False, set(), {scene.alice.id})
    scene.acme.change_role(scene.acme.guild.everyone, mighty)
    everybody = (True, {open_role.id, closed.id}, {scene.alice.id})
    assert await notified() == everybody
    both = {"parse": ["users"], "users": [scene.alice.id]}
    refused = await scene.wire.posts(scene.general.id, content="x", allowed_mentions=both)
    assert refused.complaint("allowed_mentions").endswith("PARSE_EXCLUSIVE")


async def test_only_ones_own_messages_can_be_changed(scene: Scene) -> None:
    """Somebody else's give 50005, deleted ones 10008; an edit leaves the rest as it was."""
    asked, posted = await scene.alice.says(scene.general, "leave?"), await scene.post()
    theirs = await scene.wire.ask("PATCH", scene.path(asked), {"content": "x"})
    assert (theirs.status, theirs.code) == (403, 50_005)
    embeds = [{"title": "Handbook"}]
    await scene.wire.ask("PATCH", scene.path(posted), {"embeds": embeds})
    changed = await scene.wire.ask("PATCH", scene.path(posted), {"content": "29 days"})
    assert changed.data["embeds"][0]["title"] == "Handbook"
    assert changed.data["edited_timestamp"]
    assert posted.contents == ["28 days", "29 days"]
    await scene.wire.ask("PATCH", scene.path(posted), {"flags": 4})
    assert (await scene.wire.ask("GET", scene.path(posted))).data["embeds"] == []
    await scene.wire.ask("DELETE", scene.path(posted))
    gone = await scene.wire.ask("PATCH", scene.path(posted), {"content": "x"})
    assert (gone.status, gone.code) == (404, 10_008)


async def test_a_message_has_one_thread(scene: Scene) -> None:
    """The thread has the message's id; a second one is refused with 160004."""
    posted = await scene.post()
    path = scene.path(posted) + "/threads"
    thread = await scene.wire.ask("POST", path, {"name": "Leave"})
    assert (thread.status, thread.data["id"]) == (201, posted.id)
    assert (await scene.wire.ask("POST", path, {"name": "Leave"})).code == 160_004
    inside = await scene.wire.posts(posted.id, content="in the thread")
    assert inside.data["channel_id"] == posted.id
    nested = scene.path(scene.discord.world.channels[posted.id].messages[inside.data["id"]])
    assert (await scene.wire.ask("POST", nested + "/threads", {"name": "x"})).code == 50_024


async def test_an_archived_thread_is_closed_to_changes(scene: Scene) -> None:
    """Edits and reactions give 50083; a post opens it again, unless it is locked."""
    thread = scene.acme.thread(scene.general, "leave", scene.alice)
    posted = (await scene.wire.posts(thread.id, content="28")).data["id"]
    await scene.alice.archives(thread)
    path = f"/channels/{thread.id}/messages/{posted}"
    assert (await scene.wire.ask("PATCH", path, {"content": "x"})).code == 50_083
    assert (await scene.wire.ask("PUT", path + "/reactions/%F0%9F%91%8D/@me")).code == 50_083
    assert (await scene.wire.posts(thread.id, content="29")).status == 200
    assert not thread.archived
    await scene.alice.archives(thread, locked=True)
    assert (await scene.wire.posts(thread.id, content="30")).code == 160_005


async def test_a_forum_takes_posts_and_no_messages(scene: Scene) -> None:
    """A post is a thread whose first message has its id."""
    forum = scene.acme.forum("help")
    assert (await scene.wire.posts(forum.id, content="x")).code == 50_008
    body = {"name": "Leave", "message": {"content": "How long?"}}
    post = await scene.wire.ask("POST", f"/channels/{forum.id}/threads", body)
    assert post.data["message"]["id"] == post.data["id"]
    asked = await scene.alice.opens_post(forum, "Leave?", "How long is it?")
    assert (asked.channel.parent, asked.channel.id) == (forum, asked.id)


async def test_reactions_are_added_once_and_taken_away(scene: Scene) -> None:
    """A word is no emoji."""
    posted = await scene.post()
    path = scene.path(posted) + "/reactions/"
    for _ in range(2):
        assert (await scene.wire.ask("PUT", path + "%F0%9F%91%8D/@me")).status == 204
    assert posted.reactions == {"👍": [scene.discord.application.bot.id]}
    assert (await scene.wire.ask("PUT", path + "thumbsup/@me")).code == 10_014
    await scene.wire.ask("DELETE", path + "%F0%9F%91%8D/@me")
    assert posted.reactions == {}


async def test_direct_messages_go_to_people_who_take_them(scene: Scene) -> None:
    """The channel can be opened; a post to somebody who takes none gives 50007."""
    opened = await scene.wire.ask("POST", "/users/@me/channels", {"recipient_id": scene.alice.id})
    assert opened.data["id"] == scene.alice.dm.id
    assert (await scene.wire.posts(scene.alice.dm.id, content="hello")).status == 200
    scene.alice.user.takes_dms = False
    assert (await scene.wire.posts(scene.alice.dm.id, content="hello")).code == 50_007
    nobody = await scene.wire.ask("POST", "/users/@me/channels", {"recipient_id": "1"})
    assert nobody.code == 10_013


async def test_members_are_found_and_listed_with_the_intent(scene: Scene) -> None:
    """Who left is unknown; the list needs the privileged intent."""
    path = f"/guilds/{scene.acme.id}/members"
    assert (await scene.wire.ask("GET", f"{path}/{scene.alice.id}")).data["user"]["id"]
    found = await scene.wire.ask("GET", path + "/search?query=ali&limit=5")
    assert [member["user"]["username"] for member in found.data] == ["alice"]
    assert (await scene.wire.ask("GET", path)).code == 50_001
    scene.discord.application.flags |= ApplicationFlag.MEMBERS_LIMITED
    assert len((await scene.wire.ask("GET", path + "?limit=10")).data) == 3
    scene.discord.world.leave(scene.acme.guild, scene.alice.user)
    assert (await scene.wire.ask("GET", f"{path}/{scene.alice.id}")).code == 10_007


async def test_without_the_intent_others_content_is_empty(scene: Scene) -> None:
    """Only where the bot is mentioned, in its own messages and in direct ones is it there."""
    scene.discord.application.flags = 0
    plain = await scene.alice.says(scene.general, "leave?")
    tagged = await scene.alice.says(scene.general, f"{scene.discord.mention} leave?")
    direct = await scene.alice.says(scene.alice.dm, "leave?")
    shown = [
        (await scene.wire.ask("GET", scene.path(message))).data["content"]
        for message in (plain, tagged, direct, await scene.post())
    ]
    assert shown == ["", tagged.content, "leave?", "28 days"]


async def test_a_file_comes_back_as_an_attachment(scene: Scene) -> None:
    """A body with files is read as one without."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "see"}', content_type="application/json")
    form.add_field("files[0]", b"x", filename="leave.txt")
    headers = {"Authorization": f"Bot {scene.discord.token}"}
    url = f"{scene.discord.api_url}/channels/{scene.general.id}/messages"
    async with scene.wire.session.post(url, data=form, headers=headers) as response:
        data = await response.json()
    assert [one["filename"] for one in data["attachments"]] == ["leave.txt"]
