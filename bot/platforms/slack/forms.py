"""The forms that open above a conversation: a passage to read, an answer to make better."""

from __future__ import annotations

import json
from collections.abc import Sequence

from footnote.bot.citations import without_markers
from footnote.bot.platforms.approvals import APPROVE
from footnote.bot.platforms.slack.events import Payload
from footnote.bot.platforms.slack.limits import SECTION
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.platforms.slack.replying import dealt
from footnote.bot.platforms.slack.shortening import spoken_within
from footnote.bot.questions import Answer, Excerpt

SUGGESTION, APPROVAL = "suggestion", "approval"
INPUT = 3_000
"""Characters that a form's field takes."""

PIECE = 2_400
"""So much of an answer is put into one field, which leaves room to write more."""

_AROUND = 900
_PASSAGE = 2_600


def passage(number: int, excerpts: Sequence[Excerpt]) -> JsonObject:
    """A passage in its surroundings, and the words that were cited.

    Args:
        number: The citation's number.
        excerpts: At least one quote of the same passage.
    """
    first = excerpts[0]
    cited = first.citation.passage
    where = f"{cited.context}, {cited.place}" if cited.place else cited.context
    room = _PASSAGE // len(excerpts)
    quotes = "\n".join(f"• {spoken_within(item.citation.quote, room)}" for item in excerpts)
    parts = [
        _context(where),
        *([_context(f"… {first.before[-_AROUND:]}")] if first.before.strip() else []),
        _section(spoken_within(cited.text, SECTION)),
        *([_context(f"{first.after[:_AROUND]} …")] if first.after.strip() else []),
        {"type": "divider"},
        _section(f"*Cited:*\n{quotes}"),
    ]
    return {
        "type": "modal",
        "title": _plain(f"Source [{number}]"),
        "close": _plain("Close"),
        "blocks": parts,
    }


def suggestion(answer: Answer, *, admin: bool) -> JsonObject:
    """The answer, to be edited into a better one, in as many fields as it takes.

    Args:
        answer: The answer.
        admin: Whether who will see the form can approve what they write.
    """
    pieces = dealt(without_markers(answer.text), PIECE)
    return {
        "type": "modal",
        "callback_id": SUGGESTION,
        "private_metadata": json.dumps({"question": answer.question.id}),
        "title": _plain("A better answer"),
        "submit": _plain("Suggest"),
        "close": _plain("Cancel"),
        "blocks": [
            _context(answer.question.text),
            *(_field(number, piece) for number, piece in enumerate(pieces)),
            *([_approval()] if admin else []),
        ],
    }


def question_in(view: Payload) -> str:
    """The id of the question that a form is about."""
    return str(json.loads(view["private_metadata"])["question"])


def suggestion_in(view: Payload) -> str:
    """What was written into all fields of the form, one below the other."""
    said = {
        name: str(fields[name]["value"] or "")
        for fields in view["state"]["values"].values()
        for name in fields
        if name.partition(":")[0] == SUGGESTION
    }
    ordered = sorted(said, key=lambda name: int(name.partition(":")[2] or 0))
    return "\n".join(said[name] for name in ordered if said[name].strip()).strip()


def approval_in(view: Payload) -> bool:
    """Whether what was written shall be approved at once."""
    given = view["state"]["values"].get(APPROVAL, {}).get(APPROVAL, {})
    return bool(given.get("selected_options"))


def _field(number: int, piece: str) -> JsonObject:
    name = f"{SUGGESTION}:{number}" if number else SUGGESTION
    more = {"initial_value": piece} if piece else {}
    return {
        "type": "input",
        "block_id": name,
        "optional": bool(number),
        "label": _plain("And then?" if number else "What should the answer have been?"),
        "element": {
            "type": "plain_text_input",
            "action_id": name,
            "multiline": True,
            "max_length": INPUT,
            **more,
        },
    }


def _approval() -> JsonObject:
    return {
        "type": "input",
        "block_id": APPROVAL,
        "optional": True,
        "label": _plain("For admins"),
        "element": {
            "type": "checkboxes",
            "action_id": APPROVAL,
            "options": [{"text": _plain(APPROVE), "value": APPROVAL}],
        },
    }


def _section(text: str) -> JsonObject:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> JsonObject:
    said = spoken_within(text, 2 * _AROUND) or " "
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": said, "verbatim": True}]}


def _plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text}
