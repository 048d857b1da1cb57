"""What opens beside a conversation: a passage to read, and a form for a better answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from footnote.bot.citations import without_markers
from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.discord.buttons import action_of, from_custom_id, to_custom_id
from footnote.bot.platforms.discord.limits import FIELD, HINT, TITLE, shortened
from footnote.bot.platforms.discord.messages import DiscordMessage, JsonObject, as_json
from footnote.bot.platforms.discord.paper import DiscordPaper
from footnote.bot.platforms.discord.safety import plain
from footnote.bot.platforms.pages.packing import pages
from footnote.bot.questions import Answer, Block, Excerpt

SUGGESTION = "suggestion"
"""The name of the form's field."""

_LABEL, _INPUT, _PARAGRAPH = 18, 4, 2
_PASSAGE_COLOUR = 0x5865F2
_PASSAGE, _AROUND, _QUOTES = 3_000, 700, 1_000
_CUT = "*…*"


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


def suggestion(answer: Answer) -> JsonObject | None:
    """The answer, to be edited into a better one; None where its question's id is too long."""
    name = to_custom_id(Action.SUGGEST, Pressed(answer.question.id))
    if name is None:
        return None
    field = {
        "type": _INPUT,
        "custom_id": SUGGESTION,
        "style": _PARAGRAPH,
        "max_length": FIELD,
        "required": True,
    }
    if written := shortened(without_markers(answer.text), FIELD):
        field["value"] = written
    label = {"type": _LABEL, "label": "What should the answer have been?", "component": field}
    if asked := shortened(" ".join(answer.question.text.split()), HINT):
        label["description"] = asked
    return {"title": "A better answer", "custom_id": name, "components": [label]}


def suggested_in(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The id of the question, and what was written into the form; None where it is another form.

    Args:
        data: The `data` of the interaction, as Discord sends it.
    """
    custom_id = str(data.get("custom_id", ""))
    pressed = from_custom_id(custom_id)
    if pressed is None or action_of(custom_id) is not Action.SUGGEST:
        return None
    return pressed.question_id, next(_written(data.get("components", ())), "").strip()


def _written(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is in the field, whether a label is around it or a row."""
    for component in components:
        if component.get("custom_id") == SUGGESTION:
            yield str(component.get("value") or "")
        yield from _written(component.get("components", ()))
        if "component" in component:
            yield from _written((component["component"],))


def _framed(text: str, room: int, *, if_any: str = "x", **about: Any) -> Iterator[JsonObject]:
    """An embed that shows Markdown of a document in which nothing is alive."""
    if not if_any.strip():
        return
    for page in pages([Block(text)], DiscordPaper(room=room, left_out=_CUT), 1):
        yield {**about, "description": page.text}
