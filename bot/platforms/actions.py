"""What can be done with an answer by the buttons below it, on every platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from footnote.bot.platforms.base import Verdict


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


LABELS = {
    Action.CANCEL: "Cancel",
    Action.SUGGEST: "Suggest a better answer",
    Action.ASK_PERSON: "Ask a person",
    Action.SHARE: "Share with the channel",
    Action.APPROVE: "Approve",
    Action.THREAD: "Continue in a thread",
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What somebody has pressed.

    Attributes:
        question_id: The question whose answer it stands below.
        number: The citation whose passage is wanted, or 0.
        verdict: What the person thinks of the answer, or None.
        author: Whose correction is approved, or "".
        digest: What stands for that correction (see `Approved`), or "".
    """

    question_id: str
    number: int = 0
    verdict: Verdict | None = None
    author: str = ""
    digest: str = ""
