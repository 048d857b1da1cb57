"""Whether a passage supports a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote.bot.verifying.sentences import sentences_of
from footnote.bot.verifying.support import Bars, Verifier, quoted_sentences
from tests.bot.parts import parts, passage_of

PASSAGE = passage_of(
    "Ann Low agrees to each trip of the Berlin team. A ticket costs 1,250.50 euros, or 3 points. "
    "The desk opens at 9:30 on weekdays. South East trips in the U.S. have code XK7. "
    "Its form has the number v2.4 since then.",
    "travel",
)
OTHER = passage_of("Bring the ticket to the finance office.", "finance")


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Ann Low agrees to each trip of the Berlin team.", True),
        ("- **Ann Low** agrees to each trip of [the Berlin team](x).", True),
        ("Each trip of Berlin's team: Ann Low agrees.", True),
        ("Each trip of the Paris team is agreed to by Ann Low.", False),
        ("Each trip of the Berlin team (Ann) is agreed to by Low.", True),
        ("Each trip of the Berlin team (Paris) is agreed to by Ann Low.", False),
        ('Each trip of the "Paris" team is agreed to by Ann Low.', False),
        ("HR agrees to each trip of the Berlin team with Ann Low.", False),
        ("McLow agrees to each trip of the Berlin team with Ann Low.", False),
        ("A ticket costs 1250.50 euros, or three points.", True),
        ("A ticket costs 1,350.50 euros, or three points.", False),
        ("A ticket costs 1,250.50 euros, or four points.", False),
        ("The desk opens at 9:30 on weekdays.", True),
        ("The desk opens at 9:31 on weekdays.", False),
        ("A ticket costs 1,250.50 euros, or 3rd-class points.", True),
        ("A ticket costs 3 euros, or 1,250.50 points.", False),
        ("Southeast trips in the US have code XK7.", True),
        ("South East trips in the US have code XK8.", False),
        ("Its form has the number v2.4 since then.", True),
        ("Its form has the number v2.5 since then.", False),
        ("South West trips in the US have code XK7.", False),
        ("Elephants are grey and large.", False),
        ("", False),
        ("!!!", False),
    ],
)
async def test_verdicts(claim: str, *, supported: bool) -> None:
    """Numbers and names must stand in the passage, and most of the words besides."""
    async with parts(()) as made:
        verdict = await made.verifier.check(claim, [PASSAGE])
    assert verdict.supported is supported, verdict
    assert bool(verdict.reason) is not supported
    assert 0 <= verdict.coverage <= 1


async def test_passages_support_together() -> None:
    """A claim over two passages is judged against both, and the nearest sentence is named."""
    claim = "Bring the ticket, which costs 1,250.50 euros, to the finance office."
    async with parts(()) as made:
        alone = await made.verifier.check(claim, [OTHER])
        together = await made.verifier.check(claim, [PASSAGE, OTHER])
    assert not alone.supported
    assert together.supported
    assert together.nearest
    assert together.nearest.text == OTHER.text


async def test_nothing_cited_supports_nothing() -> None:
    """Without a passage, or with an empty one, there is no support and no nearest sentence."""
    async with parts(()) as made:
        for passages in ([], [passage_of("")], [passage_of("***")]):
            verdict = await made.verifier.check("Ann Low agrees.", passages)
            assert (verdict.supported, verdict.nearest) == (False, None)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("See the [guide](https://x.example) now.", "See the guide now."),
        ("See **it**, `arr[1]` too [2].", "See it, `arr[1]` too."),
        ("A note.[1][2]", "A note."),
        ("Write to <hr@docs.example> or <b>call</b>.", "Write to hr@docs.example or call."),
        ("A [broken](link of sorts) here.", "A [broken] (link of sorts) here."),
        ("| a | b c |", "| a | b c |"),
        ("Wrapped\nover lines.", "Wrapped over lines."),
    ],
)
def test_a_quotation_is_known_by_its_words(page: str, said: str) -> None:
    """Markup, markers and line breaks aside, the words make a quotation."""
    (found,) = quoted_sentences(said, [passage_of(page)])
    assert found.text == page


@pytest.mark.parametrize(
    "said",
    [
        "Ann Low agrees to each trip.",
        "Ann Low agrees to each trip of the Berlin team now.",
        "",
        "Low",
    ],
)
def test_part_of_a_sentence_is_no_quotation(said: str) -> None:
    """Neither less nor more than whole sentences counts."""
    assert quoted_sentences(said, [PASSAGE]) == ()


def test_where_passages_overlap_a_sentence_stands_once() -> None:
    """A sentence that two passages of a document share is read once, at its place."""
    text = "Ann agrees to it. Bo books it. Cy pays for it."
    first, second = passage_of(text[:30], start=5), passage_of(text[18:], start=23)
    assert [(sentence.text, sentence.start) for sentence in sentences_of([first, second])] == [
        ("Ann agrees to it.", 5),
        ("Bo books it.", 23),
        ("Cy pays for it.", 36),
    ]


def test_two_sentences_are_two_quotations() -> None:
    """Sentences that were not cut apart are each found, in the order of the document."""
    both = quoted_sentences(
        "The desk opens at 9:30 on weekdays. Ann Low agrees to each trip of the Berlin team.",
        [PASSAGE],
    )
    assert [sentence.position for sentence in both] == [0, 2]


@pytest.mark.parametrize("bar", ["coverage", "cosine", "combined"])
async def test_each_bar_has_to_be_reached(bar: str) -> None:
    """A sentence that is just over all bars is supported, and just below one of them it is not."""
    claim = "Ann Low agrees to each trip of the whole Berlin office."
    async with parts(()) as made:
        analyzer = made.library.analyzer
        lenient = await Verifier(made.scorer, analyzer, Bars(0, -1, -1)).check(claim, [PASSAGE])
        reached = Bars(
            lenient.coverage - 0.01,
            lenient.cosine - 0.01,
            lenient.coverage + lenient.cosine - 0.01,
        )
        above = replace(reached, **{bar: getattr(reached, bar) + 0.02})
        at = await Verifier(made.scorer, analyzer, reached).check(claim, [PASSAGE])
        below = await Verifier(made.scorer, analyzer, above).check(claim, [PASSAGE])
    assert (at.supported, at.reason) == (True, "")
    assert (below.supported, below.reason) == (False, "the passage does not say it")


def test_the_bars_that_hold_unless_others_are_given() -> None:
    """Half of the stems, a cosine of .4 and a sum of 1.15 are what the published figures need."""
    assert Bars() == Bars(coverage=0.5, cosine=0.4, combined=1.15)
