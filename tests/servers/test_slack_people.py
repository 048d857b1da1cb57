"""What the app hears of what people do in the Slack server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Json
from tests.servers.slack_apps import client, over_sockets, refusal, small_app


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with somebody in it, and an app that acknowledges everything."""

    slack: SlackServer
    acme: Workspace
    alice: Person
    general: Channel
    web: AsyncWebClient

    async def heard(self) -> list[Json]:
        """The events that the app got, once it has acknowledged all."""
        await self.slack.settled()
        return self.slack.events_sent()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with an app on a socket."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        async with over_sockets(slack, small_app(slack)):
            yield Scene(slack, acme, alice, general, client(slack, acme.bot_token))


async def test_an_edit_is_told_with_both_texts(scene: Scene) -> None:
    """`message_changed` has the message before and after; a mention is told as such once more."""
    asked = await scene.alice.says(scene.general, "how long is the leave?")
    await scene.alice.edits(asked, f"{scene.acme.mention} how long is the leave?")
    changed, mention = (await scene.heard())[1:3]
    assert changed["subtype"] == "message_changed"
    assert changed["previous_message"]["text"] == "how long is the leave?"
    assert changed["message"]["edited"]["user"] == scene.alice.id
    assert (mention["type"], mention["ts"]) == ("app_mention", asked.ts)
    assert mention["edited"]


async def test_an_unfolded_link_changes_a_message_without_an_edit(scene: Scene) -> None:
    """The text stays, attachments come, and nothing says that somebody edited it."""
    asked = await scene.alice.says(scene.general, "see https://docs.example/leave")
    await scene.alice.unfolds(asked, "https://docs.example/leave")
    changed = (await scene.heard())[1]
    assert changed["message"]["text"] == changed["previous_message"]["text"]
    assert changed["message"]["attachments"]
    assert "edited" not in changed["message"]


async def test_a_deleted_message_is_gone_and_a_deleted_root_leaves_a_tombstone(
    scene: Scene,
) -> None:
    """Without replies it is deleted; with replies it changes into a tombstone."""
    alone = await scene.alice.says(scene.general, "never mind")
    await scene.alice.deletes(alone)
    root = await scene.alice.says(scene.general, "how long is the leave?")
    await scene.alice.says(scene.general, "anyone?", thread=root)
    await scene.alice.deletes(root)
    heard = await scene.heard()
    assert heard[1]["subtype"] == "message_deleted"
    assert heard[1]["deleted_ts"] == alone.ts
    assert heard[-1]["message"]["subtype"] == "tombstone"
    assert alone.ts not in scene.general.messages


async def test_bots_joins_and_files_are_told_as_such(scene: Scene) -> None:
    """Each has what an app tells it by: bot_id or subtype."""
    await scene.acme.bot("deploys").says(scene.general, "deployed")
    await scene.acme.bot("hook").says(scene.general, "hooked", webhook=True)
    await scene.acme.person("bob").joins(scene.general)
    await scene.alice.says(scene.general, "look", files=["leave.txt"])
    posted = await scene.web.chat_postMessage(channel=scene.general.id, text="28 days")
    bot, hook, join, file, own = await scene.heard()
    assert bot["bot_id"]
    assert "subtype" not in bot
    assert [event.get("subtype") for event in (hook, join, file)] == [
        "bot_message",
        "channel_join",
        "file_share",
    ]
    assert (own["ts"], own["user"]) == (posted["ts"], scene.acme.team.bot.id)


async def test_direct_messages_and_the_pane_are_told(scene: Scene) -> None:
    """Opening the pane and writing in it come as two events in one channel, with no mention."""
    await scene.alice.opens_pane()
    await scene.alice.says(scene.alice.dm, f"{scene.acme.mention} how long is the leave?")
    opened, message = await scene.heard()
    assert (opened["type"], opened["tab"]) == ("app_home_opened", "messages")
    assert (message["type"], message["channel_type"]) == ("message", "im")
    assert opened["channel"] == message["channel"]


async def test_the_app_hears_nothing_of_channels_that_it_is_not_in(scene: Scene) -> None:
    """Without membership or without the scope there is no event."""
    outside = scene.acme.channel("outside", scene.alice, app=False)
    await scene.alice.says(outside, f"{scene.acme.mention} leave?")
    scene.acme.team.scopes -= {"groups:history", "app_mentions:read"}
    private = scene.acme.channel("private", scene.alice, private=True)
    await scene.alice.says(private, f"{scene.acme.mention} leave?")
    assert await scene.heard() == []


