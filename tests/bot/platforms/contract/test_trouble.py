"""What becomes of a send is said: that it was lost, or that there are too many."""

from __future__ import annotations

import pytest

from footnote.bot.platforms.base import LostError, RateLimitedError
from tests.bot.platforms.contract.place import (
    Can,
    Place,
    Send,
    asked,
    ended,
    needs,
    post,
    running,
    update,
)


@pytest.mark.parametrize("is_ended", [False, True])
@pytest.mark.parametrize("lands", [False, True])
async def test_a_post_whose_answer_is_lost(place: Place, lands: bool, is_ended: bool) -> None:  # noqa: FBT001  parameters
    """Is found if it is there, and not if it is not: never is it sent once more by itself."""
    needs(place, Can.LOSE)
    question = await asked(place, "how many days?")
    view = ended(question, "alpha") if is_ended else running(question, "alpha")
    place.lose(lands=lands, ended=is_ended)
    with pytest.raises(LostError):
        await post(place, view, f"{question.id}#0")
    assert place.sees(question).count("alpha") == lands
    found = await place.platform.find(question, f"{question.id}#0")
    assert (found is not None) == lands
    if found is None:
        found = await post(place, view, f"{question.id}#0")
    await update(place, ended(question, "alpha", "beta"), found)
    shown = place.sees(question)
    assert (shown.count("alpha"), shown.count("beta")) == (1, 1)


@pytest.mark.parametrize("is_ended", [False, True])
@pytest.mark.parametrize("lands", [False, True])
async def test_the_last_of_several_is_lost(place: Place, lands: bool, is_ended: bool) -> None:  # noqa: FBT001  parameters
    """The ones before it are never taken for it."""
    needs(place, Can.LOSE)
    question = await asked(place, "how many days?")
    before = [
        await post(place, ended(question, word), f"{question.id}#{number}")
        for number, word in enumerate(("alpha", "beta"))
    ]
    place.lose(lands=lands, ended=is_ended)
    view = ended(question, "gamma") if is_ended else running(question, "gamma")
    with pytest.raises(LostError):
        await post(place, view, f"{question.id}#2")
    found = await place.platform.find(question, f"{question.id}#2")
    assert (found is not None) == lands
    assert found not in before
    assert [await place.platform.find(question, f"{question.id}#{n}") for n in (0, 1)] == before


@pytest.mark.parametrize("send", list(Send))
async def test_what_is_one_too_many_is_not_sent(place: Place, send: Send) -> None:
    """Whoever sent it is told for how long to wait; later it can be."""
    needs(place, Can.LIMIT)
    question = await asked(place, "how many days?")

    async def posted() -> str:
        return await post(place, ended(question, "alpha"), f"{question.id}#0")

    sent = await posted() if send is not Send.POST else ""
    before = place.sees(question)

    async def do() -> None:
        match send:
            case Send.POST:
                await posted()
            case Send.UPDATE:
                await update(place, ended(question, "beta"), sent)
            case Send.REMOVE:
                await place.platform.remove(question, sent)

    place.limit(send, after_s=7)
    with pytest.raises(RateLimitedError) as limited:
        await do()
    assert limited.value.after_s == 7
    assert place.sees(question) == before
    await do()
    assert place.sees(question) != before
