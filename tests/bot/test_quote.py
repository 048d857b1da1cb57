"""Answers made of quotations."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from footnote.bot.citations import cited_numbers
from footnote.bot.generators.quote import QuoteWeights
from footnote.bot.markdown import plain
from footnote.bot.questions import Answer, Outcome
from tests.bot.parts import ask, parts, passage_of, prompt_of
from tests.library import HANDBOOK, Page
from tests.properties import holds_for


async def quoted(question: str, *pages: Page) -> Answer:
    """The answer from these pages, or else from the handbook."""
    async with parts(pages or HANDBOOK) as made:
        return (await ask(made.answerer(made.quote), question)).answer


async def test_sentences_are_word_for_word() -> None:
    """Every block is a sentence of its document with that passage's number, and says so."""
    answer = await quoted("How many days of annual leave does an employee get?")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.note == "Quoted from the sources word for word."
    assert answer.text.startswith(
        "Every employee gets 28 days of annual leave in a calendar year. [1]"
    )
    for block in answer.blocks:
        (citation,) = block.citations
        assert block.text == f"{citation.quote} [{citation.number}]"


async def test_list_items_stay_items() -> None:
    """Items of a list are quoted as items, one a line, and prose as prose."""
    answer = await quoted("Where do I send the receipts of a taxi ride?")
    items = [block for block in answer.blocks if "receipt" in block.text]
    assert [block.text for block in items] == [
        "- Keep the receipt of each taxi ride. [1]",
        "- Send all receipts to the finance office within 30 days. [1]",
    ]
    assert items[1].gap == "\n"


async def test_headings_links_and_questions_are_not_quoted() -> None:
    """What says nothing by itself is no quotation."""
    page = Page(
        "faq",
        "# Annual leave of an employee\n\n## How many days of annual leave?\n\n"
        "How many days of annual leave does an employee get?\n\n"
        "[Annual leave of an employee](https://docs.example/leave)\n\n"
        "An employee gets 28 days of annual leave.\n",
    )
    answer = await quoted("How many days of annual leave does an employee get?", page)
    assert answer.text == "An employee gets 28 days of annual leave. [1]"


async def test_overlapping_passages_are_quoted_once() -> None:
    """A sentence that two passages share is quoted once."""
    filler = " ".join(f"Paragraph {n} of the leave rules is about subject {n}." for n in range(20))
    page = Page("long", f"# Leave\n\n{filler} An employee gets 28 days of annual leave. {filler}")
    async with parts((page,)) as made:
        passages = [passage_of(page.text[:700], "long"), passage_of(page.text[500:], "long", 500)]
        pieces = [
            piece
            async for piece in made.quote.generate(prompt_of("Days of annual leave?", passages))
        ]
    words = [re.sub(r"\s*\[\d\]", "", str(piece)).strip() for piece in pieces]
    assert words
    assert len(set(words)) == len(words)


async def test_several_documents_are_numbered_in_reading_order() -> None:
    """Quotations of one document stand together, numbers rise, and documents are set apart."""
    answer = await quoted(
        "annual leave of an employee",
        Page("north", "An employee gets 28 days of annual leave."),
        Page("south", "An employee of the south gets 30 days of annual leave."),
    )
    assert {citation.number for citation in answer.citations} == {1, 2}
    assert cited_numbers(answer.text) == (1, 2)
    changes = [
        block.gap
        for before, block in pairwise(answer.blocks)
        if before.citations[0].number != block.citations[0].number
    ]
    assert changes == ["\n\n"]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("Annual leave is 28 days [4], see [2][3] or [1-3].", "Annual leave is 28 days, see or."),
        ("Annual leave is `days[2]` in code.", "Annual leave is `days[2]` in code."),
        ("Annual leave: see [the list][7] of days.", "Annual leave: see the list of days."),
        (
            "Annual leave is at https://docs.example/leave now.",
            "Annual leave is at `https://docs.example/leave` now.",
        ),
        ("Annual leave is at [the page](https://x.example).", "Annual leave is at the page."),
        ("Annual leave, e.g. in May. See Mr. Low at 5 p.m. Friday.", None),
        ("Annual leave runs `from Jan. To Dec. Or` so.", None),
    ],
)
async def test_what_a_page_holds_besides_words(page: str, text: str | None) -> None:
    """A page's own numbers are no citations, code stays code, and addresses are no links."""
    answer = await quoted("annual leave", Page("leave", page))
    shown = re.sub(r" \[1\]", "", answer.text)
    assert shown == (text or page)
    assert set(cited_numbers(answer.text)) == {1}


