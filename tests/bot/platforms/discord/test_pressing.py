"""What people press below an answer: thumbs, Cancel, and buttons that can do nothing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.questions import Outcome
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from tests.bot.platforms.discord.pressing import answered, final, labels, thumb, told
from tests.bot.platforms.discord.scene import Scene, footnote_in, pointed_at, scene
from tests.bot.platforms.scripts import Script
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.permissions import Permission
from tests.servers.discord.posting import post

pytestmark = pytest.mark.usefixtures("brisk")

CANCEL, SUGGEST = "Cancel", "Suggest a better answer"
GOOD, BAD = "👍", "👎"


async def verdicts(s: Scene, question_id: str) -> dict[str, str]:
    """What people think of an answer."""
    return {said.asker: str(said.verdict) for said in await opinions(s.state, question_id)}


async def test_thumbs_are_kept(tmp_path: Path) -> None:
    """One opinion for each person, also of one who has not asked; the last one counts."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        asked, answer = await answered(s)
        for person, sign in ((s.alice, GOOD), (bob, BAD), (s.alice, BAD), (bob, GOOD)):
            pressed = await person.presses(answer, thumb(answer, sign))
            assert await told(s, pressed) == "Thank you: this is noted."
        kept = await verdicts(s, s.question_id(asked))
        assert kept == {f"discord:{s.alice.id}": "bad", f"discord:{bob.id}": "good"}


@pytest.mark.parametrize("where", ["dm", "thread", "command"])
async def test_wherever_the_answer_is(tmp_path: Path, where: str) -> None:
    """In direct messages, in a thread, and in the reply to a command."""
    async with scene(tmp_path) as s:
        if where == "command":
            asked = await s.alice.slash("ask", s.general, question="leave?")
            answer = await final(s, asked)
            question_id = s.question_id(asked)
        else:
            thread = s.acme.thread(s.general, "about leave", s.alice)
            message, answer = await answered(s, where=s.alice.dm if where == "dm" else thread)
            question_id = s.question_id(message)
        assert await told(s, await s.alice.presses(answer, thumb(answer, GOOD)))
        assert await verdicts(s, question_id) == {f"discord:{s.alice.id}": "good"}


@pytest.mark.parametrize("own", [True, False])
async def test_an_answer_is_cancelled(tmp_path: Path, own: bool) -> None:  # noqa: FBT001  a parameter
    """By the one who asked, or an admin; what is there stays, and Cancel goes."""
    async with scene(tmp_path) as s:
        role = s.acme.role("boss", Permission.MANAGE_GUILD)
        who = s.alice if own else s.acme.person("boss", role)
        s.script.answers["leave"] = ["One.", asyncio.Event()]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        await s.discord.until(lambda: CANCEL in labels(seen))
        assert await told(s, await who.presses(seen, CANCEL)) == "It is being cancelled."
        kept = await s.ended(asked)
        await s.quiet()
        assert kept.outcome is Outcome.CANCELLED
        assert s.discord.replies_to(asked) == [seen]
        assert seen.content == "One."
        assert "Cancelled." in seen.shown
        assert CANCEL not in labels(seen)


