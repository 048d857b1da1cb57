"""An answer that only its asker has seen is shared with the channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from tests.bot.platforms.discord.pressing import cited, labels, own, privately, told
from tests.bot.platforms.discord.scene import scene
from tests.servers.discord.interaction_model import Callback
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

SHARE = "Share with the channel"


async def test_a_private_answer_is_shared(tmp_path: Path) -> None:
    """Everybody sees the question and the answer: once, however often it is asked for.

    Nobody but its asker could say anything of it, so that there are no thumbs.
    """
    async with scene(tmp_path) as s:
        _, seen = await privately(s, s.alice, cited())
        assert not own(s, s.general)
        pressed = await s.alice.presses(seen, SHARE)
        assert await told(s, pressed) == "It is shared."
        # Several messages may take longer than Discord waits for a reply.
        assert pressed.answered is Callback.DEFERRED_MESSAGE
        (answer,) = own(s, s.general)
        assert answer.content == "> leave?\n\n28 days \\[1]."
        assert answer.notified.users == frozenset()
        assert labels(answer) == ["Show passage [1]"]
        assert "already" in await told(s, await s.alice.presses(seen, SHARE))
        assert own(s, s.general) == [answer]
        assert not await opinions(s.state)


async def test_one_that_came_as_a_direct_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is shared where it was asked."""
    monkeypatch.setattr("footnote.bot.platforms.discord.sending.YOUNG_S", 0.0)
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = [cited()]
        s.discord.faults.refuse("create_interaction_response", 10_062)
        asked = await s.alice.slash("ask", s.general, question="leave?", private=True)
        await s.ended(asked)
        await s.quiet()
        (seen,) = own(s, s.alice.dm)
        assert await told(s, await s.alice.presses(seen, SHARE)) == "It is shared."
        assert [message.content for message in own(s, s.general)] == ["> leave?\n\n28 days \\[1]."]


async def test_what_not_all_may_see_is_not_shared(tmp_path: Path) -> None:
    """An admin's answer from what is for admins stays with the admin, who is told so."""
    async with scene(tmp_path) as s:
        boss = s.acme.person("boss", s.acme.role("manager", int(Permission.MANAGE_GUILD)))
        _, seen = await privately(s, boss, cited(frozenset({"admins"})))
        assert "stays with you" in await told(s, await boss.presses(seen, SHARE))
        assert not own(s, s.general)


@pytest.mark.parametrize("taken", [False, True])
async def test_what_could_not_be_shared_can_be_shared_later(tmp_path: Path, taken: bool) -> None:  # noqa: FBT001  a parameter
    """Discord did not say that it took it: the asker is told, and presses again; it is there once.

    Where Discord has taken it, it knows the second send for the first.
    """
    async with scene(tmp_path) as s:
        _, seen = await privately(s, s.alice, cited())
        s.discord.faults.drop("create_message", taken=taken)
        again = "press the button again"
        assert again in await told(s, await s.alice.presses(seen, SHARE))
        assert await told(s, await s.alice.presses(seen, SHARE)) == "It is shared."
        assert len(own(s, s.general)) == 1


async def test_where_the_bot_may_not_write(tmp_path: Path) -> None:
    """Whoever wants it shared is told, and can try again once it may."""
    async with scene(tmp_path) as s:
        _, seen = await privately(s, s.alice, cited())
        bot = s.discord.application.bot.id
        s.acme.overwrite(s.general, bot, deny=int(Permission.SEND_MESSAGES))
        assert "did not let me" in await told(s, await s.alice.presses(seen, SHARE))
        s.acme.overwrite(s.general, bot)
        assert await told(s, await s.alice.presses(seen, SHARE)) == "It is shared."


async def test_what_everybody_sees_is_not_offered_for_sharing(tmp_path: Path) -> None:
    """Nor is what was asked in direct messages."""
    async with scene(tmp_path) as s:
        for where in (s.general, s.alice.dm):
            asked = await s.alice.slash("ask", where, question="travel?")
            await s.ended(asked)
            await s.quiet()
            (answer,) = s.discord.replies_to(asked)
            assert SHARE not in labels(answer)
