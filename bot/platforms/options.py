"""What a deployment, or the place of an answer, decides of how answers look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What stands around an answer.

    Attributes:
        cancel: Whether its asker can cancel it while it is made.
        feedback: Whether readers can say what they think of it.
        suggest: Whether readers can suggest a better answer.
        ask_person: Whether there is a channel of people who can be asked.
        share: Whether only its asker sees it, who may share it with the channel.
        thread: Whether the conversation can go on in a thread of its own.
        messages: So many messages an answer fills at most.
    """

    cancel: bool = True
    feedback: bool = True
    suggest: bool = True
    ask_person: bool = False
    share: bool = False
    thread: bool = False
    messages: int = 12


BY_A_PERSON = RenderOptions(cancel=False, feedback=False, suggest=False)
"""Around an answer that a person gave, of whom it would be rude to say that they did not help."""