POOL = (
    "An employee gets 28 days of annual leave.",
    "Annual leave ends in March, e.g. on the 31st.",
    "Is annual leave paid?",
    "See Mr. Low about annual leave [2].",
    "**Annual leave** needs the `lead. Always` to agree!",
    "Leave at 5 p.m. Friday.",
    "Annual leave: see [the list](https://x.example/a).",
    "Sick leave is no annual leave.",
)
HEADINGS = ("Annual leave of an employee", "More annual leave")


@st.composite
def page_texts(draw: st.DrawFn) -> str:
    """Headings, paragraphs and lists, each sentence once."""
    sentences = draw(st.permutations(POOL))[: draw(st.integers(1, len(POOL)))]
    parts_of_page = []
    while sentences:
        count = draw(st.integers(1, 4))
        some, sentences = sentences[:count], sentences[count:]
        paragraph = st.just(" ".join(some))
        items = st.just("\n".join(f"- {sentence}" for sentence in some))
        heading = st.sampled_from(HEADINGS).map("## {}\n\n".format) | st.just("")
        parts_of_page.append(draw(heading) + draw(paragraph | items))
    return "\n\n".join(parts_of_page)


@holds_for(
    st.lists(page_texts(), min_size=1, max_size=3),
    st.sampled_from(["annual leave", "sick leave in March?", "days of an employee"]),
    examples=20,
)
def test_only_whole_sentences_are_quoted(texts: list[str], question: str) -> None:
    """Whatever the pages: whole sentences, each numbered, no heading, in reading order."""
    pages = [Page(f"page{n}", text) for n, text in enumerate(texts)]

    async def pieces_and_answer() -> tuple[list[str], Answer]:
        async with parts(pages) as made:
            answer = (await ask(made.answerer(made.quote), question)).answer
            found = [item.passage for item in answer.passages]
            pieces = [p async for p in made.quote.generate(prompt_of(question, found))]
            return [str(piece) for piece in pieces], answer

    pieces, answer = asyncio.run(pieces_and_answer())
    known = {plain(re.sub(r"\[2\]", "", text)).replace(" .", ".") for text in POOL}
    for piece in pieces:
        assert plain(re.sub(r" \[\d\]$", "", piece.strip())) in known
        assert len(re.findall(r"\[\d\]", piece)) == 1
    if answer.outcome is not Outcome.ANSWERED:
        return
    assert len(answer.blocks) == len(pieces)
    for block in answer.blocks:
        assert block.citations
        assert cited_numbers(block.text) == (block.citations[0].number,)
    for before, block in pairwise(answer.blocks):
        one, other = before.citations[0], block.citations[0]
        if one.passage.document_id == other.passage.document_id:
            assert one.start < other.start
    numbers = [block.citations[0].number for block in answer.blocks]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))


async def test_the_weights_say_how_much_is_quoted() -> None:
    """Never more than the most, and the sure ones in any case."""
    page = passage_of(" ".join(POOL), "leave")
    async with parts(()) as made:
        reading = await made.scorer.read("annual leave", [page])
        for most in (1, 3):
            quote = type(made.quote)(made.scorer, QuoteWeights(sure=1, most=most, margin=9))
            assert len(quote.choose(reading)) == most
        narrow = type(made.quote)(made.scorer, QuoteWeights(sure=2, most=5, margin=0))
        assert len(narrow.choose(reading)) == 2