async def test_a_shared_channel_tells_whose_words_they_are(scene: Scene) -> None:
    """In Slack Connect an outsider's message names their workspace, and users.info as well."""
    beta = scene.slack.workspace("beta")
    bob = beta.person("bob")
    shared = scene.acme.channel("partners", scene.alice, bob, shared_with=beta)
    shared.members.discard(beta.team.bot.id)
    await bob.says(shared, "hello")
    (event,) = await scene.heard()
    assert event["user_team"] == beta.id
    user = (await scene.web.users_info(user=bob.id))["user"]
    assert (user["team_id"], user["is_stranger"]) == (beta.id, True)


async def test_roles_show_in_users_info(scene: Scene) -> None:
    """Admins, guests and people who left are told apart; whoever is elsewhere is not found."""
    boss = scene.acme.person("boss", owner=True)
    guest, left = scene.acme.person("guest", guest=True), scene.acme.person("left", deleted=True)
    users = [(await scene.web.users_info(user=p.id))["user"] for p in (boss, guest, left)]
    assert (users[0]["is_admin"], users[0]["is_owner"]) == (True, True)
    assert (users[1]["is_admin"], users[1]["is_restricted"]) == (False, True)
    assert users[2]["deleted"]
    assert "is_admin" not in users[2]
    stranger = scene.slack.workspace("beta").person("stranger")
    assert await refusal(scene.web.users_info(user=stranger.id)) == "user_not_found"


async def test_a_response_url_answers_five_times_in_half_an_hour(scene: Scene) -> None:
    """The sixth answer and the late one are refused."""
    await scene.alice.slash("/ask", "leave?", scene.general)
    url = scene.slack.last_response_url()
    async with aiohttp.ClientSession() as session:
        said = [await session.post(url, json={"text": f"part {n}"}) for n in range(6)]
        assert [response.status for response in said] == [200] * 5 + [404]
        assert [message.text for message in scene.alice.sees[1:]] == [f"part {n}" for n in range(5)]
        await scene.alice.slash("/ask", "again?", scene.general)
        scene.slack.clock.advance(1_801)
        late = await session.post(scene.slack.last_response_url(), json={"text": "late"})
        assert await late.json() == {"ok": False, "error": "expired_url"}


async def test_a_trigger_opens_one_view_within_three_seconds(scene: Scene) -> None:
    """Later it has expired, and a second view is refused."""
    view: Json = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Passage"},
        "blocks": [{"type": "divider"}],
    }
    trigger = scene.slack.interactions.new_trigger(scene.alice.member)
    opened = await scene.web.views_open(trigger_id=trigger, view=view)
    again = scene.web.views_open(trigger_id=trigger, view=view)
    assert await refusal(again) == "exchanged_trigger_id"
    stale = scene.web.views_update(view_id=opened["view"]["id"], hash="other", view=view)
    assert await refusal(stale) == "hash_conflict"
    trigger = scene.slack.interactions.new_trigger(scene.alice.member)
    scene.slack.clock.advance(3.1)
    late = scene.web.views_open(trigger_id=trigger, view=view)
    assert await refusal(late) == "expired_trigger_id"


async def test_a_status_lasts_two_minutes_or_until_the_answer(scene: Scene) -> None:
    """It goes by itself, and with the app's next message in the thread."""
    asked = await scene.alice.says(scene.general, "how long is the leave?")
    where: Json = {"channel_id": scene.general.id, "thread_ts": asked.ts}
    await scene.web.assistant_threads_setStatus(**where, status="Searching 3 sources…")
    assert scene.slack.status(asked) == "Searching 3 sources…"
    scene.slack.clock.advance(121)
    assert not scene.slack.status(asked)
    await scene.web.assistant_threads_setStatus(**where, status="Searching 3 sources…")
    await scene.web.chat_postMessage(channel=scene.general.id, thread_ts=asked.ts, text="28")
    assert not scene.slack.status(asked)


@pytest.mark.parametrize("threaded", [False, True])
async def test_prompts_show_only_without_a_thread(scene: Scene, *, threaded: bool) -> None:
    """For an app with an agent view Slack documents that a thread_ts makes the call do nothing."""
    hello = await scene.alice.says(scene.alice.dm, "hello")
    prompts = [{"title": "Leave", "message": "How long is the annual leave?"}]
    arguments: Json = {"channel_id": scene.alice.dm.id, "prompts": prompts}
    if threaded:
        arguments["thread_ts"] = hello.ts
    await scene.web.api_call("assistant.threads.setSuggestedPrompts", json=arguments)
    assert scene.slack.prompts(scene.alice.dm) == ([] if threaded else prompts)
