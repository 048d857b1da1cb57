"""Chat templates: the prompt of each family, and that no text passes for the template's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.models.chat_templates import ChatTemplate, Piece, chat_template_of
from footnote.models.errors import ChatTemplateError
from footnote.models.generation import Message
from footnote.models.thoughts import Marks
from tests.models.chat_families import CHATML, DAY, FAMILIES, GEMMA, QWEN3, REASONER, Family

CONVERSATION = (
    Message("system", "Use the passages."),
    Message("user", "Who pays?"),
    Message("assistant", "The team. [1]"),
    Message("user", "How much?"),
)
FORGERIES = sorted({control for family in FAMILIES.values() for control in family.control})
PROPER = Message("user", "Hello")

families = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def template_of(family: Family) -> ChatTemplate:
    """The family's template on a fixed day."""
    return ChatTemplate(family.source, bos=family.bos, eos=family.eos, now=lambda: DAY)


def trusted(template: ChatTemplate, *texts: str) -> list[str]:
    """The template's own text in a conversation with these texts."""
    messages = [
        Message(message.role, text) for message, text in zip(CONVERSATION, texts, strict=True)
    ]
    return [piece.text for piece in template.render(messages).pieces if piece.trusted]


@families
def test_the_prompt_is_the_familys(family: Family) -> None:
    """A conversation becomes the prompt that the family was trained on."""
    assert template_of(family).render(CONVERSATION).text == family.prompt


@families
def test_every_text_is_a_piece_of_its_own(family: Family) -> None:
    """Each message's text is one untrusted piece, and everything else is trusted."""
    pieces = template_of(family).render(CONVERSATION).pieces
    untrusted = [piece.text for piece in pieces if not piece.trusted]
    assert sorted(untrusted) == sorted(message.text for message in CONVERSATION)
    assert all(piece.text for piece in pieces)


@families
def test_a_forged_turn_is_only_text(family: Family) -> None:
    """Whatever control text a page holds, in whatever message, the template's own text stays."""
    template = template_of(family)
    expected = trusted(template, "a", "b", "c", "d")
    for forgery in FORGERIES:
        for place in range(4):
            texts = ["a", "b", "c", "d"]
            texts[place] = f"before {forgery} after {forgery}"
            assert trusted(template, *texts) == expected, (forgery, place)


@families
@given(
    texts=st.lists(
        st.lists(st.one_of(st.sampled_from(FORGERIES), st.text(max_size=8)), max_size=6)
        .map("".join)
        .map(lambda text: f"x{text}x"),
        min_size=4,
        max_size=4,
    )
)
def test_no_text_reaches_the_trusted_pieces(family: Family, texts: list[str]) -> None:
    """For any texts, the trusted pieces are the same as for plain words."""
    template = template_of(family)
    assert trusted(template, *texts) == trusted(template, "a", "b", "c", "d")
    messages = [Message(m.role, text) for m, text in zip(CONVERSATION, texts, strict=True)]
    pieces = template.render(messages).pieces
    assert sorted(piece.text for piece in pieces if not piece.trusted) == sorted(texts)


@families
def test_the_same_conversation_gives_the_same_prompt(family: Family) -> None:
    """The stand-ins leave no trace: a prompt can be compared with the last turn's."""
    template = template_of(family)
    assert template.render(CONVERSATION) == template.render(CONVERSATION)


def test_white_space_around_a_message_is_left_out() -> None:
    """Some templates trim and some do not; the prompt is the same with either."""
    rendered = template_of(CHATML).render([Message("user", "\n  Hello \n")])
    assert Piece("Hello", trusted=False) in rendered.pieces


def test_an_empty_message_stays_a_turn() -> None:
    """A message without text has no piece of its own, and its turn is there."""
    rendered = template_of(CHATML).render([Message("system", " "), PROPER])
    assert rendered.text.startswith("<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHello")


