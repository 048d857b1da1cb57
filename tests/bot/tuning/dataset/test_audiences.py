"""Nothing is learned that not everyone may know of whom the settings name.

Who may know what is worked out here from the definitions alone, label by label.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from footnote.bot.audience import Audience, Audiences
from footnote.bot.conversations import conversation_key, turn_of
from footnote.bot.questions import Answer, Block, Citation, Outcome, Question
from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.dataset.permitted import may_be_known
from footnote.bot.turns import Conversation
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.search import Found
from tests.bot.tuning.dataset.team import GOOD, IS_28, LEAVE, TEAM, Team, settings_in, team, why
from tests.library import HANDBOOK, Page, cut

Labels = frozenset[str]

PLACES = {
    "team": TEAM,
    "shared with guests": Audience(frozenset({"slack:C5"}), outsiders=True, public=True),
    "guests alone": Audience(frozenset({"slack:C6"}), outsiders=True),
    "closed": Audience(frozenset({"slack:C9"})),
    "nameless": Audience(),
    "mine": Audience(frozenset({"slack:U7"}), private=True),
    "aside": Audience(frozenset({"slack:C1", "slack:U7"}), private=True, public=True),
    "admin": Audience(frozenset({"slack:U1"}), private=True, admin=True),
}
KNOWN_TO = {
    "team": {"everyone"},
    "shared with guests": {"everyone"},
    "guests alone": {"slack:C6"},
    "closed": {"everyone", "slack:C9"},
}
"""The labels that it takes to know what was asked there; no labels suffice for the others."""

SOURCES = {"open": {"everyone"}, "people": {"group:hr"}, "club": {"slack:C9", "group:hr"}}
RESTRICTIONS: tuple[Labels | None, ...] = (
    None,
    frozenset({"everyone"}),
    frozenset({"group:hr"}),
    frozenset({"slack:C9"}),
    frozenset({"admins"}),
    frozenset(),
    frozenset({"jane"}),
)
TAUGHT: tuple[Labels, ...] = (
    frozenset({"everyone"}),
    frozenset({"everyone", "slack:C9"}),
    frozenset({"everyone", "group:hr"}),
    frozenset({"slack:C6"}),
    frozenset({"slack:C9"}),
    frozenset({"admins"}),
)
PAGES = tuple(
    Page(f"zq{number}x", f"# zq{number}x\n\nThe code is zq{number}x.\n", source, restrictions)
    for number, (source, restrictions) in enumerate(
        (source, restrictions) for source in SOURCES for restrictions in RESTRICTIONS
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a random life.

    Attributes:
        place: Where.
        pages: What its answer was made from.
        before: The questions before it in its conversation.
    """

    place: str
    pages: tuple[Page, ...]
    before: tuple[str, ...]


def _source(name: str, audience: Iterable[str]) -> str:
    labels = ", ".join(f'"{label}"' for label in sorted(audience))
    return f'[sources.{name}]\nkind = "files"\npath = "docs"\naudience = [{labels}]\n'


def _settings(sources: Mapping[str, Iterable[str]], taught: Iterable[str]) -> str:
    written = "".join(_source(name, audience) for name, audience in sources.items())
    labels = ", ".join(f'"{label}"' for label in sorted(taught))
    return f'{written}[groups]\nhr = ["slack:U7"]\n[tune]\naudiences = [{labels}]\n'


def _words(random_: random.Random) -> str:
    return " ".join("".join(random_.choices("abcdefghklmnopqrstu", k=9)) for _ in range(5))


def _answer(question: Question, passages: Iterable[Passage]) -> Answer:
    """An answer that was made from these passages and cites the first."""
    first, *_ = read = tuple(passages)
    text = f"The code is {first.title.lower()}."
    start = first.text.index("The code")
    citation = Citation(1, first, text, first.start + start, first.start + start + len(text))
    found = tuple(Found(passage, 1.0, 1.0, 1.0) for passage in read)
    turns = len(question.conversation.prompted)
    return Answer(
        question,
        Outcome.ANSWERED,
        (Block(f"{text} [1]", citations=(citation,)),),
        passages=found,
        turns=turns,
    )


async def _live(made: Team, random_: random.Random) -> dict[str, Asked]:
    """A while in the life of a team, in which everything is praised; by the ids of questions.

    Anyone may learn the first, so that no life goes by of which nothing can be learned.
    """
    asked: dict[str, Asked] = {}
    conversations: dict[str, tuple[Conversation, tuple[str, ...]]] = {}
    for number in range(40):
        name, place = f"q{number}", random_.choice(list(PLACES)) if number else "team"
        audience = PLACES[place]
        question = Question(
            name,
            _words(random_),
            asker="U7",
            place=f"{place}/{random_.randrange(4)}",
            platform="slack",
            audience=audience,
            readers=Audiences(made.app.settings.members).readers(audience),
        )
        key = conversation_key(question)
        conversation, before = conversations.get(key, (Conversation(), ()))
        pages = tuple(random_.sample(PAGES, random_.choice((1, 1, 1, 2)))) if number else PAGES[:1]
        passages = [passage for page in pages for passage in cut(page)]
        answer = _answer(replace(question, conversation=conversation), passages)
        await made.finish(answer)
        await made.judge(name, GOOD, "U7")
        asked[name] = Asked(place, pages, before)
        if turn := turn_of(answer):
            conversations[key] = (conversation.after(turn), (*before, name)[-6:])
    return asked


