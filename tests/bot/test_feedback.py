"""What people say of answers, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st

from footnote.bot.audience import Audience
from footnote.bot.feedback import (
    Opinion,
    approve,
    digest_of,
    forget,
    forget_asker,
    keep,
    opinions,
)
from footnote.bot.platforms.base import Approved, Feedback, Verdict
from footnote.bot.questions import Answer, Outcome, Question
from footnote.bot.records import question_from_json
from footnote.bot.state.entries import Owner, Wish
from tests.bot.finished import finish
from tests.bot.state.bench import START, Bench, sqlite_bench
from tests.properties import holds_for

PUBLIC = Question("q1", "Why?", asker="U1", place="C1", platform="slack")
PRIVATE = replace(PUBLIC, id="q2", audience=Audience(private=True))
GOOD, BAD = Verdict.GOOD, Verdict.BAD


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A state that keeps a public and a private answer."""
    async with sqlite_bench(tmp_path) as opened:
        for question in (PUBLIC, PRIVATE):
            await finish(opened.state, Answer(question, Outcome.ANSWERED))
        yield opened


async def test_a_second_verdict_replaces_the_first(bench: Bench) -> None:
    """Each person has one verdict on each answer, their last."""
    assert await keep(bench.state, Feedback("q1", "U1", GOOD))
    assert await keep(bench.state, Feedback("q1", "U2", GOOD))
    await bench.advance(5)
    assert await keep(bench.state, Feedback("q1", "U1", BAD))
    assert await opinions(bench.state, "q1") == [
        Opinion("q1", "U2", GOOD, noted_at=START),
        Opinion("q1", "U1", BAD, noted_at=START + 5),
    ]


async def test_an_approval_holds_for_what_was_approved(bench: Bench) -> None:
    """An admin's own is approved at once; somebody else's until they change it; both are erased."""
    state = bench.state
    assert await keep(state, Feedback("q1", "U9", correction="Because.", approved_by="U9"))
    assert await keep(state, Feedback("q1", "U1", correction="Why not?"))
    assert not await approve(state, Approved("q1", "U1", digest_of("Because."), "U9"))
    assert not await approve(state, Approved("q1", "U2", digest_of(""), "U9"))
    assert await approve(state, Approved("q1", "U1", digest_of("Why not?"), "U9"))
    assert [item.approved_by for item in await opinions(state, "q1")] == ["U9", "U9"]
    assert await keep(state, Feedback("q1", "U1", correction="Who knows?"))
    assert {item.asker: item.approved_by for item in await opinions(state)} == {
        "U9": "U9",
        "U1": "",
    }
    assert await forget(state, "q1")
    assert not await state.journal.notes()


async def test_all_opinions_can_be_read(bench: Bench) -> None:
    """Without a question, those on every answer are given; of another question there are none."""
    await keep(bench.state, Feedback("q2", "U1", GOOD))
    await keep(bench.state, Feedback("q1", "U1", correction="Because."))
    assert [item.question_id for item in await opinions(bench.state)] == ["q2", "q1"]
    assert await opinions(bench.state, "q3") == []


@pytest.mark.parametrize(
    ("question_id", "asker"),
    [("q1", "U1"), ("q1", "U2"), ("q2", "U1"), ("unknown", "U1"), ("q2", "U2"), ("q2", "")],
)
async def test_only_who_saw_the_answer_is_heard(bench: Bench, question_id: str, asker: str) -> None:
    """Nobody but its asker saw a private answer, and nobody saw one that there is not."""
    heard = (question_id, asker) in {("q1", "U1"), ("q1", "U2"), ("q2", "U1")}
    assert await keep(bench.state, Feedback(question_id, asker, GOOD)) is heard
    assert bool(await opinions(bench.state)) is heard


async def test_feedback_outlives_the_answer(bench: Bench) -> None:
    """What was said stays when the answer is no longer kept, and nothing more can be said."""
    await keep(bench.state, Feedback("q1", "U1", GOOD))
    await bench.advance(31 * 86400)
    assert not await keep(bench.state, Feedback("q1", "U1", BAD))
    assert [item.verdict for item in await opinions(bench.state)] == [GOOD]


async def test_forgetting_leaves_nothing(bench: Bench) -> None:
    """Answer and opinions are gone, those on other answers are not; nothing new is kept."""
    await keep(bench.state, Feedback("q1", "U1", GOOD, "Because."))
    await keep(bench.state, Feedback("q2", "U1", BAD))
    assert await forget(bench.state, "q1")
    assert [item.question_id for item in await opinions(bench.state)] == ["q2"]
    assert not await keep(bench.state, Feedback("q1", "U1", GOOD))
    assert not await forget(bench.state, "q1")
    kept = await bench.state.queue.kept("q1")
    assert kept is None or not kept.body


ASKERS = st.sampled_from(["U1", 'U1", "verdict', ""])
SAID = st.lists(
    st.builds(
        Feedback,
        st.just("q1"),
        ASKERS,
        st.none() | st.sampled_from(Verdict),
        st.sampled_from(["", "Because.", "\N{GRINNING FACE} \ud800"]),
    ),
    max_size=8,
)


@holds_for(SAID, examples=30)
def test_verdict_and_correction_do_not_erase_each_other(said: list[Feedback]) -> None:
    """Of each person the last verdict and the last correction stand, whichever came first."""
    asyncio.run(_said(said))


async def _said(said: list[Feedback]) -> None:
    verdicts = {item.asker: item.verdict for item in said if item.verdict}
    corrections = {item.asker: item.correction for item in said if item.correction}
    with TemporaryDirectory() as folder:
        async with sqlite_bench(Path(folder)) as bench:
            await finish(bench.state, Answer(PUBLIC, Outcome.ANSWERED))
            for item in said:
                assert await keep(bench.state, item)
            found = {item.asker: item for item in await opinions(bench.state)}
    assert found.keys() == verdicts.keys() | corrections.keys()
    for asker, opinion in found.items():
        assert opinion.verdict == verdicts.get(asker)
        assert opinion.correction == corrections.get(asker, "")


async def test_what_somebody_asked_is_forgotten(bench: Bench) -> None:
    """Their words and the answers go, other people's stay; its messages can still be removed."""
    state = bench.state
    other = replace(PUBLIC, id="q3", asker="U2")
    await finish(state, Answer(other, Outcome.ANSWERED))
    assert await forget_asker(state, "U1") == 2
    assert await forget_asker(state, "U1") == 0
    kept = [await state.queue.kept(name) for name in ("q1", "q2", "q3")]
    assert [bool(item and item.body) for item in kept] == [False, False, True]
    assert await state.queue.wish("q1", Wish.WITHDRAW)
    lease = await state.queue.take(Owner("replica", "boot"), lease_s=60.0)
    assert lease
    left = question_from_json(lease.body)
    assert (left.text, left.platform, left.place) == ("", PUBLIC.platform, PUBLIC.place)
