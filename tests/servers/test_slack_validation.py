"""That the check against Slack's published types finds what is broken, and nothing else."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

import pytest

from tests.servers.slack.allowances import ABSENT, EXTRA, OTHER_NAMES, as_typed
from tests.servers.slack.checked import schemas_or_reason
from tests.servers.slack.schemas import Schemas
from tests.servers.slack.server import SlackServer
from tests.servers.slack.specs import specs_folder
from tests.servers.slack.validation import check, problems
from tests.servers.slack.world import Json
from tests.servers.slack_apps import BUTTON, MODAL, client, over_sockets, small_app

CALL: Json = {"channel": "C1", "text": "28 days", "thread_ts": "1.0"}
UPDATE: Json = {"channel": "C1", "text": "28 days", "ts": "1.0"}
MENTION: Json = {
    "type": "app_mention",
    "user": "U1",
    "text": "<@U2> leave?",
    "ts": "1.0",
    "channel": "C1",
    "event_ts": "1.0",
}
EVENTS = (
    "app_mention message message.bot_message message.channel_join message.file_share"
    " message.me_message message.message_changed".split()
)
COMMAND: Json = dict.fromkeys(
    "token command text response_url trigger_id user_id user_name team_id team_domain"
    " channel_id channel_name api_app_id".split(),
    "x",
)


@pytest.fixture
def schemas() -> Schemas:
    """The schemas, or a skip."""
    found = schemas_or_reason()
    if isinstance(found, str):
        pytest.skip(f"Slack's published types cannot be had: {found}")
    return found


@pytest.mark.parametrize(
    ("where", "good", "broken"),
    [
        ("Arguments chat.postMessage", CALL, {"channel": "C1"}),
        ("Arguments chat.postMessage", CALL, CALL | {"text": 5}),
        ("Arguments chat.postMessage", CALL, CALL | {"thread": "1.0"}),
        ("Arguments chat.update", UPDATE, UPDATE | {"thread_ts": "1.0"}),
        ("Response chat.postMessage", {"ok": True, "ts": "1.0"}, {"ok": True, "ts": 1.0}),
        ("Response users.info", {"ok": True, "user": {"id": "U1"}}, {"ok": True, "user": "U1"}),
        ("Parts block", BUTTON, BUTTON | {"elements": [{"type": "buton"}]}),
        ("Parts block", {"type": "markdown", "text": "x"}, {"type": "markdown", "txt": "x"}),
        ("Parts view", MODAL, {name: MODAL[name] for name in ("type", "blocks")}),
        ("Parts metadata", {"event_type": "a", "event_payload": {}}, {"event_type": "a"}),
        ("Parts chunk", {"type": "markdown_text", "text": "x"}, {"type": "markdown_text"}),
        ("Events app_mention", MENTION, {k: v for k, v in MENTION.items() if k != "channel"}),
        ("Events app_mention", MENTION, MENTION | {"thread": "1.0"}),
        ("Interactions slash_commands", COMMAND, COMMAND | {"text": None}),
        ("Replies slash_commands", {"text": "x"}, {"text": "x", "response_type": "whisper"}),
        ("Replies view_submission", {"response_action": "clear"}, {"response_action": "close"}),
    ],
)
def test_a_broken_payload_is_rejected_and_a_good_one_is_not(
    schemas: Schemas, where: str, good: Json, broken: Json
) -> None:
    """Each kind of payload has a control that the check must reject."""
    assert list(check(where, good, schemas)) == []
    assert list(check(where, broken, schemas)) != []


async def test_a_broken_payload_in_a_recording_is_found(schemas: Schemas) -> None:
    """What the app or the server did wrong is named with its type and place."""
    async with SlackServer(specs_folder()) as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        web = client(slack, acme.bot_token)
        await web.chat_postMessage(channel=general.id, text="fine")
        assert problems(slack.recording, schemas) == []
        await web.api_call(
            "chat.postMessage", json={"channel": general.id, "text": "x", "thread": "1"}
        )
        async with over_sockets(slack, small_app(slack)):
            post = {"type": "message", "channel": general.id, "subtype": "confetti"}
            slack.announce(post, general, alice.member)
            await slack.settled()
    found = problems(slack.recording, schemas)
    assert [problem.where for problem in found] == [
        "Arguments chat.postMessage",
        "Events message.confetti",
    ]


def test_every_allowance_has_a_reason_and_is_needed(schemas: Schemas) -> None:
    """No field of an event is allowed that its type knows anyway, and each entry says why."""
    for (pattern, field), reason in EXTRA.items():
        assert len(reason.split()) > 3, (pattern, field)
        if pattern.startswith("Events ") and "." not in field:
            name = field.replace("*", "count")
            events = [event for event in EVENTS if fnmatch(f"Events {event}", pattern)]
            lacking = [event for event in events if lacks(schemas, event, name)]
            assert lacking, (pattern, field)
    for name in OTHER_NAMES:
        assert not schemas.has_member("Events", name), name
    for (pattern, field), stand_in in ABSENT.items():
        family, _, name = pattern.partition(" ")
        without: Any = {"type": "message"} if family == "Events" else {}
        assert as_typed(pattern, without)[field] == stand_in
        missing = [error.message for error in schemas.member(family, name).errors(without)]
        assert f"{field!r} is a required property" in missing


def lacks(schemas: Schemas, event: str, field: str) -> bool:
    """Whether the type of an event has no such field."""
    errors = schemas.member("Events", event).errors({field: "x"})
    return any(f"{field!r} was unexpected" in error.message for error in errors)
