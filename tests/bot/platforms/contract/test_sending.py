"""Messages are there once they are sent, are found by their keys, changed and removed."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.base import GoneError
from footnote.bot.questions import Answer, Block, Outcome, View
from tests.bot.platforms.contract.place import (
    Can,
    Place,
    asked,
    ended,
    needs,
    post,
    running,
    soon,
    update,
)


async def test_a_message_is_sent_and_found(place: Place) -> None:
    """By its own key, and by no other."""
    question = await asked(place, "how many days?")
    assert await place.platform.find(question, f"{question.id}#0") is None
    sent = await post(place, ended(question, "alpha"), f"{question.id}#0")
    assert place.sees(question).count("alpha") == 1
    assert await place.platform.find(question, f"{question.id}#0") == sent
    for other in (f"{question.id}#1", f"{question.id}#", f"{question.id}#0'", "another#0"):
        assert await place.platform.find(question, other) is None


async def test_a_message_that_goes_on_is_found(place: Place) -> None:
    """Whoever has sent the beginning knows it, and it becomes the end."""
    question = await asked(place, "how many days?")
    sent = await post(place, running(question, "alpha"), f"{question.id}#0")
    assert await place.platform.find(question, f"{question.id}#0") == sent
    await update(place, running(question, "alpha", "beta"), sent)
    await update(place, ended(question, "alpha", "beta", "gamma"), sent)
    assert await place.platform.find(question, f"{question.id}#0") == sent
    assert _words(place.sees(question)) == ["alpha", "beta", "gamma"]


async def test_several_messages_of_one_question_are_told_apart(place: Place) -> None:
    """Each is found by its own key."""
    question = await asked(place, "how many days?")
    keys = [f"{question.id}#{number}" for number in range(3)]
    sent = [
        await post(place, ended(question, word), key)
        for word, key in zip(("alpha", "beta", "gamma"), keys, strict=True)
    ]
    assert len(set(sent)) == 3
    assert [await place.platform.find(question, key) for key in keys] == sent
    assert _words(place.sees(question)) == ["alpha", "beta", "gamma"]


async def test_nothing_of_another_question_is_found(place: Place) -> None:
    """Though it was asked at the same place, and answered by now."""
    first = await asked(place, "how many days?", alone=True)
    await post(place, ended(first, "alpha"), f"{first.id}#0")
    second = await asked(place, "how many weeks?", alone=True)
    assert await place.platform.find(second, f"{second.id}#0") is None


async def test_an_answer_is_shown_whole_however_long_it_is(place: Place) -> None:
    """Each block once and in order, over as many messages as it takes."""
    question = await asked(place, "how many days?")
    words = [f"word{number:02}" for number in range(60)]
    blocks = tuple(Block(f"{word} {'and so on ' * 30}.", "\n\n") for word in words)
    view = View(question, blocks, answer=Answer(question, Outcome.ANSWERED, blocks))
    messages = place.platform.render(view)
    sent = [
        await place.platform.post(question, message, f"{question.id}#{number}")
        for number, message in enumerate(messages)
    ]
    shown = place.sees(question)
    positions = [shown.index(word) for word in words]
    assert positions == sorted(positions)
    assert all(shown.count(word) == 1 for word in words)
    found = [await place.platform.find(question, f"{question.id}#{n}") for n in range(len(sent))]
    assert found == sent


async def test_an_update_that_says_the_same_changes_nothing(place: Place) -> None:
    """It may be repeated."""
    question = await asked(place, "how many days?")
    sent = await post(place, ended(question, "alpha"), f"{question.id}#0")
    before = place.sees(question)
    for _ in range(2):
        await update(place, ended(question, "alpha"), sent)
    assert place.sees(question) == before


async def test_a_message_that_was_removed_can_not_be_changed(place: Place) -> None:
    """It is gone, and stays so; another can be posted."""
    question = await asked(place, "how many days?")
    sent = await post(place, running(question, "alpha"), f"{question.id}#0")
    await place.platform.remove(question, sent)
    assert await place.platform.find(question, f"{question.id}#0") is None
    for view in (running(question, "alpha", "beta"), ended(question, "alpha", "beta")):
        with pytest.raises(GoneError):
            await update(place, view, sent)
    assert "beta" not in place.sees(question)
    another = await post(place, ended(question, "gamma"), f"{question.id}#0'")
    assert another != sent
    assert "gamma" in place.sees(question)


async def test_removing_twice_is_removing_once(place: Place) -> None:
    """Whoever does not know whether it was removed does it again."""
    question = await asked(place, "how many days?")
    gone = await post(place, ended(question, "alpha"), f"{question.id}#0")
    kept = await post(place, ended(question, "beta"), f"{question.id}#1")
    for _ in range(2):
        await place.platform.remove(question, gone)
    assert await place.platform.find(question, f"{question.id}#0") is None
    assert await place.platform.find(question, f"{question.id}#1") == kept
    assert place.sees(question).count("beta") == 1


async def test_what_is_removed_is_seen_no_more(place: Place) -> None:
    """Whether it is whole or still goes on."""
    needs(place, Can.ERASE)
    question = await asked(place, "how many days?")
    for view in (running(question, "alpha"), ended(question, "alpha")):
        sent = await post(place, view, f"{question.id}#0")
        assert "alpha" in place.sees(question)
        await place.platform.remove(question, sent)
        assert not place.sees(question)


async def test_a_message_that_a_person_took_away(place: Place) -> None:
    """Is gone for updates, and can be removed all the same."""
    needs(place, Can.ERASE)
    question = await asked(place, "how many days?")
    sent = await post(place, ended(question, "alpha"), f"{question.id}#0")
    await place.erase(question, sent)
    with pytest.raises(GoneError):
        await update(place, ended(question, "beta"), sent)
    await place.platform.remove(question, sent)
    assert await place.platform.find(question, f"{question.id}#0") is None


@pytest.mark.parametrize("is_running", [False, True])
async def test_another_process_goes_on(place: Place, is_running: bool) -> None:  # noqa: FBT001  a parameter
    """It finds the message, and makes it say what it shall in the end; there is no second one."""
    needs(place, Can.SUCCEED)
    question = await asked(place, "how many days?")
    view = running(question, "alpha") if is_running else ended(question, "alpha")
    sent = await post(place, view, f"{question.id}#0")
    successor = await place.successor()
    assert await successor.find(question, f"{question.id}#0") == sent
    (message,) = successor.render(ended(question, "alpha", "beta"))
    await successor.update(question, sent, message)
    assert _words(place.sees(question)) == ["alpha", "beta"]
    assert await place.platform.find(question, f"{question.id}#0") == sent


async def test_a_status_is_shown_and_is_no_message(place: Place) -> None:
    """As long as there is none, and harmlessly when there is."""
    needs(place, Can.TELL_APART)
    question = await asked(place, "how many days?")
    await place.platform.tell(question, "Searching…")
    await soon(lambda: "Searching…" in place.told(question))
    assert not place.sees(question)
    assert await place.platform.find(question, f"{question.id}#0") is None
    sent = await post(place, running(question, "alpha"), f"{question.id}#0")
    await place.platform.tell(question, "Too late…")
    await update(place, ended(question, "alpha", "beta"), sent)
    await place.platform.tell(question, "Too late…")
    assert _words(place.sees(question)) == ["alpha", "beta"]


async def test_a_status_that_is_a_message_becomes_the_answer(place: Place) -> None:
    """There is one message in the end, whatever is told too late, and by whichever process."""
    if Can.TELL_APART not in place.cannot:
        pytest.skip(f"{place.platform.name} tells it apart")
    question = await asked(place, "how many days?")
    await place.platform.tell(question, "Searching…")
    await soon(lambda: "Searching…" in place.sees(question))
    successor = await place.successor()
    (message,) = successor.render(ended(question, "alpha"))
    sent = await successor.post(question, message, f"{question.id}#0")
    for platform in (place.platform, successor):
        await platform.tell(question, "Too late…")
        assert await platform.find(question, f"{question.id}#0") == sent
    assert _words(place.sees(question)) == ["alpha"]
    assert "…" not in place.sees(question)


def _words(shown: str) -> list[str]:
    """The words of the blocks that are shown, in order."""
    known = {"alpha", "beta", "gamma"}
    return [word for word in shown.replace(".", " ").split() if word in known]
