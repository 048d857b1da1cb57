"""Whether the numbers of a claim stand where the passages have them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from footnote.bot.verifying.numbers import NumberCheck, NumberWeights
from footnote.retrieval.text import Analyzer

TRIPS = (
    "A hotel costs at most 140 euros a night.",
    "A meal costs at most 40 euros a day, and 12 guests may come.",
    "The desk opened in 2009 and moved in 2014.",
    "The sixth trip of a year is agreed to by two leads.",
)


def missing(
    claim: str, sentences: Sequence[str] = TRIPS, cosines: Sequence[float] | None = None
) -> str:
    """What is said of the claim; where no cosines are given, all sentences are equally near."""
    near = cosines or [0.5] * len(sentences)
    return NumberCheck(Analyzer()).missing(claim, "\n".join(sentences), sentences, near)


@pytest.mark.parametrize(
    "claim",
    [
        "At most 140 euros are paid for a hotel night.",
        "For a meal it is 40 euros a day, for a hotel 140 euros a night.",
        "It moved in 2014, after it had opened in 2009.",
        "Two leads agree to the 6th trip of a year.",
        "Trip six of a year is agreed to by 2 leads.",
        "Twelve guests may come.",
        "Nothing is counted here.",
        "One of the first hotels.",
    ],
)
def test_right_numbers_are_right_in_other_words(claim: str) -> None:
    """A number that stands among the words of the claim is supported, however it is written."""
    assert missing(claim) == ""


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("A hotel costs at most 150 euros a night.", "the number 150 is not in the passage"),
        ("A hotel costs at most 40 euros a night.", "the passage says 140 where"),
        ("A meal costs at most 12 euros a day.", "the passage says 40 where"),
        ("The desk opened in 2014.", "the passage says 2009 where"),
        ("40 guests may come.", "the passage says 12 where"),
        ("The seventh trip of a year.", "the number 7 is not in the passage"),
    ],
)
def test_a_number_from_elsewhere_is_wrong(claim: str, reason: str) -> None:
    """A number that the passages have, but among other words than the claim, is named as wrong."""
    assert missing(claim).startswith(reason)


def test_the_number_of_the_nearer_sentence_counts() -> None:
    """Where the words around two numbers say as much, the sentence that is meant decides."""
    sentences = ("Berlin has 5 desks.", "Paris has 9 desks.")
    assert missing("The capital has 5 desks.", sentences, (0.9, 0.2)) == ""
    assert missing("The capital has 5 desks.", sentences, (0.2, 0.9)).startswith("the passage says")


def test_a_number_of_a_heading_is_no_mistake() -> None:
    """A number that stands in no sentence has nothing to be compared with."""
    check = NumberCheck(Analyzer())
    assert (
        check.missing("In 2024 it rose.", "Report of 2024\nIt rose by 3.", ["It rose by 3."], [0.9])
        == ""
    )


def test_a_wide_margin_lets_more_pass() -> None:
    """The margin decides how much better another number has to fit."""
    claim = "The desk opened in 2014."
    near = [0.5] * len(TRIPS)
    lenient = NumberCheck(Analyzer(), NumberWeights(margin=9))
    assert lenient.missing(claim, "\n".join(TRIPS), TRIPS, near) == ""


def test_the_best_place_of_a_number_counts() -> None:
    """A number that stands in several places is right where one of them is."""
    sentences = ("The desk opened in 2009.", "The shop opened in 2011.", "Rain: 2009 litres.")
    assert missing("The desk was opened in 2009.", sentences) == ""
    assert missing("The desk was opened in 2009.", sentences[::-1]) == ""


def test_a_count_and_a_place_in_an_order_are_not_rivals() -> None:
    """A count is compared with counts: the better fit of an ordinal says nothing against it."""
    sentences = ("Tea time has 6 guests.", "On the 5th day at the desk it rains.")
    assert missing("On the 6 day at the desk it rains.", sentences) == ""


def test_another_kind_of_the_same_number_fits_less() -> None:
    """Where "6" and "5" fit alike, the "6th" that fits as well does not make up for it."""
    sentences = ("The 6th desk of Berlin is new.", "The 5 desk of Berlin is new.")
    assert missing("The 6 desk of Berlin is new.", sentences).startswith("the passage says 5")
