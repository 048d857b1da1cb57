"""The forms above a conversation: a passage to read, and an answer to make better."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.feedback import opinions
from footnote.bot.questions import Block, Citation
from tests.bot.platforms.slack.scene import Scene, scene
from tests.library import Page, cut, library
from tests.servers.slack.world import Message, texts_in

pytestmark = pytest.mark.usefixtures("brisk")

LEAVE = Page(
    "leave",
    "\n\n".join(f"## Part {n}\n\n{f'Part {n} says a lot about leave. ' * 20}" for n in range(4)),
    source="docs",
)
SECRET = replace(LEAVE, name="secret", restrictions=frozenset({"admins"}))


def cited(page: Page) -> Block:
    """A block that cites the second passage of a page, which no link leads to."""
    passage = replace(cut(page)[1], url=None)
    quote = passage.text[:30]
    found = Citation(1, passage, quote, passage.start, passage.start + len(quote))
    return Block("28 days [1].", citations=(found,))


@asynccontextmanager
async def answered(folder: Path, page: Page = LEAVE) -> AsyncIterator[tuple[Scene, str, Message]]:
    """A room, the id of a question, and its answer from a page of the index."""
    async with library([page]) as books, scene(folder, store=books.store) as room:
        room.script.answers["leave"] = [cited(page)]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.answer(asked, final.text)
        yield room, room.question_id(asked), final


async def test_a_passage_is_shown_in_its_surroundings(tmp_path: Path) -> None:
    """With what stands before and behind it, and the words that were cited."""
    async with answered(tmp_path) as (room, _, final):
        assert (await room.alice.clicks(final, "show_passage:1")).ok
        (view,) = room.alice.views
        _, passage, *_ = cut(LEAVE)
        shown = list(texts_in(view.blocks))
        assert any(passage.text[:200] in text for text in shown)
        assert any(LEAVE.text[passage.start - 40 : passage.start].strip() in t for t in shown)
        assert any(LEAVE.text[passage.end : passage.end + 40].strip() in t for t in shown)
        assert any(f"• {passage.text[:30].strip()}" in text for text in shown)
        assert not room.alice.sees


async def test_who_may_see_a_passage_is_looked_up_again(tmp_path: Path) -> None:
    """One for admins opens for an admin, and for nobody else who sees the answer."""
    async with answered(tmp_path, SECRET) as (room, _, final):
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        for person in (room.alice, boss):
            assert (await person.clicks(final, "show_passage:1")).ok
        assert not room.alice.views
        (told,) = room.alice.sees
        assert "cannot see this passage" in told.text
        assert len(boss.views) == 1
        assert not boss.sees
        assert (await room.alice.clicks(final, "suggest")).ok
        assert not room.alice.views


async def test_a_better_answer_is_kept(tmp_path: Path) -> None:
    """With its author; a second one of the same person replaces the first, and the form closes."""
    async with answered(tmp_path) as (room, question_id, final):
        for written in ("30 days.", "  31 days. "):
            assert (await room.alice.clicks(final, "suggest")).ok
            (view,) = room.alice.views
            (given,) = [block for block in view.blocks if block["type"] == "input"]
            assert given["element"]["initial_value"] == "28 days."
            assert (await room.alice.submits(view, {"suggestion": written})).ok
            assert not room.alice.views
        (opinion,) = await opinions(room.state, question_id)
        assert (opinion.asker, opinion.correction) == (f"slack:{room.alice.id}", "31 days.")


async def test_a_long_answer_is_made_better(tmp_path: Path) -> None:
    """All of it is there to be edited, in as many fields as it takes, and nothing is lost."""
    async with scene(tmp_path) as room:
        text = "\n".join(f"- Rule {number} & what it says of leave." for number in range(250))
        room.script.answers["leave"] = [text]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.ended(asked)
        *_, final = await room.slack.until(lambda: room.slack.replies_to(asked))
        assert (await room.alice.clicks(final, "suggest")).ok
        (view,) = room.alice.views
        given = [block["element"] for block in view.blocks if block["type"] == "input"]
        assert len(given) > 3
        assert "\n".join(field["initial_value"] for field in given) == text
        last = given[-1]
        written = {last["action_id"]: last["initial_value"] + "\nAnd more.", "suggestion:1": ""}
        assert (await room.alice.submits(view, written)).ok
        (opinion,) = await opinions(room.state)
        left = [field["initial_value"] for field in given if field["action_id"] != "suggestion:1"]
        assert opinion.correction == "\n".join([*left, "And more."])


async def test_what_cannot_be_kept_stays_in_the_form(tmp_path: Path) -> None:
    """Nothing that was written is lost: the form says why, and can be sent off again."""
    async with answered(tmp_path) as (room, question_id, final):
        await room.alice.clicks(final, "suggest")
        (view,) = room.alice.views
        await room.alice.submits(view, {"suggestion": "  "})
        assert "Write what" in view.errors["suggestion"]
        room.link.away = True
        await room.alice.submits(view, {"suggestion": "30 days."})
        assert "try again" in view.errors["suggestion"]
        assert room.alice.views == [view]
        room.link.away = False
        await room.alice.submits(view, {"suggestion": "30 days."})
        assert not room.alice.views
        (opinion,) = await opinions(room.state, question_id)
        assert opinion.correction == "30 days."
        await room.alice.clicks(final, "suggest")
        (view,) = room.alice.views
        await room.state.journal.erase(question_id)
        await room.alice.submits(view, {"suggestion": "31 days."})
        assert "no longer kept" in view.errors["suggestion"]
