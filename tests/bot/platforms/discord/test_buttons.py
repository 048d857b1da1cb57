"""What a button carries comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.bot.platforms.actions import LABELS, Action, Pressed
from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.discord.buttons import (
    action_buttons,
    action_of,
    approval_buttons,
    choice_buttons,
    feedback_buttons,
    from_custom_id,
    passage_buttons,
    passage_menus,
    pressed_in,
    to_custom_id,
)
from tests.bot.platforms.discord.answers import QUESTION_ID
from tests.properties import holds_for, texts

PLAIN = sorted(set(LABELS) - {Action.APPROVE, Action.PROMOTE, Action.KEEP})
PRESSED = st.one_of(
    st.tuples(st.sampled_from(PLAIN), st.just(Pressed(QUESTION_ID))),
    st.builds(
        lambda number: (Action.SHOW_PASSAGE, Pressed(QUESTION_ID, number)),
        st.integers(1, 10**9 - 1),
    ),
    st.builds(
        lambda verdict: (Action.FEEDBACK, Pressed(QUESTION_ID, verdict=verdict)),
        st.sampled_from(Verdict),
    ),
)


@holds_for(PRESSED, examples=100)
def test_what_a_button_carries_comes_back(carried: tuple[Action, Pressed]) -> None:
    """Action, question, citation and verdict survive, beside the mark of a message."""
    name = to_custom_id(*carried)
    assert name is not None
    assert len(f"{name}|01234567") <= 100
    assert from_custom_id(name) == carried[1]
    assert action_of(name) is carried[0]
    assert pressed_in({"custom_id": name, "component_type": 2}) == carried


@holds_for(st.integers(1, 2**64 - 1), st.binary(min_size=8, max_size=8).map(bytes.hex), examples=50)
def test_what_approves_a_correction_comes_back(author: int, digest: str) -> None:
    """Question, author and digest fit together into a button of a message without a mark."""
    (button,) = approval_buttons(QUESTION_ID, f"discord:{author}", digest)
    assert len(button["custom_id"]) <= 100
    pressed = Pressed(QUESTION_ID, author=f"discord:{author}", digest=digest)
    assert pressed_in(button) == (Action.APPROVE, pressed)


@holds_for(texts(60), st.sampled_from([Action.PROMOTE, Action.KEEP]))
def test_what_decides_about_an_adapter_comes_back(adapter: str, action: Action) -> None:
    """Its id is carried whole, or there is no button."""
    pressed = Pressed("", adapter=adapter)
    name = to_custom_id(action, pressed)
    if name is None:
        assert not adapter or len(adapter) > 30
    else:
        assert pressed_in({"custom_id": name}) == (action, pressed)
        assert name in [button["custom_id"] for button in choice_buttons(adapter)]


@pytest.mark.parametrize(
    ("question_id", "author", "digest"),
    [
        (QUESTION_ID, "slack:U1", "0" * 16),
        (QUESTION_ID, "discord:1", "0" * 15),
        (QUESTION_ID, "discord:1", ""),
        ("slack:T:C:1", "discord:1", "0" * 16),
        (f"{QUESTION_ID}:{QUESTION_ID}", "discord:1", "0" * 16),
        (f"discord:{'q' * 63}", "discord:1", "0" * 16),
    ],
)
def test_what_no_button_can_approve_has_none(question_id: str, author: str, digest: str) -> None:
    """What is not Discord's, or too long, would not come back as it was."""
    assert not list(approval_buttons(question_id, author, digest))


@holds_for(texts(60), st.sampled_from(PLAIN), examples=100)
def test_any_question_id_comes_back_or_has_no_button(question_id: str, action: Action) -> None:
    """Whatever the id is, it is carried whole, or there is no button."""
    name = to_custom_id(action, Pressed(question_id))
    if name is None:
        assert not question_id or len(question_id) > 30
    else:
        assert from_custom_id(name) == Pressed(question_id)


def test_what_discord_could_not_carry_has_no_button() -> None:
    """Where the name would be too long there is no button, rather than one that says less."""
    question_id = "q" * 75  # Discord would, but for the mark of its message
    assert not list(action_buttons(question_id, [Action.CANCEL]))
    assert not list(feedback_buttons(question_id))
    assert not list(passage_buttons(question_id, [1]))
    assert not list(passage_menus(question_id, {1: "Leave"}))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "other:1:cancel::q",
        "cancel::q",
        "footnote:2:cancel::q",
        "footnote:1:cancel:q",
        "footnote:1:cancel::",
        "footnote:1:fly::q",
        "footnote:1:cancel:1:q",
        "footnote:1:feedback::q",
        "footnote:1:feedback:so:q",
        "footnote:1:approve::q",
        "footnote:1:approve:1.abc:q",
        "footnote:1:approve:\u0661.0123456789abcdef:q",
        "footnote:1:show_passage::q",
        "footnote:1:show_passage:0:q",
        "footnote:1:show_passage:-1:q",
        "footnote:1:show_passage:x:q",
        "footnote:1:show_passage:menu:q",
        "footnote:1:show_passage:1234567890:q",
        "footnote:1:show_passage:\u0661:q",
    ],
)
def test_what_these_buttons_never_carried_is_none_of_them(name: str) -> None:
    """The name of another bot's button, or of another version's, is no press of these."""
    assert from_custom_id(name) is None
    assert action_of(name) is None
    assert pressed_in({"custom_id": name}) is None
    assert pressed_in({"custom_id": name, "values": ["1"]}) is None


def test_a_choice_from_a_menu_is_a_press() -> None:
    """A menu carries the question; which passage comes back beside it."""
    (first, second) = passage_menus(QUESTION_ID, dict.fromkeys(range(1, 31), "Leave"))
    assert first["custom_id"] != second["custom_id"]
    for menu in (first, second):
        assert len(f"{menu['custom_id']}|01234567") <= 100
        assert from_custom_id(menu["custom_id"]) == Pressed(QUESTION_ID)
        for option in menu["options"]:
            data = {"custom_id": menu["custom_id"], "values": [option["value"]]}
            shown = Action.SHOW_PASSAGE, Pressed(QUESTION_ID, int(option["value"]))
            assert pressed_in(data) == shown
        for values in ([], ["x"], ["1", "2"], None):
            assert pressed_in({"custom_id": menu["custom_id"], "values": values}) is None


def test_no_data_is_no_press() -> None:
    """An interaction without a name is none of these."""
    assert pressed_in({}) is None
