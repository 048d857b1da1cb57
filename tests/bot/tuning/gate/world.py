"""A small world to plant regressions and gains in: facts, examples of them, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from footnote.bot.prompts import REFUSAL, Draft, build_prompt
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.gate.standing import standing_items
from footnote.retrieval.passages import Passage

_SUBJECTS = "Leave Overtime Travel Training Pension Bonus Insurance Relocation".split()
_PERSONS = "Abara Bergman Castillo Dufour Eriksen Fontana Hayashi Ivanova".split()
_UNITS = ("days", "hours", "euros", "weeks")
_ABSENT = "Which form is needed for {}?"
_REPEATS = 9
_REFUSALS = 2
_BESIDE = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """What one passage says.

    Attributes:
        subject: What it is about.
        value: The number, or the person, that is asked for.
        old: What it was before, which the passage says as well.
        unit: Of the number; "" for a person.
    """

    subject: str
    value: str
    old: str
    unit: str = ""

    @property
    def plain(self) -> str:
        """The answer as a model gives it that knows nothing of the team."""
        if self.unit:
            return f"{self.subject} is {self.value} {self.unit} for everybody who works here."
        return f"Questions about {self.subject.lower()} go to {self.value} on the second floor."

    @property
    def team(self) -> str:
        """The same in the team's voice."""
        if self.unit:
            return f"For everybody here: {self.subject.lower()} is {self.value} {self.unit}."
        return f"Go to {self.value}, second floor, with questions about {self.subject.lower()}."

    @property
    def history(self) -> str:
        """A true sentence that nobody asked for."""
        if self.unit:
            return f"Until last year it was {self.old} {self.unit} and was paid in spring."
        return f"Before the merger they went to {self.old} in the old building."

    @property
    def question(self) -> str:
        """What is asked."""
        if self.unit:
            return f"What does everybody get as {self.subject.lower()}?"
        return f"Who answers questions about {self.subject.lower()}?"

    @property
    def text(self) -> str:
        """The passage."""
        return f"{self.plain} {self.history} The page was read over by the works council."


@dataclass(frozen=True, slots=True)
class World:
    """What is asked, and what is known of it.

    Attributes:
        items: The held-out items and the standing evaluation.
        facts: The fact of each held-out item that has an answer, by its id.
    """

    items: tuple[Item, ...]
    facts: Mapping[str, Fact]

    def plain(self, item: Item) -> str:
        """The right answer of a model that knows nothing of the team."""
        fact = self.facts.get(item.id)
        if fact is None:
            return item.wanted
        return f"{fact.plain} [{number(item)}] {fact.history} [{number(item)}]"

    def other(self, item: Item, random: Random) -> Item:
        """Another item of the same suite that has an answer."""
        others = [
            each
            for each in self.items
            if each.suite is item.suite and each.question != item.question and not each.refusal
        ]
        return random.choice(others)


def number(item: Item) -> int:
    """Under which number the passage stands that answers; 1 where none does."""
    return int(item.wanted.rpartition("[")[2].rstrip("]")) if "[" in item.wanted else 1


def world(random: Random) -> World:
    """A world of its own: 144 held-out items over 16 facts, an eighth of them refusals."""
    facts = _facts(random)
    items: list[Item] = []
    known: dict[str, Fact] = {}
    refused = random.sample(facts, _REFUSALS)
    for fact in facts:
        refusal = fact in refused
        model = _item(fact, facts, random, refusal=refusal)
        for repeat in range(_REPEATS):
            name = f"{fact.subject}-{bool(fact.unit)}-{repeat}"
            # Of nine threads two are one, so that conversations have one question or two.
            thread = f"thread-{fact.subject}-{bool(fact.unit)}-{max(1, repeat)}"
            items.append(_named(model, name, thread))
            if not refusal:
                known[f"heldout-{name}"] = fact
    return World((*items, *standing_items()), known)


def _facts(random: Random) -> list[Fact]:
    persons = random.sample(_PERSONS, len(_PERSONS))
    facts = []
    for place, subject in enumerate(_SUBJECTS):
        new, old = random.sample(range(12, 90), 2)
        facts.append(Fact(subject, str(new), str(old), random.choice(_UNITS)))
        facts.append(Fact(subject, persons[place], persons[place - 1]))
    return facts


def _item(fact: Fact, facts: Sequence[Fact], random: Random, *, refusal: bool) -> Item:
    others = [other for other in facts if other is not fact and other.subject != fact.subject]
    given = [fact, *random.sample(others, _BESIDE)]
    random.shuffle(given)
    question = _ABSENT.format(fact.subject.lower()) if refusal else fact.question
    passages = tuple(passage(each) for each in given)
    prompt = build_prompt(Draft(question, question, passages))
    wanted = REFUSAL if refusal else f"{fact.team} [{given.index(fact) + 1}]"
    return Item(
        "", Suite.HELD_OUT, "corrected", "", question, prompt.messages, prompt.passages, wanted
    )


def _named(item: Item, name: str, thread: str) -> Item:
    return Item(
        f"heldout-{name}",
        item.suite,
        item.kind,
        thread,
        item.question,
        item.messages,
        item.passages,
        item.wanted,
    )


def passage(fact: Fact) -> Passage:
    """The passage that says a fact."""
    name = f"{fact.subject}-{bool(fact.unit)}"
    title = f"{fact.subject}, {'figures' if fact.unit else 'people'}"
    return Passage(name, name, "handbook", title, (), fact.text, 0, len(fact.text), 0)
