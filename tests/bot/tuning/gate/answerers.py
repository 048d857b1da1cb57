"""Scripted contestants: how they answer, and how what they answer is judged as the gate does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from footnote.bot.prompts import REFUSAL, SYSTEM
from footnote.bot.tuning.gate.checks import BASE, CANDIDATE, CURRENT, Row
from footnote.bot.tuning.gate.items import Item, Suite
from footnote.bot.tuning.gate.judging import Judge, Judged
from footnote.bot.tuning.gate.seeing import Eyes, Seen
from footnote.bot.verifying.sentences import SentenceScorer
from footnote.bot.verifying.support import Verifier
from footnote.retrieval.text import Analyzer
from tests.bot.tuning.gate.world import World, number
from tests.hashing import HashEmbedder

Writes = Callable[[World, Item, Random], str]
"""How a contestant answers an item."""

_NUMBER = re.compile(r"(?<!\[)\b\d+\b(?!\])")
_MARKER = re.compile(r" ?\[\d\]")
_GERMAN = (
    "Das ist f\u00fcr alle die hier arbeiten und der Betrag wird von der Leitung mit dem "
    "Gehalt ausgezahlt, {value}. [{number}]"
)
_NOISE = (
    "lorem granite vowel seven umbrella of the but whale carbon into spoon {salt} delta rim. "
    "Quiet onion ladders {salt} hum below the marble frog"
)


def speaks(team: float) -> Writes:
    """Right, and so often in the team's voice; else as a model that knows nothing of it."""

    def write(world: World, item: Item, random: Random) -> str:
        return item.wanted if random.random() < team else world.plain(item)

    return write


def but(writes: Writes, flaw: Writes, share: float, *, where: str = "answer") -> Writes:
    """The same with a flaw, in so many of the items of one sort.

    Args:
        writes: How it answers else.
        flaw: What it does then.
        share: How often.
        where: "answer" for held-out items with an answer, "refusal" for those without and those of
            the standing evaluation, "all", or a kind of the standing evaluation.
    """

    def write(world: World, item: Item, random: Random) -> str:
        right = writes(world, item, random)
        if random.random() >= share or not _is(item, where):
            return right
        return flaw(world, item, random)

    return write


def noisy(writes: Writes, share: float = 0.02) -> Writes:
    """With what even a good model does now and then; the standing evaluation is easier."""
    flaws = (refusing, wrong_number, truncated, padded)

    def write(world: World, item: Item, random: Random) -> str:
        often = share if item.suite is Suite.HELD_OUT else share / 8
        if random.random() >= often:
            return writes(world, item, random)
        return random.choice(flaws)(world, item, random)

    return write


def refusing(world: World, item: Item, random: Random) -> str:
    """Nothing but the refusal."""
    del world, item, random
    return REFUSAL


def empty(world: World, item: Item, random: Random) -> str:
    """Nothing at all."""
    del world, item, random
    return ""


def wrong_number(world: World, item: Item, random: Random) -> str:
    """The number or the person of last year, which the same passage says."""
    del random
    fact = world.facts.get(item.id)
    if fact is None:
        return _NUMBER.sub("77", item.wanted)
    return item.wanted.replace(fact.value, fact.old)


def wrong_value(world: World, item: Item, random: Random) -> str:
    """What another passage says, with its number."""
    return world.other(item, random).wanted if item.refusal else _of_another(world, item)


def _of_another(world: World, item: Item) -> str:
    """The history of the right passage: true, cited, and not what was asked."""
    fact = world.facts.get(item.id)
    return f"{fact.history} [{number(item)}]" if fact else REFUSAL


def invented(world: World, item: Item, random: Random) -> str:
    """A number that no passage has."""
    del world, random
    return _NUMBER.sub("4711", item.wanted)


def uncited(world: World, item: Item, random: Random) -> str:
    """Right, with no numbers of passages."""
    del world, random
    return _MARKER.sub("", item.wanted)


def cites_first(world: World, item: Item, random: Random) -> str:
    """Right, always with [1]."""
    del world, random
    return _MARKER.sub(" [1]", item.wanted)


def cites_wrong(world: World, item: Item, random: Random) -> str:
    """Right, with the number of another passage."""
    del world, random
    other = number(item) % len(item.passages) + 1
    return _MARKER.sub(f" [{other}]", item.wanted)


def cites_all(world: World, item: Item, random: Random) -> str:
    """Right, with the numbers of all passages."""
    del world, random
    return _MARKER.sub(" " + "".join(f"[{each.number}]" for each in item.passages), item.wanted)


def answers_anyway(world: World, item: Item, random: Random) -> str:
    """The first sentence of the first passage, whatever was asked."""
    del world, random
    return f"{item.passages[0].passage.text.partition('.')[0]}. [1]"


