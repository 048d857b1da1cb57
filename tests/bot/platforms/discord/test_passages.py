"""Show passage: what a citation stands for, for the one who asks, if they may see it now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.questions import Block, Citation
from tests.bot.platforms.discord.pressing import answered, told
from tests.bot.platforms.discord.scene import Scene, scene
from tests.library import Page, cut, library
from tests.servers.discord.model import Message
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

LEAVE = Page(
    "leave",
    "\n\n".join(f"## Part {n}\n\n{f'Part {n} says a lot about leave. ' * 20}" for n in range(4)),
    source="docs",
)
SECRET = replace(LEAVE, name="secret", restrictions=frozenset({"admins"}))
SHOW = "Show passage [1]"
HIDDEN = "You cannot see this passage"


def cited(page: Page, *numbers: int) -> Block:
    """A block that cites the second passage of a page, which no link leads to."""
    passage = replace(cut(page)[1], url=None)
    quote = passage.text[:30]
    found = Citation(1, passage, quote, passage.start, passage.start + len(quote))
    citations = tuple(replace(found, number=number) for number in numbers or (1,))
    marks = "".join(f"[{citation.number}]" for citation in citations)
    return Block(f"28 days {marks}.", citations=citations)


@asynccontextmanager
async def shown(
    folder: Path, page: Page = LEAVE, *numbers: int
) -> AsyncIterator[tuple[Scene, Message]]:
    """An answer from a page of the index."""
    async with library([page]) as books, scene(folder, store=books.store) as s:
        s.script.answers["leave"] = [cited(page, *numbers)]
        _, answer = await answered(s)
        yield s, answer


async def test_a_passage_is_shown_in_its_surroundings(tmp_path: Path) -> None:
    """With what stands before and behind it, and the words that were cited, to one person."""
    async with shown(tmp_path) as (s, answer):
        pressed = await s.alice.presses(answer, SHOW)
        reply = await s.discord.reply_to(pressed)
        assert reply.only_for == s.alice.id
        _, passage, *_ = cut(LEAVE)
        before, text, after, quote = [embed["description"] for embed in reply.embeds]
        assert passage.text[:200] in text
        assert LEAVE.text[passage.start - 40 : passage.start].strip() in before
        assert LEAVE.text[passage.end : passage.end + 40].strip() in after
        assert quote == f"- {' '.join(passage.text[:30].split())}"


async def test_who_may_see_a_passage_is_looked_up_again(tmp_path: Path) -> None:
    """One for admins opens for an admin, and for nobody else who sees the answer."""
    async with shown(tmp_path, SECRET) as (s, answer):
        manager = s.acme.role("manager", int(Permission.MANAGE_GUILD))
        boss = s.acme.person("boss", manager)
        assert HIDDEN in await told(s, await s.alice.presses(answer, SHOW))
        assert (await s.discord.reply_to(await boss.presses(answer, SHOW))).embeds
        s.acme.take(boss, manager)
        assert HIDDEN in await told(s, await boss.presses(answer, SHOW))


@pytest.mark.parametrize("gone", [False, True])
async def test_a_document_that_has_changed_since(tmp_path: Path, gone: bool) -> None:  # noqa: FBT001  a parameter
    """Or is gone: its passage is not shown any more, and it is said why."""
    async with library([LEAVE]) as books, scene(tmp_path, store=books.store) as s:
        block = cited(LEAVE)
        (found,) = block.citations
        before = replace(found, passage=replace(found.passage, text="What it said before."))
        s.script.answers["leave"] = [block if gone else replace(block, citations=(before,))]
        _, answer = await answered(s)
        if gone:
            await books.store.delete(LEAVE.source, [LEAVE.document.id])
        assert HIDDEN in await told(s, await s.alice.presses(answer, SHOW))


async def test_an_answer_that_is_no_longer_kept(tmp_path: Path) -> None:
    """Has no passages to show."""
    async with library([LEAVE]) as books, scene(tmp_path, store=books.store) as s:
        s.script.answers["leave"] = [cited(LEAVE)]
        asked, answer = await answered(s)
        await s.state.journal.erase(s.question_id(asked))
        assert "no longer kept" in await told(s, await s.alice.presses(answer, SHOW))


async def test_many_passages_are_chosen_from_menus(tmp_path: Path) -> None:
    """Each of them, by its number; choosing none does nothing."""
    async with shown(tmp_path, LEAVE, *range(1, 31)) as (s, answer):
        menus = [row["components"][0] for row in answer.components[:2]]
        assert [len(menu["options"]) for menu in menus] == [25, 5]
        for menu, number in ((menus[0], "25"), (menus[1], "26")):
            pressed = await s.alice.presses(answer, menu["custom_id"], [number])
            reply = await s.discord.reply_to(pressed)
            assert reply.embeds[1]["title"].startswith(f"[{number}] ")
        nothing = await s.alice.presses(answer, menus[0]["custom_id"], [])
        await s.settled()
        assert nothing.answered is None