async def test_nobody_cancels_for_others(tmp_path: Path) -> None:
    """Who has not asked and is no admin is told so alone, and the answer goes on."""
    async with scene(tmp_path) as s:
        rest = asyncio.Event()
        s.script.answers["leave"] = ["One.", rest, "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        await s.discord.until(lambda: CANCEL in labels(seen))
        said = await told(s, await s.acme.person("bob").presses(seen, CANCEL))
        assert said == "Only the one who asked can cancel this answer, or an admin."
        rest.set()
        assert (await s.ended(asked)).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("button", [GOOD, SUGGEST])
async def test_an_answer_that_is_no_longer_kept(tmp_path: Path, button: str) -> None:
    """Who presses a button below it is told so, and nobody else."""
    async with scene(tmp_path) as s:
        asked, answer = await answered(s)
        await s.state.journal.erase(s.question_id(asked))
        name = thumb(answer, GOOD) if button == GOOD else button
        pressed = await s.alice.presses(answer, name)
        assert "no longer kept" in await told(s, pressed)
        assert pressed.modal is None
        assert not await opinions(s.state)


async def test_nothing_can_be_kept_while_the_state_is_away(tmp_path: Path) -> None:
    """Who presses a thumb is told to do it again."""
    async with scene(tmp_path) as s:
        _, answer = await answered(s)
        s.link.away = True
        pressed = await s.alice.presses(answer, thumb(answer, GOOD))
        assert "try again" in await told(s, pressed)
        s.link.away = False


async def test_what_discord_does_not_do_is_said(tmp_path: Path) -> None:
    """A form that Discord does not open is asked for again by whoever wants it."""
    async with scene(tmp_path) as s:
        _, answer = await answered(s)
        s.discord.faults.refuse("create_interaction_response", 50_035)
        pressed = await s.alice.presses(answer, SUGGEST)
        assert "press the button again" in await told(s, pressed)


@pytest.mark.parametrize("code", [10_062, 40_060])
async def test_what_came_too_late_or_was_replied_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    """Is done all the same, and that nobody could be told is no error."""
    async with scene(tmp_path) as s:
        asked, answer = await answered(s)
        s.discord.faults.refuse("create_interaction_response", code, times=2)
        await s.alice.presses(answer, thumb(answer, GOOD))
        await s.discord.until(lambda: s.discord.recording.codes().count(code) == 2)
        await s.settled()
        assert await verdicts(s, s.question_id(asked))
        assert not [entry for entry in caplog.records if entry.levelname == "ERROR"]


async def test_two_replicas_reply_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Discord brings what was pressed to both; one of them does it."""
    async with scene(tmp_path) as s:
        _, answer = await answered(s)
        async with footnote_in(s.discord, s.state, s.script, replica="two"):
            for _ in range(5):
                assert await told(s, await s.alice.presses(answer, thumb(answer, GOOD)))
            await s.settled()
        assert s.discord.recording.statuses("create_interaction_response") == [200] * 5
        assert not [entry for entry in caplog.records if entry.levelname in {"WARNING", "ERROR"}]


async def test_buttons_outlive_the_process(tmp_path: Path) -> None:
    """Another process, with nothing but the state, does what the buttons of an older one say."""
    async with checked_discord() as discord:
        discord.application.bot_public = False
        discord.gateway.handshake.identify_every_s = 0.0
        acme = discord.guild("acme")
        alice, general = acme.person("alice"), acme.channel("general")
        lane = ThreadLane(tmp_path / "state.db", time.time)
        state = SqliteState(lane)
        try:
            with pointed_at(discord):
                async with footnote_in(discord, state, Script()):
                    asked = await alice.says(general, f"{discord.mention} leave?")
                    answer = await discord.reply_to(asked)
                    await discord.until(lambda: SUGGEST in labels(answer))
                async with footnote_in(discord, state, Script()):
                    await alice.presses(answer, thumb(answer, GOOD))
                    form = await alice.presses(answer, SUGGEST)
                    await discord.until(lambda: form.modal)
                    await discord.reply_to(await alice.submits(form, {"suggestion": "30 days."}))
            (opinion,) = await opinions(state)
            assert (opinion.verdict, opinion.correction) == ("good", "30 days.")
        finally:
            await lane.close()


async def test_other_buttons_do_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Those of other bots, and of other versions of Footnote, are left to them."""
    others = (
        "approve",
        "other:1:cancel::discord:1:2",
        "footnote:0:feedback:good:discord:1:2",
        "footnote:2:feedback:good:discord:1:2",
        "footnote:1:feedback:splendid:discord:1:2",
        "footnote:1:show_passage::discord:1:2",
        "footnote",
    )
    async with scene(tmp_path) as s:
        pressed = []
        for custom_id in others:
            button = {"type": 2, "style": 2, "label": "Press", "custom_id": custom_id, "id": 2}
            rows = [{"type": 1, "components": [button], "id": 1}]
            bot = s.discord.application.bot
            message = post(s.discord.world, s.general, bot, "Press", components=rows)
            pressed.append(await s.alice.presses(message, "Press"))
        await s.settled()
        assert [each.answered for each in pressed] == [None] * len(others)
        assert not await opinions(s.state)
        assert not [entry for entry in caplog.records if entry.levelname in {"WARNING", "ERROR"}]