def test_a_system_message_at_the_end_is_a_question() -> None:
    """Where a template knows none, instructions without a question after them are asked."""
    rendered = template_of(GEMMA).render([Message("system", "Say hello.")])
    assert rendered.text == (
        "<bos><start_of_turn>user\nSay hello.<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_model_is_asked_not_to_think() -> None:
    """Where the template has a variable for it, the model gets an empty thought."""
    rendered = template_of(QWEN3).render([PROPER])
    assert rendered.text.endswith("<think>\n\n</think>\n\n")
    assert rendered.opened is None


def test_a_thought_that_the_template_opens_is_known() -> None:
    """Where the prompt ends within a thought, the filter can be told so."""
    assert template_of(REASONER).render([PROPER]).opened == Marks("<think>", "</think>")


def test_a_question_opens_no_thought() -> None:
    """A question that ends in an opening mark does not hide the answer."""
    rendered = ChatTemplate("{{ messages[0].content }}").render(
        [Message("user", "What is <think>")]
    )
    assert rendered.opened is None


@pytest.mark.parametrize(
    ("change", "did"),
    [
        ("content | upper", "leaves out or changes"),
        ("content | lower", "leaves out or changes"),
        ("content | title", "leaves out or changes"),
        ("content | tojson", "leaves out or changes"),
        ("content | e", "leaves out or changes"),
        ("content | replace('\\n', ' ')", "leaves out or changes"),
        ("content | replace('  ', ' ')", "leaves out or changes"),
        ("content.split() | join(' ')", "leaves out or changes"),
        ("content[:500]", "leaves out or changes"),
        ("content[-500:]", "leaves out or changes"),
        ("content | truncate(500)", "leaves out or changes"),
        ("content | reverse", "leaves out or changes"),
        ("content.encode('ascii', 'ignore').decode()", "leaves out or changes"),
        ("content.replace('\\\\', '')", "leaves out or changes"),
        ("role", "leaves out or changes"),
        ("content * 2", "repeats"),
    ],
)
def test_a_template_that_changes_texts_is_refused(change: str, did: str) -> None:
    """What a page says must reach the model as it is, once, or not at all."""
    template = ChatTemplate("{% for message in messages %}{{ message." + change + " }}{% endfor %}")
    with pytest.raises(ChatTemplateError, match=did) as caught:
        template.render([Message("user", "word " * 200)])
    assert str(caught.value).endswith(": choose another file of this model, or another model.")


def test_trimming_changes_nothing() -> None:
    """A template that trims or strips gets texts that have nothing to trim."""
    for trim in ("| trim", ".strip()", ".lstrip('\\n').rstrip()"):
        rendered = ChatTemplate("{{ messages[0].content" + trim + " }}").render([PROPER])
        assert rendered.pieces == (Piece("Hello", trusted=False),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{% for %}", "Expected an expression"),
        ("{{ messages | nothing }}", "No filter named 'nothing'"),
        ("{% unknown %}", "unknown tag 'unknown'"),
    ],
)
def test_a_template_that_is_no_jinja_is_one_sentence(source: str, reason: str) -> None:
    """What cannot be compiled says why on one line."""
    with pytest.raises(ChatTemplateError, match="cannot be read") as caught:
        ChatTemplate(source)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ raise_exception('Only\n poems are supported.') }}", "(Only poems are supported)"),
        ("{{ 1 / 0 }}", "(division by zero)"),
        ("{{ messages.missing.deeper }}", "has no attribute 'missing'"),
        ("{{ ''.__class__.__mro__ }}", "of 'str' object is unsafe"),
        ("{{ messages.append(1) }}", "is unsafe"),
        ("{% for _ in range(1000000000) %}{% endfor %}", "Range too big"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
        ("{{ raise_exception('word ' * 1000) }}", "…)"),
    ],
)
def test_a_template_that_fails_is_one_sentence(source: str, reason: str) -> None:
    """Whatever a template raises or is forbidden to do ends in a sentence that says why."""
    with pytest.raises(ChatTemplateError, match="cannot be filled in") as caught:
        ChatTemplate(source).render([PROPER])
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 320


@pytest.mark.parametrize(
    ("source", "prompt"),
    [
        ("{{ {'b': 'é<', 'a': [1]} | tojson }}", '{"b": "é<", "a": [1]}'),
        ("{{ {'a': [1]} | tojson(indent=1) }}", '{\n "a": [\n  1\n ]\n}'),
        ("{% for n in range(9) %}{% if n == 2 %}{% break %}{% endif %}{{ n }}{% endfor %}", "01"),
        (
            "{% for n in range(3) %}{% if n == 1 %}{% continue %}{% endif %}{{ n }}{% endfor %}",
            "02",
        ),
        ("{% generation %}{{ 'kept' }}{% endgeneration %}", "kept"),
        ("{{ strftime_now('%Y-%m-%d') }}", "2026-11-21"),
        ("{{ add_generation_prompt }}{{ tools is defined }}", "TrueFalse"),
        ("    {% if true %}\nline\n    {% endif %}\n", "line\n"),
    ],
)
def test_the_helpers_of_real_templates_are_there(source: str, prompt: str) -> None:
    """Templates find what they were written for."""
    template = ChatTemplate(source + "{{ messages[0].content }}", now=lambda: DAY)
    assert template.render([PROPER]).text == prompt + "Hello"


def test_an_effort_that_a_template_refuses_is_left_out() -> None:
    """The wish for little thinking is taken back where its name is not known."""
    source = (
        "{% if reasoning_effort is defined and reasoning_effort not in ['none', 'high'] %}"
        "{{ raise_exception('no such effort') }}{% endif %}{{ messages[0].content }}"
    )
    assert ChatTemplate(source).render([PROPER]).text == "Hello"


def test_the_template_comes_from_the_file() -> None:
    """The file's metadata holds it, with the texts of the tokens beside."""
    template = chat_template_of(
        {"tokenizer.chat_template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"},
        bos="<s>",
        eos="</s>",
    )
    assert template.render([PROPER]).pieces == (
        Piece("<s>", trusted=True),
        Piece("Hello", trusted=False),
        Piece("</s>", trusted=True),
    )


@pytest.mark.parametrize("metadata", [{}, {"tokenizer.chat_template": " "}])
def test_a_file_without_a_template_is_one_sentence(metadata: dict[str, str]) -> None:
    """A model that was not made for conversations is refused with a way out."""
    with pytest.raises(ChatTemplateError, match="choose an instruct model"):
        chat_template_of(metadata, bos="", eos="")
