"""What may become an example, and what does not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from footnote.bot.prompts import Draft, build_prompt, is_refusal
from footnote.bot.tuning.examples import Example, Origin


class Why(StrEnum):
    """Why nothing is learned from something; each is a row of what is printed."""

    NOT_JUDGED = "nobody said what they think of the answer"
    DISLIKED = "the answer was not found good"
    NOT_APPROVED = "corrected, and no admin approved the correction"
    NO_ANSWER = "there was no answer to learn from"
    NOT_FOR_ALL = "asked where not everyone can read along whom audiences below [tune] names"
    NOT_SEEN_BY_ALL = "made from what not everyone may see today whom audiences below [tune] names"
    FORGOTTEN_TURN = "goes on from a question that is no longer kept"
    LOST_CITATION = "cites a passage that is no longer found"
    UNSURE = "refused, though something was written for it that failed verification"
    UNSUPPORTED = "says what none of its passages says"
    SECRETS = "holds secrets or personal data that cannot be taken out safely"
    SUPERSEDED = "the same question has a better answer"
    DUPLICATE = "nearly the same as another"
    TOO_MANY_REFUSALS = "one refusal more than its share"
    BROKEN = "cannot be read"


@dataclass(frozen=True, slots=True)
class Left:
    """Something from which nothing is learned.

    Attributes:
        name: What a person finds it by: a question's reference, or a file and a line.
        why: The reason.
        detail: What exactly, or "".
    """

    name: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may become an example.

    Attributes:
        name: What a person finds it by: a question's reference, or a file and a line.
        conversation: Names its conversation, with nothing in it that tells of people or places.
        origin: Where it comes from.
        draft: What its prompt is made of.
        answer: What is wanted, with the prompt's citation numbers.
        question_id: The question that it is made of, or "".
        earlier_ids: The questions whose turns stand in its prompt.
        at: When it was finished, in seconds since the epoch; 0 for what comes from a file.
    """

    name: str
    conversation: str
    origin: Origin
    draft: Draft
    answer: str
    question_id: str = ""
    earlier_ids: tuple[str, ...] = ()
    at: float = 0.0

    @property
    def refuses(self) -> bool:
        """Whether the answer is that the sources do not hold it."""
        return is_refusal(self.answer)

    @property
    def example(self) -> Example:
        """The same as an example, whose id is that of its content."""
        prompt = build_prompt(self.draft)
        messages = [f"{message.role}:{message.text}" for message in prompt.messages]
        passages = sorted((*prompt.earlier, *prompt.passages), key=lambda item: item.number)
        return Example(
            id=digest(self.conversation, self.question_id, *messages, self.answer),
            conversation=self.conversation,
            origin=self.origin,
            question=prompt.question,
            messages=prompt.messages,
            answer=self.answer,
            passages=tuple(dict.fromkeys(passages)),
            question_id=self.question_id,
            earlier_ids=self.earlier_ids,
        )


def digest(*parts: str) -> str:
    """A short name for some texts that tells nothing of them."""
    hashed = sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        hashed.update(len(content).to_bytes(8, "big") + content)
    return hashed.hexdigest()[:16]
