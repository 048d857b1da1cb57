"""What opens beside a conversation: a passage to read, and a form for a better answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footnote.bot.citations import without_markers
from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.approvals import APPROVE
from footnote.bot.platforms.discord.buttons import action_of, from_custom_id, to_custom_id
from footnote.bot.platforms.discord.limits import FIELD, HINT, TITLE, shortened
from footnote.bot.platforms.discord.messages import DiscordMessage, JsonObject, as_json
from footnote.bot.platforms.discord.paper import DiscordPaper
from footnote.bot.platforms.discord.replies import dealt
from footnote.bot.platforms.discord.safety import plain
from footnote.bot.platforms.pages.packing import pages
from footnote.bot.questions import Answer, Block, Excerpt

SUGGESTION, APPROVAL = "suggestion", "approval"
"""The names of the form's fields; further ones for the answer have a number behind it."""

FIELDS = 4
"""So many for the answer; a form holds five."""

PIECE = 3_600
"""So much of an answer is put into one field."""

_LABEL, _INPUT, _SELECT, _PARAGRAPH = 18, 4, 3, 2
_PASSAGE_COLOUR = 0x5865F2
_PASSAGE, _AROUND, _QUOTES = 3_000, 700, 1_000
_CUT = "*…*"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What was written into the form for a better answer.

    Attributes:
        question_id: The question.
        text: What the answer should have been.
        approve: Whether it shall be approved at once.
    """

    question_id: str
    text: str
    approve: bool = False


def passage(number: int, excerpts: Sequence[Excerpt]) -> DiscordMessage:
    """A passage in its surroundings, and the words that were cited, each framed.

    Args:
        number: The citation's number.
        excerpts: At least one quote of the same passage.
    """
    first = excerpts[0]
    cited = first.citation.passage
    where = f"{cited.context}, {cited.place}" if cited.place else cited.context
    quotes = "\n".join(f"- {plain(item.citation.quote)}" for item in excerpts)
    embeds = [
        *_framed(f"… {first.before[-_AROUND // 2 :]}", _AROUND, if_any=first.before),
        *_framed(
            cited.text,
            _PASSAGE,
            title=shortened(f"[{number}] {plain(where)}", TITLE),
            color=_PASSAGE_COLOUR,
        ),
        *_framed(f"{first.after[: _AROUND // 2]} …", _AROUND, if_any=first.after),
        *_framed(quotes, _QUOTES, title="Cited"),
    ]
    return DiscordMessage("", embeds=as_json(embeds), final=True)


def suggestion(answer: Answer, *, admin: bool) -> JsonObject | None:
    """The answer, to be edited into a better one; None where its question's id is too long.

    Args:
        answer: The answer.
        admin: Whether who will see the form can approve what they write.
    """
    name = to_custom_id(Action.SUGGEST, Pressed(answer.question.id))
    if name is None:
        return None
    fields = list(_answer_fields(without_markers(answer.text)))
    if asked := shortened(" ".join(answer.question.text.split()), HINT):
        fields[0]["description"] = asked
    components = [*fields, *([_approval()] if admin else [])]
    return {"title": "A better answer", "custom_id": name, "components": components}


def suggested_in(data: Mapping[str, Any]) -> Suggested | None:
    """What was written into the form; None where it is another form.

    Args:
        data: The `data` of the interaction, as Discord sends it.
    """
    custom_id = str(data.get("custom_id", ""))
    pressed = from_custom_id(custom_id)
    if pressed is None or action_of(custom_id) is not Action.SUGGEST:
        return None
    texts, approve = [], False
    for field in _fields(data.get("components", ())):
        if field["custom_id"] == APPROVAL:
            approve = field.get("values") == [APPROVAL]
        elif str(field["custom_id"]).partition(":")[0] == SUGGESTION:
            texts.append(str(field.get("value") or ""))
    text = "\n".join(text for text in texts if text.strip()).strip()
    return Suggested(pressed.question_id, text, approve=approve)


def _answer_fields(text: str) -> Iterator[JsonObject]:
    """The answer in as many fields as it takes, with room to write in each."""
    pieces = dealt(text, PIECE)
    if len(pieces) > FIELDS:
        pieces = [*pieces[: FIELDS - 1], f"{pieces[FIELDS - 1]}\n…"]
    for number, piece in enumerate(pieces):
        field = {
            "type": _INPUT,
            "custom_id": f"{SUGGESTION}:{number}" if number else SUGGESTION,
            "style": _PARAGRAPH,
            "max_length": FIELD,
            "required": not number,
        }
        if piece:
            field["value"] = piece
        label = "And then?" if number else "What should the answer have been?"
        yield {"type": _LABEL, "label": label, "component": field}


def _fields(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The fields of a form, whether a label is around them or a row."""
    for component in components:
        if "custom_id" in component:
            yield component
        yield from _fields(component.get("components", ()))
        if "component" in component:
            yield from _fields((component["component"],))


def _approval() -> JsonObject:
    """A choice that may be left open: no client of Discord lacks menus in forms."""
    menu = {
        "type": _SELECT,
        "custom_id": APPROVAL,
        "required": False,
        "min_values": 0,
        "max_values": 1,
        "placeholder": "Only suggest it",
        "options": [{"label": APPROVE, "value": APPROVAL}],
    }
    return {"type": _LABEL, "label": "For admins", "component": menu}


def _framed(text: str, room: int, *, if_any: str = "x", **about: Any) -> Iterator[JsonObject]:
    """An embed that shows Markdown of a document in which nothing is alive."""
    if not if_any.strip():
        return
    for page in pages([Block(text)], DiscordPaper(room=room, left_out=_CUT), 1):
        yield {**about, "description": page.text}
