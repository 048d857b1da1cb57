"""What a button carries comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.slack.buttons import (
    action_block,
    action_of,
    choice_block,
    feedback_block,
    from_value,
    passage_buttons,
    to_value,
)
from tests.properties import holds_for, texts

VERDICTS = st.none() | st.sampled_from(Verdict)


@holds_for(texts(300), st.integers(0, 10**6), VERDICTS, examples=200)
def test_a_value_comes_back_as_it_was(
    question_id: str, number: int, verdict: Verdict | None
) -> None:
    """Question, citation and verdict survive the way to Slack and back, or there is no button."""
    pressed = Pressed(question_id, number, verdict)
    value = to_value(pressed)
    if value is None:
        assert len(question_id.encode("utf-16-be", "surrogatepass")) > 250
    else:
        assert len(value) <= 2_000
        assert value.isascii()
        assert from_value(value) == pressed


@holds_for(texts(300))
def test_the_value_of_a_decision_comes_back_as_it_was(adapter: str) -> None:
    """The adapter survives the way to Slack and back, in both buttons, or there are none."""
    for block in choice_block(adapter):
        promote, keep = block["elements"]
        assert promote["value"] == keep["value"]
        if adapter:
            assert from_value(keep["value"]) == Pressed("", adapter=adapter)
        assert [action_of(each["action_id"]) for each in block["elements"]] == [
            Action.PROMOTE,
            Action.KEEP,
        ]


@pytest.mark.parametrize("length", [1_990, 5_000])
def test_what_slack_could_not_carry_has_no_button(length: int) -> None:
    """Past 2,000 characters there is no button, rather than one that says less."""
    question_id = "q" * length
    assert to_value(Pressed(question_id)) is None
    assert not list(action_block(question_id, [Action.CANCEL]))
    assert not list(feedback_block(question_id))
    assert not list(passage_buttons(question_id, [1]))


@pytest.mark.parametrize(
    "value", ["", "x", "{}", "[]", '["q"]', '["q","1",null]', "[1,1,null]", '["q",0,"so"]']
)  # fmt: skip
def test_what_is_no_value_is_refused(value: str) -> None:
    """A value that these buttons never had is no press of them."""
    with pytest.raises(ValueError):  # noqa: PT011  json's own, or ours
        from_value(value)


def test_an_action_is_known_by_its_id() -> None:
    """Each button's action is the first word of its id."""
    (button,) = passage_buttons("q", [7])
    assert action_of(button["action_id"]) is Action.SHOW_PASSAGE
    for action in Action:
        assert action_of(action.value) is action
    assert action_of("other") is None
    assert action_of("") is None
