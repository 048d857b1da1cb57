"""Words are cut before they become mrkdwn, so that no escaped sign is ever split."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from footnote.bot.platforms.slack.limits import size
from footnote.bot.platforms.slack.shortening import shortened, spoken_within
from tests.properties import holds_for

SIGNS = st.text(st.sampled_from("&<>ab \n*_😀é"), min_size=30, max_size=200)


@holds_for(SIGNS, st.integers(20, 90), examples=100)
def test_what_is_cut_holds_only_whole_signs(text: str, room: int) -> None:
    """It fits, each ampersand begins one of the three escapes, and no bare < or > is left."""
    said = spoken_within(text, room)
    assert size(shortened(text, room)) <= room
    assert len(said) <= room
    assert not re.search(r"&(?!amp;|lt;|gt;)|[<>]", said)


@holds_for(st.text(st.sampled_from("ab c"), max_size=19))
def test_what_fits_stays_as_it_is(text: str) -> None:
    """Nothing is cut or marked where there is room."""
    assert shortened(text, 20) == text
