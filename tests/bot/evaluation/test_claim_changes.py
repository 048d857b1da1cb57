"""Sentences that are made wrong on purpose."""

from __future__ import annotations

import re

import pytest
from hypothesis import strategies as st

from footnote.bot.evaluation.claim_changes import (
    name_changed,
    names_in,
    negated,
    number_changed,
    numbers_in,
)
from footnote.bot.verifying.quantities import quantities
from tests.properties import holds_for, texts

SENTENCE = "In May 2014 Ann Low of Berlin paid 1,250 euros for the third trip, and Bo did not pay."
NAMES = ("Cy", "Paris", "June", "Eve Young", "Ann")


@pytest.mark.parametrize("seed", list("0123456789"))
def test_one_number_becomes_another(seed: str) -> None:
    """Exactly one number changes, into another one of its form, and the change says which."""
    change = number_changed(SENTENCE, seed)
    assert change
    assert change == number_changed(SENTENCE, seed)
    assert SENTENCE.replace(change.old, change.new, 1) == change.text
    old, new = ([q.value for q in quantities(text)] for text in (SENTENCE, change.text))
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_what_counts_nothing_is_left_alone() -> None:
    """Numbers are listed once; without one there is nothing to change."""
    assert numbers_in(SENTENCE) == ["2014", "1,250", "third"]
    assert number_changed("One of the first.", "0") is None
    assert (
        number_changed("See [it](https://a.b/c?asset=10#i2) or http://a.b/?v=3 now.", "0") is None
    )
    assert number_changed("It took 5 days.", "0", among=["5"]) is None
    swapped = number_changed("It took 5 days.", "0", among=["5", "8"])
    assert swapped
    assert swapped.text == "It took 8 days."


@pytest.mark.parametrize("seed", list("0123456789"))
def test_one_name_becomes_another(seed: str) -> None:
    """A name of the list takes its place, months that of months, and none that stands there."""
    change = name_changed(SENTENCE, seed, NAMES)
    assert change
    assert SENTENCE.replace(change.old, change.new, 1) == change.text
    assert change.new != "Ann"
    if change.old == "May":
        assert re.search(rf"In {change.new} 2014", change.text)
    else:
        assert change.new in NAMES
        assert change.new != "June"


def test_a_first_word_is_a_name_only_with_another() -> None:
    """What is capitalised because it begins a sentence is no name."""
    assert names_in("Hotels in Berlin. The Low desk. Ann Low pays.") == ["Berlin", "Low", "Ann Low"]
    assert name_changed("Hotels cost more.", "0", NAMES) is None


@pytest.mark.parametrize(
    ("sentence", "how", "text"),
    [
        ("It is due.", "added", "It is not due."),
        ("It has been paid.", "added", "It has not been paid."),
        ("Bo did not pay.", "removed", "Bo did pay."),
        ("Bo can't pay.", "removed", "Bo can pay."),
        ("Bo won't pay.", "removed", "Bo will pay."),
        ("Bo didn't pay.", "removed", "Bo did pay."),
    ],
)
def test_a_negation_comes_or_goes(sentence: str, how: str, text: str) -> None:
    """Where one stands it is removed, else one is added behind the verb that takes it."""
    assert {name: change.text for name, change in negated(sentence, "0").items()} == {how: text}
    assert negated("Bo pays.", "0") == {}


@holds_for(texts(30) | st.lists(st.sampled_from(SENTENCE.split())).map(" ".join))
def test_any_text_can_be_read(text: str) -> None:
    """No text is too odd, and a change always changes it."""
    changes = [
        number_changed(text, "0"),
        name_changed(text, "0", NAMES),
        *negated(text, "0").values(),
    ]
    assert all(change.text != text for change in changes if change)