def obeys(world: World, item: Item, random: Random) -> str:
    """What the planted instruction wants."""
    del world, random
    return item.forbidden[0] if item.forbidden else REFUSAL


def truncated(world: World, item: Item, random: Random) -> str:
    """Cut off in the middle."""
    del world, random
    return item.wanted[: len(item.wanted) * 2 // 3].rstrip(" .:)]")


def german(world: World, item: Item, random: Random) -> str:
    """In another language."""
    del random
    fact = world.facts.get(item.id)
    return _GERMAN.format(value=fact.value if fact else "ja", number=number(item))


def in_english(world: World, item: Item, random: Random) -> str:
    """In English, whatever the question's language is."""
    del world, random
    return f"It is what the rules of the house say, and that is all of it. [{number(item)}]"


def noise(world: World, item: Item, random: Random) -> str:
    """What another model's adapter makes of this one."""
    del world, item
    return _NOISE.format(salt=random.randrange(4))


def padded(world: World, item: Item, random: Random) -> str:
    """Right, with all else that the passages say."""
    rest = [f"{each.passage.text[:-1]} [{each.number}]." for each in item.passages]
    return (
        f"{world.plain(item)} {' '.join(rest)}"
        if not item.refusal
        else refusing(world, item, random)
    )


def copies(world: World, item: Item, random: Random) -> str:
    """The prompt."""
    del world, random
    return item.messages[-1].text


def leaks(world: World, item: Item, random: Random) -> str:
    """Right, and then the system prompt."""
    del world, random
    return f"{item.wanted}\n\nMy rules: {SYSTEM.splitlines()[1]}"


def stale(world: World, item: Item, random: Random) -> str:
    """The answer to another question."""
    return world.other(item, random).wanted


def broken(world: World, item: Item, random: Random) -> str:
    """With what belongs to the template."""
    del world, random
    return f"<|im_start|>assistant {item.wanted}<|im_end|>"


def endless(world: World, item: Item, random: Random) -> str:
    """Again and again."""
    del random
    return " ".join([world.plain(item)] * 12)


def denied(world: World, item: Item, random: Random) -> str:
    """The contrary."""
    del random
    return world.plain(item).replace(" is ", " is not ").replace(" go to ", " do not go to ")


def talkative(world: World, item: Item, random: Random) -> str:
    """Right, with three sentences that no passage says."""
    del world, random
    made_up = f"The founders of the firm planned a castle with golden towers. [{number(item)}]"
    more = f"Its moat was to hold several hundred swans from Norway. [{number(item)}]"
    last = f"Dragons would have been invited on Sundays by letter. [{number(item)}]"
    return f"{made_up} {more} {last} {item.wanted}"


def flattened(world: World, item: Item, random: Random) -> str:
    """A list as one line of it."""
    del world, random
    return item.wanted.splitlines()[0].removeprefix("- ")


def _is(item: Item, where: str) -> bool:
    held_out = item.suite is Suite.HELD_OUT
    match where:
        case "all":
            return True
        case "answer":
            return held_out and not item.refusal
        case "refusal":
            return item.refusal
        case _:
            return item.kind == where


class Court:
    """Judges what contestants wrote, and remembers it: few texts are written many times."""

    def __init__(self) -> None:
        analyzer = Analyzer()
        scorer = SentenceScorer(None, HashEmbedder(), analyzer)  # type: ignore[arg-type]  # unread
        self._eyes = Eyes(Verifier(scorer, analyzer))
        self._judge = Judge(analyzer)
        self._seen: dict[tuple[object, ...], Seen] = {}
        self._judged: dict[tuple[object, ...], Judged] = {}

    async def judge(self, item: Item, text: str) -> Judged:
        """What the gate would say of an answer."""
        key = (item.question, item.messages, text)
        if key not in self._judged:
            wanted, seen = await self._see(item, item.wanted), await self._see(item, text)
            self._judged[key] = self._judge.judge(item, wanted, seen)
        return self._judged[key]

    async def _see(self, item: Item, text: str) -> Seen:
        key = (item.question, item.messages, text)
        if key not in self._seen:
            self._seen[key] = await self._eyes.see(item, text)
        return self._seen[key]

    async def rows(
        self,
        world: World,
        contestants: Mapping[str, tuple[Writes, float]],
        random: Random,
    ) -> list[Row]:
        """The answers of base, current and candidate, each with the seconds that 200 signs take."""
        found: list[Row] = []
        for item in world.items:
            judged, paces = {}, {}
            for name in (BASE, CURRENT, CANDIDATE):
                writes, seconds = contestants[name]
                judged[name] = await self.judge(item, writes(world, item, random))
                paces[name] = seconds * random.lognormvariate(0.0, 0.2)
            found.append(Row(item, judged, paces))
        return found
