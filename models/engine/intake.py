"""From what was asked to a prompt in tokens and a writer of its answer. Runs beside the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from footnote.models.chat_templates import ChatTemplate, Rendered, chat_template_of
from footnote.models.engine.choosing import Candidates, Chooser, Grammar, Rule, grammar_of_schema
from footnote.models.engine.citations import OnlyExisting, TellingTokens
from footnote.models.engine.loop import Asked
from footnote.models.engine.messages import Ask
from footnote.models.engine.steps import Prompt
from footnote.models.engine.text import TextStream
from footnote.models.engine.vocabulary import Vocabulary
from footnote.models.engine.writing import Writing
from footnote.models.errors import ChatTemplateError
from footnote.models.generation import Message
from footnote.models.thoughts import KNOWN, ThoughtFilter


class Intake:
    """Knows the model's vocabulary and template."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        metadata: dict[str, str],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Set up; a template that cannot be used is told when it is needed.

        Args:
            vocabulary: The model's.
            metadata: The file's.
            clock: The loop's.
        """
        self._vocabulary = vocabulary
        self._clock = clock
        self._candidates = Candidates(vocabulary.size)
        self._telling = TellingTokens(vocabulary)
        self._template: ChatTemplate | ChatTemplateError
        vocabulary.show([mark for each in KNOWN for mark in (each.opening, each.closing)])
        try:
            self._template = chat_template_of(
                metadata, bos=vocabulary.text(vocabulary.begin), eos=vocabulary.text(vocabulary.end)
            )
        except ChatTemplateError as error:
            self._template = error

    def asked(self, ask: Ask) -> Asked:
        """Everything that the answer needs.

        Raises:
            ModelError: The template, the grammar or the schema cannot be used.
        """
        now = self._clock()
        rendered = None if ask.tokens else self._rendered(ask.messages)
        tokens = self._tokens(rendered) if rendered else ask.tokens
        prompt = Prompt(
            ask.id,
            tuple(tokens),
            max_tokens=ask.max_tokens,
            adapter=ask.adapter,
            deadline=None if ask.seconds is None else now + ask.seconds,
            lookup=ask.lookup,
        )
        writing = Writing(
            self._vocabulary,
            Chooser(ask.samplers, self._candidates, self._rules(ask)),
            TextStream(ask.stops),
            ThoughtFilter(rendered.opened if rendered else None),
            prompt_tokens=len(tokens),
            max_tokens=ask.max_tokens,
            asked=now,
            endless=ask.endless,
        )
        return Asked(prompt, writing)

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens a conversation takes, with what begins the answer; 0 for none.

        Raises:
            ModelError: The template cannot be used.
        """
        return len(self._tokens(self._rendered(messages))) if messages else 0

    def _rendered(self, messages: Sequence[Message]) -> Rendered:
        if isinstance(self._template, ChatTemplateError):
            raise self._template
        return self._template.render(messages)

    def _tokens(self, rendered: Rendered) -> list[int]:
        tokens: list[int] = []
        for piece in rendered.pieces:
            tokens += self._vocabulary.tokens(piece.text, trusted=piece.trusted)
        begin = self._vocabulary.begin
        if self._vocabulary.adds_begin and tokens[:1] != [begin]:
            tokens.insert(0, begin)
        return tokens

    def _rules(self, ask: Ask) -> list[Rule]:
        rules: list[Rule] = []
        grammar = grammar_of_schema(ask.schema) if ask.schema else ask.grammar
        if grammar:
            rules.append(Grammar(self._vocabulary, grammar))
        if ask.citations is not None:
            rules.append(OnlyExisting(ask.citations, self._telling))
        return rules
