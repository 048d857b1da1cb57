"""What people press below an answer: thumbs, Cancel, and buttons that can do nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.platforms.actions import Pressed
from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.slack.buttons import to_value
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.posting import post
from tests.servers.slack.world import Message

pytestmark = pytest.mark.usefixtures("brisk")


async def answered(room: Scene) -> tuple[str, Message]:
    """The id of a question, and its answer."""
    asked = await room.alice.says(room.general, room.mention("leave?"))
    final = await room.slack.reply_to(asked)
    await room.answer(asked, final.text)
    return room.question_id(asked), final


def thumb(question_id: str, verdict: Verdict) -> str:
    """What a thumb's button carries."""
    value = to_value(Pressed(question_id, verdict=verdict))
    assert value
    return value


async def test_thumbs_are_kept(tmp_path: Path) -> None:
    """One opinion for each person: who changes their mind has changed it."""
    async with scene(tmp_path) as room:
        bob = room.acme.person("bob")
        room.general.members.add(bob.id)
        question_id, final = await answered(room)
        good, bad = (thumb(question_id, verdict) for verdict in Verdict)
        for person, value in ((room.alice, good), (bob, bad), (room.alice, bad), (bob, good)):
            assert (await person.clicks(final, "feedback", value)).ok
        kept = {said.asker: said.verdict for said in await opinions(room.state, question_id)}
        assert kept == {f"slack:{room.alice.id}": "bad", f"slack:{bob.id}": "good"}
        assert not room.alice.sees


async def test_an_answer_is_cancelled(tmp_path: Path) -> None:
    """By the button of one that is changed and not streamed; what is there stays."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = ["One.", more, "Two.", asyncio.Event()]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        room.slack.expire_streams()
        more.set()
        await room.slack.until(lambda: "cancel" in str(seen.blocks))
        assert (await room.alice.clicks(seen, "cancel")).ok
        kept = await room.ended(asked)
        await room.quiet()
        assert kept.outcome is Outcome.CANCELLED
        assert room.slack.replies_to(asked) == [seen]
        assert seen.text.startswith("One.\n\nTwo.")
        assert "cancel" not in str(seen.blocks)


@pytest.mark.parametrize("admin", [True, False])
async def test_who_may_cancel_for_others(tmp_path: Path, admin: bool) -> None:  # noqa: FBT001  a parameter
    """Admins; anybody else who has not asked is told so alone, and the answer goes on."""
    async with scene(tmp_path) as room:
        bob = room.acme.person("bob", admin=admin)
        room.general.members.add(bob.id)
        more, rest = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = ["One.", more, "Two.", rest]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        room.slack.expire_streams()
        more.set()
        await room.slack.until(lambda: "cancel" in str(seen.blocks))
        assert (await bob.clicks(seen, "cancel")).ok
        if not admin:
            await room.slack.until(lambda: bob.sees)
            assert [told.text for told in bob.sees] == [
                "Only the one who asked can cancel this answer, or an admin."
            ]
            rest.set()
        kept = await room.ended(asked)
        assert kept.outcome is (Outcome.CANCELLED if admin else Outcome.ANSWERED)


@pytest.mark.parametrize("action_id", ["feedback", "suggest"])
async def test_an_answer_that_is_no_longer_kept(tmp_path: Path, action_id: str) -> None:
    """Who presses a button below it is told so, in its thread, and nobody else."""
    async with scene(tmp_path) as room:
        question_id, final = await answered(room)
        await room.state.journal.erase(question_id)
        value = thumb(question_id, Verdict.GOOD) if action_id == "feedback" else None
        assert (await room.alice.clicks(final, action_id, value)).ok
        (told,) = room.alice.sees
        assert "no longer kept" in told.text
        assert told.thread_ts == final.thread_ts
        assert not await opinions(room.state, question_id)
        assert not room.alice.views


async def test_nothing_can_be_kept_while_the_state_is_away(tmp_path: Path) -> None:
    """Who presses a thumb is told to do it again."""
    async with scene(tmp_path) as room:
        question_id, final = await answered(room)
        room.link.away = True
        assert (await room.alice.clicks(final, "feedback", thumb(question_id, Verdict.GOOD))).ok
        (told,) = room.alice.sees
        assert "try again" in told.text
        room.link.away = False


async def test_what_slack_does_not_do_is_said(tmp_path: Path) -> None:
    """A form that Slack does not open is asked for again by whoever wants it."""
    async with scene(tmp_path) as room:
        _, final = await answered(room)
        room.slack.faults.refuse("views.open", "expired_trigger_id")
        assert (await room.alice.clicks(final, "suggest")).ok
        (told,) = room.alice.sees
        assert "press the button again" in told.text


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("approve", "yes"),
        ("cancel", "not of Footnote"),
        ("feedback:2", '["slack:T:C:1", 0, "splendid"]'),
        ("suggest", '{"question": 1}'),
        ("show_passage:1", "[]"),
    ],
)
async def test_other_buttons_do_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, action_id: str, value: str
) -> None:
    """Those of other apps, and of other versions of Footnote: they are acknowledged, no more."""
    async with scene(tmp_path) as room:
        label = {"type": "plain_text", "text": "Press"}
        button = {"type": "button", "action_id": action_id, "text": label, "value": value}
        blocks = [{"type": "actions", "elements": [button]}]
        bot = room.acme.team.bot
        message = post(room.slack.world, room.general, bot, "Press", blocks=blocks)
        assert (await room.alice.clicks(message, action_id)).ok
        await room.quiet()
        assert not room.alice.sees
        assert not room.alice.views
        assert not [entry for entry in caplog.records if entry.levelname == "ERROR"]
