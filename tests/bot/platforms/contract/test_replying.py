"""Who sees an answer, and who is told what a command has to say."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.base import Command
from tests.bot.platforms.contract.place import Can, Place, asked, needs


@pytest.mark.parametrize("name", ["sources", "reindex"])
async def test_what_a_command_has_to_say_is_shown(place: Place, name: str) -> None:
    """In the place of what was said before, where the platform names that."""
    await place.command(name)
    command = await place.taken.first(Command)
    shown = await place.platform.reply(command, "It is **begun**.")
    assert "begun" in place.replies()
    for text in ("It is half.", "It is done."):
        again = await place.platform.reply(command, text, shown)
        assert bool(again) == bool(shown)
        shown = again
    said = place.replies()
    assert said.count("It is done.") == 1
    assert ("begun" in said, "half" in said) == ((False, False) if shown else (True, True))


async def test_a_reply_is_no_answer(place: Place) -> None:
    """It is not found as one, and stands below no question."""
    await place.command("sources")
    command = await place.taken.first(Command)
    await place.platform.reply(command, "One source.")
    question = await asked(place, "how many days?")
    assert await place.platform.find(question, f"{question.id}#0") is None


async def test_an_answer_for_one_alone_is_private(place: Place) -> None:
    """Nobody reads along, which is known when it is asked, and asked again when it is answered."""
    question = await asked(place, "how many days?", alone=True)
    assert question.audience.private
    assert (await place.platform.audience(question)).private


async def test_an_answer_before_others_is_not_private(place: Place) -> None:
    """What the asker alone may see has no place in it."""
    needs(place, Can.READ_ALONG)
    question = await asked(place, "how many days?")
    assert not question.audience.private
    assert not (await place.platform.audience(question)).private
