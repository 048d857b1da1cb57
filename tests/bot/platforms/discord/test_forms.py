"""What opens beside a conversation: a passage to read, and a form for a better answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from footnote.bot.platforms.discord.forms import Suggested, passage, suggested_in, suggestion
from footnote.bot.questions import Answer, Block, Excerpt, Outcome, Question
from tests.bot.platforms.answers import CITED, MARKDOWN, citation
from tests.bot.platforms.discord.answers import QUESTION_ID
from tests.bot.platforms.discord.readers import alive, length, texts_in
from tests.properties import holds_for

QUESTION = Question(QUESTION_ID, "How many days of leave?")


def excerpt(before: str, text: str, after: str, title: str = "Leave") -> Excerpt:
    """A passage in its surroundings."""
    cited = citation(1, None, title)
    return Excerpt(replace(cited, passage=replace(cited.passage, text=text)), before, after)


def test_a_passage_is_shown_in_its_surroundings() -> None:
    """What stands before and behind it, where it is from, and the words that were cited."""
    message = passage(3, [excerpt("Before it.", "25 **days**.", "Behind it.")] * 2)
    assert json.loads(message.embeds) == [
        {"description": "… Before it."},
        {"title": "[3] Leave > Days, page 3", "description": "25 **days**.", "color": 0x5865F2},
        {"description": "Behind it. …"},
        {"title": "Cited", "description": "- 25 days\n- 25 days"},
    ]
    assert message.components == "[]"


def test_a_passage_that_is_all_of_its_document_stands_alone() -> None:
    """Nothing is framed where nothing is around it."""
    message = passage(1, [excerpt(" ", "25 days.", "")])
    assert [each.get("title") for each in json.loads(message.embeds)] == [
        "[1] Leave > Days, page 3",
        "Cited",
    ]


@holds_for(MARKDOWN, MARKDOWN, examples=25)
def test_nothing_in_a_passage_is_alive(text: str, title: str) -> None:
    """A document's own links and mentions are words there too."""
    assert alive(passage(1, [excerpt(text, text, text, title)]), ()) == []


@pytest.mark.parametrize(
    "part", ["word ", "<@1> ", "請假。", "`a` *b* _c_ ", "x\n\n```\n", "|a|\n|-|\n"]
)
def test_a_passage_of_any_length_fits(part: str) -> None:
    """It is cut, and marked so, to what the embeds of a message hold."""
    found = excerpt(part * 1_500, part * 1_500, part * 1_500, part * 99)
    long = replace(found, citation=replace(found.citation, quote=part * 30))
    message = passage(1, [long] * 30)
    embeds = json.loads(message.embeds)
    assert all(length(each.get("title", "")) <= 256 for each in embeds)
    assert all(0 < length(each["description"]) <= 4_096 for each in embeds)
    assert sum(map(length, texts_in(embeds))) <= 6_000
    assert alive(message, ()) == []


def form_of(answer: Answer, *, admin: bool = False) -> dict[str, Any]:
    """The form for a better answer."""
    form = suggestion(answer, admin=admin)
    assert form is not None
    return form


def test_a_better_answer_begins_with_the_one_that_is_there() -> None:
    """The form shows what was asked and the answer without its markers, within what it can hold."""
    form = form_of(Answer(QUESTION, Outcome.ANSWERED, (Block("25 days. [1]", "", CITED),)))
    (label,) = form["components"]
    assert label["description"] == "How many days of leave?"
    assert label["component"]["value"] == "25 days."
    for asked, said in (("q " * 400, "word " * 9_000), ("\U0001f469" * 200, "\U0001f469" * 9_000)):
        long = Answer(replace(QUESTION, text=asked), Outcome.ANSWERED, (Block(said),))
        form = form_of(long, admin=True)
        *fields, _ = form["components"]
        assert len(fields) == 4
        assert fields[-1]["component"]["value"].endswith("…")
        assert length(form["title"]) <= 45
        assert length(fields[0]["description"]) <= 100
        assert length(form["custom_id"]) <= 100
        for label in fields:
            assert length(label["label"]) <= 45
            assert length(label["component"]["value"]) < label["component"]["max_length"] == 4_000


@holds_for(st.text(st.sampled_from("a&\n 😀"), max_size=60), st.integers(1, 200))
def test_a_long_answer_comes_back_as_it_was(text: str, times: int) -> None:
    """All of it is there to be edited, and what is sent off as it is, is what was there."""
    said = "\n".join([text] * times)
    form = form_of(Answer(QUESTION, Outcome.ANSWERED, (Block(said),)))
    assert [label["component"]["required"] for label in form["components"]][1:].count(True) == 0
    found = suggested_in(form)
    assert found
    assert found.text.split() == said.split() or len(said.strip()) > 3 * 3_600


def test_an_answer_of_nothing_leaves_the_field_empty() -> None:
    """Discord takes no empty text as a value or a description."""
    (label,) = form_of(Answer(replace(QUESTION, text=" "), Outcome.NOT_IN_SOURCES))["components"]
    assert "value" not in label["component"]
    assert "description" not in label


def test_what_was_written_comes_back_with_its_question() -> None:
    """From a field in a label, as our form has it, or in a row."""
    form = form_of(Answer(QUESTION, Outcome.ANSWERED))
    field = {"type": 4, "custom_id": "suggestion", "value": "  30 days. "}
    for around in ({"type": 18, "component": field}, {"type": 1, "components": [field]}):
        data = {"custom_id": form["custom_id"], "components": [{"type": 10}, around]}
        assert suggested_in(data) == Suggested(QUESTION_ID, "30 days.")
    nothing = {"custom_id": form["custom_id"], "components": []}
    assert suggested_in(nothing) == Suggested(QUESTION_ID, "")
    for name in ("", "other", "footnote:1:cancel::q", "footnote:2:suggest::q"):
        assert suggested_in({"custom_id": name, "components": []}) is None


def test_admins_alone_have_a_choice_to_approve() -> None:
    """It may be left as it is; only what it offers approves."""
    answer = Answer(QUESTION, Outcome.ANSWERED, (Block("25 days."),))
    assert len(form_of(answer)["components"]) == 1
    field, choice = form_of(answer, admin=True)["components"]
    assert not choice["component"]["required"]
    (option,) = choice["component"]["options"]
    name = {"custom_id": form_of(answer)["custom_id"]}
    for values, approve in (([option["value"]], True), ([], False), (["other"], False)):
        chosen = {"type": 18, "component": {**choice["component"], "values": values}}
        found = suggested_in({**name, "components": [field, chosen]})
        assert found == Suggested(QUESTION_ID, "25 days.", approve=approve)


def test_a_question_whose_id_is_too_long_has_no_form() -> None:
    """There is no button for it either."""
    answer = Answer(replace(QUESTION, id="q" * 90), Outcome.ANSWERED)
    assert suggestion(answer, admin=False) is None
