"""Random teams: sources, documents, places and what happens there, and who may see what.

Who may see what is worked out here from the definitions alone, person by person and label by label,
without a line of the code under test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from footnote.bot.audience import Audience
from tests.library import Page

Labels = frozenset[str]

TOPICS = ("harbour", "garden")
SOURCES = ("alpha", "beta", "gamma")
PLATFORM = ("slack:C1", "slack:C2", "slack:C3", "slack:U1", "slack:U2", "slack:U3", "slack:role:9")
GROUPS = ("hr", "it")
LABELS = ("everyone", "admins", "group:hr", "group:it", *PLATFORM)
"""All labels that anybody may ever carry."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asks, and who sees it.

    Attributes:
        id: The platform's id of the place.
        asker: Who asks.
        audience: Who sees the answer.
        terminal: Whether it is the local command line.
    """

    id: str
    asker: str
    audience: Audience
    terminal: bool = False

    @property
    def conversation(self) -> tuple[str, str]:
        """Which conversation it belongs to: that of all who are there, or of one of them."""
        return self.id, self.asker if self.audience.private else ""


def _audience(*labels: str, private: bool = False, admin: bool = False) -> Audience:
    return Audience(frozenset(labels), private=private, admin=admin)


PLACES = {
    "channel": Place("C1", "U1", Audience(frozenset({"slack:C1"}), public=True)),
    "channel of admins": Place(
        "C1", "U2", Audience(frozenset({"slack:C1"}), admin=True, public=True)
    ),
    "channel with guests": Place("C1", "U3", Audience(frozenset({"slack:C1"}), outsiders=True)),
    "closed channel": Place("C2", "U1", _audience("slack:C2")),
    "closed channel of admins": Place("C2", "U2", _audience("slack:C2", admin=True)),
    "shared channel": Place(
        "C3", "U3", Audience(frozenset({"slack:C3"}), outsiders=True, public=True)
    ),
    "member": Place("D1", "U1", _audience("slack:U1", "slack:role:9", private=True)),
    "admin": Place("D2", "U2", _audience("slack:U2", private=True, admin=True)),
    "former admin": Place("D2", "U2", _audience("slack:U2", private=True)),
    "guest": Place("D3", "U3", Audience(frozenset({"slack:U3"}), private=True, outsiders=True)),
    "aside": Place("C1", "U1", _audience("slack:C1", "slack:U1", private=True)),
    "aside to an admin": Place("C1", "U2", _audience("slack:C1", private=True, admin=True)),
    "terminal": Place("terminal", "", Audience(private=True), terminal=True),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say at one time.

    Attributes:
        audiences: Who may see each source that there is.
        groups: The members of each group that there is.
    """

    audiences: Mapping[str, Labels]
    groups: Mapping[str, Labels]


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks.

    Attributes:
        place: The name of the place.
        topic: What about; "" for what no document holds.
        quote: Whether the answer is quoted, and not made by the worst of generators.
        passages: How many passages it is made from.
    """

    place: str
    topic: str
    quote: bool = False
    passages: int = 1


Step = Ask | Rules


@dataclass(frozen=True, slots=True)
class World:
    """Documents, and what happens.

    The name of each page stands in its title, link and text, and nowhere else.
    """

    pages: tuple[Page, ...]
    rules: Rules
    steps: tuple[Step, ...]


def carries(place: Place, label: str, groups: Mapping[str, Labels]) -> bool:
    """Whether all who can see an answer in this place carry a label."""
    team = not place.audience.outsiders
    if label == "everyone":
        return team
    if label == "admins":
        return team and place.audience.admin and place.audience.private
    if label.startswith("group:"):
        members = groups.get(label.removeprefix("group:"), ())
        return any(member in place.audience.labels for member in members)
    return label in place.audience.labels


def may_see(place: Place, page: Page, rules: Rules) -> bool:
    """Whether all who can see an answer in this place may see a page."""
    if place.terminal:
        return True
    for_whom = rules.audiences.get(page.source, ())
    if not any(carries(place, label, rules.groups) for label in for_whom):
        return False
    if page.restrictions is None:
        return True
    if any(carries(place, label, rules.groups) for label in page.restrictions):
        return True
    there_are = {f"group:{name}" for name in rules.groups} | {"everyone", "admins", *PLATFORM}
    nobody = not any(label in there_are for label in page.restrictions)
    return nobody and carries(place, "admins", rules.groups)


def may_know(viewer: Place, now: Rules, asked: Place, then: Rules) -> bool:
    """Whether all who can see a report in one place may know what was asked in another."""
    if viewer.terminal:
        return True
    if asked.terminal:
        return False
    if asked.audience.public and carries(viewer, "everyone", now.groups):
        return True
    needed = [label for label in LABELS if carries(asked, label, then.groups)]
    return all(carries(viewer, label, now.groups) for label in needed)


def _labels(*more: str, least: int = 0) -> st.SearchStrategy[Labels]:
    often = ("everyone",) * 5 + ("admins", "group:hr", "group:it", "slack:C1")
    return st.frozensets(st.sampled_from((*often, *PLATFORM, *more)), min_size=least, max_size=3)


MEMBERS = st.frozensets(st.sampled_from(PLATFORM), min_size=1, max_size=3)
RULES = st.builds(
    Rules,
    st.fixed_dictionaries(
        {"alpha": _labels(least=1), "beta": _labels(least=1)}, optional={"gamma": _labels(least=1)}
    ),
    st.fixed_dictionaries({}, optional=dict.fromkeys(GROUPS, MEMBERS)),
)
UNMET = st.sampled_from((frozenset({"group:hr"}), frozenset({"group:it"}), frozenset({"jane"})))
NEIGHBOURS = (
    sorted(PLACES),
    *(sorted(name for name, place in PLACES.items() if place.id == id_) for id_ in ("C1", "D2")),
)
"""Places to choose from: any, or those that share their messages, where memory has most to lose."""
RESTRICTIONS = st.none() | st.just(frozenset({"everyone"})) | UNMET | _labels("group:ghost")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A team with some pages on each topic, and a while in its life in a few places."""
    owners = st.tuples(st.sampled_from(SOURCES), RESTRICTIONS)
    pages = tuple(
        Page(
            f"zq{n}x",
            f"# zq{n}x\n\nThe code of the {TOPICS[n % 2]} is zq{n}x.\n",
            source,
            restrictions,
        )
        for n, (source, restrictions) in enumerate(draw(st.lists(owners, min_size=4, max_size=7)))
    )
    near = draw(st.sampled_from(NEIGHBOURS))
    places = draw(st.lists(st.sampled_from(near), min_size=2, max_size=4, unique=True))
    asked = st.builds(
        Ask,
        st.sampled_from(places),
        st.sampled_from((*TOPICS, *TOPICS, "")),
        st.sampled_from((False, False, False, True)),
        st.integers(1, 2),
    )
    kinds: tuple[st.SearchStrategy[Step], ...] = (asked, asked, asked, RULES)
    step = st.sampled_from(kinds).flatmap(lambda kind: kind)
    steps = draw(st.lists(step, min_size=5, max_size=10))
    return World(pages, draw(RULES), tuple(steps))
