"""The numbers that a text names."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.bot.verifying.quantities import quantities
from tests.properties import holds_for, texts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 or 1200 and twelve hundred", "1200 1200 1200"),
        ("61.2 million, 61,200,000, 20k and 2 billion", "61200000 61200000 20000 2000000000"),
        ("twenty - seven, Twenty-seven and 27", "27 27 27"),
        ("three hundred thousand and two; one hundred and five", "300002 105"),
        ("two three four", "2 3 4"),
        ("at 9:30 on 3/4/2024, with 3.10.2", "9:30 3/4/2024 3.10.2"),
        ("1740 -- 1816, 2010-11", "1740 1816 2010 11"),
        ("the 1990s and $1,250.50, $28.00.", "1990 1250.50 28"),
        ("(5), 7%, 20GB", "5 7 20"),
        ("one of them, at first", ""),
        ("PS3, v3.10.2, A4 and x-ray", ""),
        ("someone, attendant, tents, weighted", ""),
    ],
)
def test_numbers_are_one_however_they_are_written(text: str, values: str) -> None:
    """Digits, words, scales and signs give one value; names with digits and "one" give none."""
    assert [quantity.value for quantity in quantities(text)] == values.split()


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("5th 21st fifth twenty-first twentieth", [True] * 5),
        ("5 five twenty", [False] * 3),
        ("5 thieves, 3 stones", [False] * 2),
    ],
)
def test_places_in_an_order_are_told_from_counts(text: str, ordinals: list[bool]) -> None:
    """Endings and words make an ordinal."""
    assert [quantity.ordinal for quantity in quantities(text)] == ordinals


@holds_for(st.integers(0, 10**12), st.sampled_from(["{}", "{:,}", "({})", "{} days", "a {:,}."]))
def test_any_count_is_itself(count: int, form: str) -> None:
    """Separators of thousands change nothing."""
    (quantity,) = quantities(form.format(count))
    assert quantity.value == str(count)


@holds_for(st.lists(st.sampled_from(["two", "-", " ", "hundred", "1", ",", "000", "."]) | texts()))
def test_places_are_true(pieces: list[str]) -> None:
    """Numbers stand in order and apart, each at its own place in any text."""
    text = "".join(pieces)
    end = 0
    for quantity in quantities(text):
        assert end <= quantity.start < quantity.end <= len(text)
        assert any(char.isalnum() for char in text[quantity.start : quantity.end])
        end = quantity.end
