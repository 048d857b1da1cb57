"""What can be done by the buttons below an answer or a notice, on every platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from footnote.bot.platforms.base import Verdict
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Outcome


class Action(StrEnum):
    """What a button does: the first word of what names it."""

    CANCEL = "cancel"
    SHOW_PASSAGE = "show_passage"
    FEEDBACK = "feedback"
    SUGGEST = "suggest"
    ASK_PERSON = "ask_person"
    SHARE = "share"
    APPROVE = "approve"
    THREAD = "thread"
    PROMOTE = "promote"
    KEEP = "keep"


LABELS = {
    Action.CANCEL: "Cancel",
    Action.SUGGEST: "Suggest a better answer",
    Action.ASK_PERSON: "Ask a person",
    Action.SHARE: "Share with the channel",
    Action.APPROVE: "Approve",
    Action.THREAD: "Continue in a thread",
    Action.PROMOTE: "Promote",
    Action.KEEP: "Keep",
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What somebody has pressed.

    Attributes:
        question_id: The question whose answer it stands below, or "".
        number: The citation whose passage is wanted, or 0.
        verdict: What the person thinks of the answer, or None.
        author: Whose correction is approved, or "".
        digest: What stands for that correction (see `Approved`), or "".
        adapter: The adapter that is decided about, or "".
    """

    question_id: str
    number: int = 0
    verdict: Verdict | None = None
    author: str = ""
    digest: str = ""
    adapter: str = ""


def offered(outcome: Outcome, options: RenderOptions) -> list[Action]:
    """What can be done about an answer that ended like this, what matters most first.

    What else stands below it belongs to its citations, and to what readers think of it.
    """
    wanted = {
        Action.SUGGEST: options.suggest,
        Action.ASK_PERSON: options.ask_person,
        Action.SHARE: options.share,
        Action.THREAD: options.thread,
    }
    match outcome:
        case Outcome.ANSWERED | Outcome.NOT_IN_SOURCES:
            return [action for action, is_wanted in wanted.items() if is_wanted]
        case Outcome.FAILED if options.ask_person:
            return [Action.ASK_PERSON]
    return []
