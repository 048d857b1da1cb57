"""Chats as tokens, cut as the engine cuts them, and which of these tokens are trained.

A template's marks for training (`{% generation %}`) are not needed: the prompt is rendered as it is
for an answer, and so is what comes behind the answer. What lies between is the answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footnote.models.chat_templates import ChatTemplate, Piece, here_and_now
from footnote.models.generation import Message
from footnote.models.training.errors import TrainingError

IGNORED = -100
"""The label of a token that is not trained, as torch's losses have it."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as a model reads it.

    Attributes:
        input_ids: All of it.
        labels: The same where it is trained, and `IGNORED` elsewhere.
    """

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def trained(self) -> int:
        """How many tokens are trained."""
        return sum(label != IGNORED for label in self.labels)


class Spans:
    """Turns chats into tokens."""

    def __init__(self, tokenizer: Any, *, now: Callable[[], datetime] = here_and_now) -> None:
        """Look at a model's tokenizer.

        Args:
            tokenizer: As Transformers loads it.
            now: The time, for templates that tell the model today's date.

        Raises:
            TrainingError: It has no chat template, or none that says where a turn ends.
            ChatTemplateError: Its chat template is no Jinja.
        """
        self._tokenizer = tokenizer
        source = tokenizer.chat_template
        if isinstance(source, Mapping):
            source = source.get("default")
        if not isinstance(source, str) or not source.strip():
            raise TrainingError(
                "The training model has no chat template: take a model that was made for "
                "conversations."
            )
        self._template = ChatTemplate(
            source, bos=tokenizer.bos_token or "", eos=tokenizer.eos_token or "", now=now
        )
        begin = tokenizer.encode("", add_special_tokens=True)
        self._begin = begin[:1] if begin[:1] == [tokenizer.bos_token_id] else []
        self._lead, self._end = self._around()

    def of(self, messages: Sequence[Message]) -> Tokens:
        """The tokens of a chat whose last message is the answer.

        Raises:
            ChatTemplateError: The template refuses it.
        """
        *asked, answer = messages
        prompt: list[int] = []
        for piece in self.prompt(asked):
            prompt += self._cut(piece.text, trusted=piece.trusted)
        if prompt[:1] != self._begin:
            prompt = [*self._begin, *prompt]
        written = [*self._cut(f"{self._lead}{answer.text.strip()}", trusted=False), self._end]
        return Tokens((*prompt, *written), (*[IGNORED] * len(prompt), *written))

    def prompt(self, messages: Sequence[Message]) -> Sequence[Piece]:
        """The prompt for an answer to these messages, as the engine has it.

        Raises:
            ChatTemplateError: The template refuses them.
        """
        return self._template.render(messages).pieces

    def _cut(self, text: str, *, trusted: bool) -> list[int]:
        """The tokens of a text; only a trusted one can hold special tokens, as in the engine."""
        found: list[int] = self._tokenizer.encode(
            text, add_special_tokens=False, split_special_tokens=not trusted
        )
        return found

    def _around(self) -> tuple[str, int]:
        """The white space that the template puts before an answer, and the token behind it.

        The token is the first special one, which ends the turn.
        """
        texts = [secrets.token_hex(16) for _ in range(3)]
        chat = [
            Message("user", texts[0]),
            Message("assistant", texts[1]),
            Message("user", texts[2]),
        ]
        before = self._template.render(chat[:1]).text
        pieces = self._template.render(chat).pieces
        place = next(at for at, piece in enumerate(pieces) if piece.text == texts[1])
        given = "".join(piece.text for piece in pieces[:place])
        lead = given[len(before) :] if given.startswith(before) else ""
        behind = self._cut(pieces[place + 1].text, trusted=True)
        added = self._tokenizer.added_tokens_decoder
        special = {number for number, token in added.items() if token.special}
        found = next((token for token in behind if token in special), self._tokenizer.eos_token_id)
        if found is None:
            raise TrainingError(
                "Nothing in the training model's chat template ends an answer: take a model that "
                "was made for conversations."
            )
        return lead if lead.isspace() else "", int(found)
