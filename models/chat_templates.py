"""Chat templates: from messages to a prompt in which no text can pass for the template's own.

A GGUF file brings its template, in Jinja. The text of messages is never rendered: an unguessable
stand-in takes the place of each one, and the rendered prompt is cut where the stand-ins are. What
lies between them is the template's, tokenised with special tokens on; the messages' own text is
put back as pieces to be tokenised with special tokens off. So nothing that a document, a question
or an earlier answer holds can end its turn or begin another, whatever template it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from footnote.models.chat_jinja import ChatEnvironment
from footnote.models.errors import ChatTemplateError
from footnote.models.generation import Message, Role
from footnote.models.thoughts import Marks, opened_by

TEMPLATE_KEY = "tokenizer.chat_template"
"""Where a GGUF file has its template."""

NO_THINKING: Mapping[str, object] = {"enable_thinking": False, "thinking": False}
"""What templates of thinking models call the wish for an answer without thoughts."""
LITTLE_THINKING: Mapping[str, object] = {**NO_THINKING, "reasoning_effort": "low"}
"""The same for models that cannot do without; a few templates refuse this effort's name."""

_LONGEST_REASON = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt.

    Attributes:
        text: Its text; never empty.
        trusted: It is the template's own: tokenise it with special tokens on, anything else off.
    """

    text: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt.

    Attributes:
        pieces: Its parts in order; where the template names a token that begins the text, the
            first one begins with it.
        opened: The marks of a thought that the template has opened for the model, or None.
    """

    pieces: tuple[Piece, ...]
    opened: Marks | None = None

    @property
    def text(self) -> str:
        """The whole prompt, for people to read."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One message as the template gets it: a role, and texts with empty lines between."""

    role: Role
    texts: tuple[str, ...]


def here_and_now() -> datetime:
    """The time of this machine's zone."""
    return datetime.now().astimezone()


class ChatTemplate:
    """A compiled template."""

    def __init__(
        self,
        source: str,
        *,
        bos: str = "",
        eos: str = "",
        now: Callable[[], datetime] = here_and_now,
    ) -> None:
        """Compile a template.

        Args:
            source: Its Jinja.
            bos: Text of the token that begins a text.
            eos: Text of the token that ends one.
            now: The time, for templates that tell the model today's date.

        Raises:
            ChatTemplateError: It is no Jinja.
        """
        try:
            self._template = ChatEnvironment(now).from_string(source)
        except Exception as error:  # the source is anybody's, and Jinja has more than one error
            raise ChatTemplateError(
                f"The model's chat template cannot be read ({_reason(error)}): choose another "
                "file of this model, or another model."
            ) from error
        self._tokens = {"bos_token": bos, "eos_token": eos}

    def render(self, messages: Sequence[Message]) -> Rendered:
        """The prompt for the next message of the assistant.

        White space around a message is left out, as most templates do. Where a template knows no
        system message, its text goes before that of the first question.

        Args:
            messages: The conversation so far.

        Raises:
            ChatTemplateError: The template refuses them, leaves one out, repeats or changes it.
        """
        turns = [_Turn(message.role, (message.text.strip(),)) for message in messages]
        shapes = (turns, _with_system_in_question(turns))
        refusals: list[ChatTemplateError] = []
        for wish, in_parts, shape in product((LITTLE_THINKING, NO_THINKING), (False, True), shapes):
            try:
                return self._rendered(shape, wish, in_parts=in_parts)
            except ChatTemplateError as error:
                refusals.append(error)
        raise refusals[0]

    def _rendered(
        self, turns: Sequence[_Turn], wish: Mapping[str, object], *, in_parts: bool
    ) -> Rendered:
        """Render one way.

        Args:
            turns: The messages.
            wish: Variables that ask for no thoughts.
            in_parts: Give each content as a list of parts, as templates for pictures want it.
        """
        texts = {_stand_in(text): text for turn in turns for text in turn.texts if text}
        names = iter(texts)
        contents = [
            "\n\n".join(next(names) if text else "" for text in turn.texts) for turn in turns
        ]
        given = [
            {"role": turn.role, "content": _content(content, in_parts=in_parts)}
            for turn, content in zip(turns, contents, strict=True)
        ]
        try:
            prompt = self._template.render(
                messages=given, add_generation_prompt=True, **self._tokens, **wish
            )
        except Exception as error:  # a template is anybody's program and can raise anything
            raise ChatTemplateError(
                f"The model's chat template cannot be filled in ({_reason(error)}): choose "
                "another file of this model, or another model."
            ) from error
        pieces = _cut(prompt, texts)
        last = pieces[-1] if pieces else Piece("", trusted=True)
        return Rendered(tuple(pieces), opened_by(last.text) if last.trusted else None)


def chat_template_of(metadata: Mapping[str, str], *, bos: str, eos: str) -> ChatTemplate:
    """The template that a GGUF file brings.

    Args:
        metadata: The file's metadata.
        bos: Text of the token that begins a text.
        eos: Text of the token that ends one.

    Raises:
        ChatTemplateError: It brings none, or one that is no Jinja.
    """
    source = metadata.get(TEMPLATE_KEY, "")
    if not source.strip():
        raise ChatTemplateError(
            "The model's file has no chat template, so it was not made for conversations: choose "
            "an instruct model, such as one of those that footnote models list names."
        )
    return ChatTemplate(source, bos=bos, eos=eos)


def _with_system_in_question(turns: Sequence[_Turn]) -> list[_Turn]:
    """The same without system messages: their texts stand before the next question's."""
    kept: list[_Turn] = []
    waiting: tuple[str, ...] = ()
    for turn in turns:
        if turn.role == "system":
            waiting += turn.texts
        elif turn.role == "user" and waiting:
            kept.append(_Turn("user", (*waiting, *turn.texts)))
            waiting = ()
        else:
            kept.append(turn)
    return [*kept, _Turn("user", waiting)] if waiting else kept


def _stand_in(text: str) -> str:
    r"""What takes a text's place in the template: nobody can guess it, and every change shows.

    It has both cases, quotes, a backslash, a line break, two spaces and characters of HTML, so that
    a filter which would change the text changes it too; and it is as long as the text, so that a
    template which cuts long texts cuts it too.
    """
    begin, end = (f"Text{secrets.token_hex(16)}" for _ in range(2))
    middle = "\"'\\\n  <é&>"
    return f"{begin}{middle}{'.' * (len(text) - len(begin + middle + end))}{end}"


def _content(text: str, *, in_parts: bool) -> object:
    return [{"type": "text", "text": text}] if in_parts else text


def _cut(prompt: str, texts: Mapping[str, str]) -> list[Piece]:
    """The prompt in pieces, with the texts in the places of their stand-ins.

    Raises:
        ChatTemplateError: A stand-in is not there exactly once.
    """
    for name in texts:
        if (found := prompt.count(name)) != 1:
            did = "repeats a message" if found else "leaves out or changes a message"
            raise ChatTemplateError(
                f"The model's chat template {did}, so that answers could not be trusted: choose "
                "another file of this model, or another model."
            )
    pieces: list[Piece] = []
    end = 0
    for name in sorted(texts, key=prompt.index):
        start = prompt.index(name)
        pieces += [Piece(prompt[end:start], trusted=True), Piece(texts[name], trusted=False)]
        end = start + len(name)
    pieces.append(Piece(prompt[end:], trusted=True))
    return [piece for piece in pieces if piece.text]


def _reason(error: Exception) -> str:
    """What an error says, on one line and not too long."""
    said = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return said if len(said) <= _LONGEST_REASON else f"{said[: _LONGEST_REASON - 1]}…"
