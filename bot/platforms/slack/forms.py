"""The forms that open above a conversation: a passage to read, an answer to make better."""

from __future__ import annotations

import json
from collections.abc import Sequence

from footnote.bot.citations import without_markers
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import Payload
from footnote.bot.platforms.slack.limits import SECTION
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.questions import Answer, Excerpt

SUGGESTION = "suggestion"
INPUT = 3_000
"""Characters that a form's field takes."""

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
    quotes = "\n".join(f"• {_said(item.citation.quote, _AROUND)}" for item in excerpts)
    parts = [
        _context(where),
        *([_context(f"… {first.before[-_AROUND:]}")] if first.before.strip() else []),
        _section(_said(cited.text, _PASSAGE)),
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


def suggestion(answer: Answer) -> JsonObject:
    """The answer, to be edited into a better one."""
    return {
        "type": "modal",
        "callback_id": SUGGESTION,
        "private_metadata": json.dumps({"question": answer.question.id}),
        "title": _plain("A better answer"),
        "submit": _plain("Suggest"),
        "close": _plain("Cancel"),
        "blocks": [
            _context(answer.question.text),
            {
                "type": "input",
                "block_id": SUGGESTION,
                "label": _plain("What should the answer have been?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": SUGGESTION,
                    "multiline": True,
                    "max_length": INPUT,
                    "initial_value": without_markers(answer.text)[:INPUT],
                },
            },
        ],
    }


def suggestion_in(view: Payload) -> str:
    """What was written into the form."""
    return str(view["state"]["values"][SUGGESTION][SUGGESTION]["value"] or "").strip()


def _said(text: str, room: int) -> str:
    said = mrkdwn.spoken(text if len(text) <= room else f"{text[:room]}…")
    return said[:SECTION]


def _section(text: str) -> JsonObject:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}}


def _context(text: str) -> JsonObject:
    said = _said(text, 2 * _AROUND) or " "
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": said, "verbatim": True}]}


def _plain(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text}
