"""What is told of a dataset: what was kept, what was left out and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from footnote.bot.platforms.terminal_text import safe
from footnote.bot.syncing.words import counted
from footnote.bot.tuning.dataset.balancing import REFUSALS
from footnote.bot.tuning.dataset.candidates import Left, Why
from footnote.bot.tuning.dataset.gathering import Gathered
from footnote.bot.tuning.dataset.splitting import Split
from footnote.bot.tuning.examples import Example, Origin
from footnote.bot.tuning.gate.measures import Bars

NAMED = 5
"""So many questions are named of those that were left out for one reason."""

_ORIGINS = {
    Origin.PRAISED: "praised",
    Origin.CORRECTED: "corrected",
    Origin.PERSON: "from people who were asked",
    Origin.FILE: "from files",
    Origin.REFUSAL: f"refusals (at most {REFUSALS:.0%})",
}
_KINDS = {
    "SECRET": "secret",
    "EMAIL": "e-mail",
    "PHONE": "phone number",
    "PERSON": "mention",
    "IBAN": "bank account",
    "CARD": "payment card",
}


def told(found: Gathered) -> Iterator[str]:
    """The lines that say what was kept, what was left out and why."""
    origins = Counter(example.origin for example in found.examples)
    kept = [f"{origins[each]:,} {words}" for each, words in _ORIGINS.items() if origins[each]]
    yield f"Looked at {counted(found.questions, 'finished question')}."
    yield f"Kept {counted(len(found.examples), 'example')}{': ' * bool(kept)}{', '.join(kept)}."
    if found.taken:
        taken = [
            counted(found.taken[kind], words)
            for kind, words in _KINDS.items()
            if kind in found.taken
        ]
        yield f"Taken out: {', '.join(taken)}."
    yield from _left(found.left)


def told_splits(splits: Mapping[Split, Sequence[Example]]) -> Iterator[str]:
    """How many examples go where, and whether so many can satisfy the gate."""
    sizes = {name: len(examples) for name, examples in splits.items()}
    yield (
        f"{sizes['train']:,} are trained on, {sizes['validation']:,} say when to stop, and "
        f"{sizes['heldout']:,} are held out for the gate."
    )
    conversations = len({example.conversation for example in splits["heldout"]})
    needed = Bars().conversations
    if conversations < needed:
        yield (
            f"The gate asks for {needed} held-out conversations, and these are {conversations}: "
            "what is trained on so little is not promoted, so collect more."
        )


def _left(left: Sequence[Left]) -> Iterator[str]:
    """Each reason with its count; what is broken line by line, of others a few by name."""
    if not left:
        return
    by_reason: dict[Why, list[Left]] = defaultdict(list)
    for one in left:
        by_reason[one.why].append(one)
    yield f"Left out {len(left):,}:"
    for why, of_it in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        yield f"  {len(of_it):,}: {why}"
        if why is not Why.NOT_JUDGED:
            named = of_it if why is Why.BROKEN else of_it[:NAMED]
            yield from (f"    {_named(one)}" for one in named)
            if len(of_it) > len(named):
                yield f"    and {len(of_it) - len(named):,} more"


def _named(one: Left) -> str:
    return " ".join(safe(f"{one.name}: {one.detail}" if one.detail else one.name).split())