def _may_see(page: Page, taught: Labels, sources: Mapping[str, set[str]]) -> bool:
    if not taught & sources.get(page.source, set()):
        return False
    restrictions = page.restrictions
    if restrictions is None or taught & restrictions:
        return True
    nobody = restrictions in (frozenset(), frozenset({"jane"}))
    return "admins" in taught and nobody


def _may_learn(
    name: str, asked: Mapping[str, Asked], taught: Labels, sources: Mapping[str, set[str]]
) -> bool:
    needed = KNOWN_TO.get(asked[name].place)
    together = (name, *asked[name].before)
    return (
        needed is not None
        and needed <= taught
        and all(_may_see(page, taught, sources) for each in together for page in asked[each].pages)
    )


async def test_exactly_what_everyone_may_know_is_learned(tmp_path: Path, seed: int) -> None:
    """Over random lives, for several settings, also after what sources are for has changed.

    No word of another question or page is in any example, and nothing that may be learned is lost.
    """
    random_ = random.Random(seed)  # noqa: S311  a life, not a secret
    async with team(tmp_path, pages=(*PAGES, *HANDBOOK), audiences={}) as made:
        asked = await _live(made, random_)
        learned = 0
        for taught in TAUGHT:
            today = {name: set(labels) for name, labels in SOURCES.items()}
            if taught != TAUGHT[0] and random_.random() < 0.5:
                del today[random_.choice(list(today))]
            made.app = replace(made.app, settings=settings_in(tmp_path, _settings(today, taught)))
            await made.app.store.set_audiences(made.app.settings.audiences)
            examples = (await made.gathered()).examples
            for example in examples:
                told = str(example)
                for page in PAGES:
                    assert f"{page.name}." not in told or _may_see(page, taught, today)
            expected = {name for name in asked if _may_learn(name, asked, taught, today)}
            assert {example.question_id for example in examples} == expected
            learned += len(expected)
    assert learned


@pytest.mark.parametrize("taught", TAUGHT, ids=lambda labels: ",".join(sorted(labels)))
@pytest.mark.parametrize("place", PLACES)
def test_a_question_may_be_known_to_those_who_could_read_along(place: str, taught: Labels) -> None:
    """It takes every label of the place, except where all of the team can read along."""
    audience = PLACES[place]
    readers = Audiences({"hr": frozenset({"slack:U7"})}).readers(audience)
    question = Question("q", "Why?", audience=audience, readers=readers)
    needed = KNOWN_TO.get(place)
    assert may_be_known(question, Readers(taught)) == (needed is not None and needed <= taught)


def test_the_command_line_is_nobody_elses() -> None:
    """What somebody asked who may see everything is known to nobody, whatever the place says."""
    question = Question("q", "Why?", audience=TEAM, readers=ADMIN)
    assert not may_be_known(question, Readers(frozenset({"everyone", "admins"})))


async def test_a_document_that_was_restricted_since_is_not_learned_from(tmp_path: Path) -> None:
    """The restrictions of today count, and a document that is gone is nobody's."""
    async with team(tmp_path) as made:
        name = await made.ask(LEAVE, f"{IS_28} [1]")
        await made.judge(name, GOOD)
        assert (await made.gathered()).examples
        for restrictions in (frozenset({"group:hr"}), frozenset()):
            await made.index(replace(HANDBOOK[0], restrictions=restrictions))
            assert why(await made.gathered()) == {name: Why.NOT_SEEN_BY_ALL}
        await made.index(HANDBOOK[0])
        assert (await made.gathered()).examples
        await made.app.store.delete("handbook", ["handbook:leave.md"])
        assert why(await made.gathered()) == {name: Why.NOT_SEEN_BY_ALL}


async def test_a_document_that_was_opened_since_stays_out_as_it_was(tmp_path: Path) -> None:
    """That a document is for all now does not make what it said before known to all."""
    page = PAGES[0]
    (passage,) = cut(page)
    async with team(tmp_path, _settings(SOURCES, {"everyone"}), pages=[page]) as made:
        for name, restrictions in (("then", frozenset({"group:hr"})), ("now", None)):
            question = Question(name, name, place=name, platform="slack", audience=TEAM)
            await made.finish(_answer(question, [replace(passage, restrictions=restrictions)]))
            await made.judge(name, GOOD)
        found = await made.gathered()
    assert [example.question_id for example in found.examples] == ["now"]
    assert why(found) == {"then": Why.NOT_SEEN_BY_ALL}


async def test_what_was_asked_among_fewer_is_not_learned(tmp_path: Path) -> None:
    """Whatever people said of it: only what was asked where the whole team can read along."""
    async with team(tmp_path) as made:
        for place in ("mine", "aside", "admin", "closed", "nameless"):
            audience = PLACES[place]
            praised = await made.ask(LEAVE, f"{IS_28} [1]", asker="U2", audience=audience)
            await made.judge(praised, GOOD, "U2")
            corrected = await made.ask(LEAVE, f"{IS_28} [1]", asker="U2", audience=audience)
            await made.correct(corrected, IS_28)
            replied = await made.ask(LEAVE, None, asker="U2", audience=audience)
            await made.reply(replied, IS_28)
        for place in PLACES.keys() - {"team", "shared with guests"}:
            await made.ask(LEAVE, None, audience=PLACES[place])
        found = await made.gathered()
    assert not found.examples
    assert set(why(found).values()) == {Why.NOT_FOR_ALL}
    assert len(found.left) == found.questions == 5 * 3 + 6
