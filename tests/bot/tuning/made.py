"""Examples that tests make up."""

from __future__ import annotations

from footnote.bot.prompts import Draft, build_prompt
from footnote.bot.tuning.examples import Example, Origin
from footnote.retrieval.passages import Passage


def passage(text: str, name: str = "leave") -> Passage:
    """A passage that is its document's only one."""
    return Passage(name, name, "handbook", name.title(), (), text, 0, len(text), 0)


def example(
    name: str,
    *,
    answer: str = "28 days. [1]",
    question: str = "How much leave is there?",
    text: str = "Leave is 28 days.",
    origin: Origin = Origin.CORRECTED,
) -> Example:
    """An example with one passage, its prompt built as live ones are."""
    prompt = build_prompt(Draft(question, question, (passage(text),)))
    return Example(
        name,
        f"thread-{name}",
        origin,
        question,
        prompt.messages,
        answer,
        prompt.passages,
        f"question-{name}",
    )
