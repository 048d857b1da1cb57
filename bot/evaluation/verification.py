"""Task: does the verifier accept what is true of a passage, and nothing that is not?

True sentences are checked against their own passages, against those of other documents, and against
their own passages once more with a number, a name or a negation changed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.bot.evaluation.claim_changes import (
    Change,
    name_changed,
    names_in,
    negated,
    number_changed,
    numbers_in,
)
from footnote.bot.evaluation.claims import Claim
from footnote.bot.evaluation.metrics import mean
from footnote.bot.evaluation.progress import Progress, silent
from footnote.bot.evaluation.workbench import Workbench
from footnote.retrieval.chunking.cutter import Cutter
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Query

CLOSEST = 3
"""How many passages of other documents, found by the sentence itself, it is checked against."""

SEEDS = ("0", "1", "2")
"""Each sentence is changed once for each of these."""

Documents = Mapping[str, Sequence[Passage]]
"""Document id → its passages."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One sentence that was checked.

    Attributes:
        kind: "own", "other", "closest", or what was changed in it.
        group: What the sentence belongs to.
        text: The sentence as checked.
        change: What was changed, or None.
        reason: Why it was rejected, or "" where it was accepted.
    """

    kind: str
    group: str
    text: str
    change: Change | None
    reason: str


async def passages_by_document(bench: Workbench, ids: Sequence[str]) -> dict[str, list[Passage]]:
    """The passages of documents of the index, as the product cuts them."""
    cutter = Cutter(bench.embedder.token_spans)
    found = {}
    for id_ in ids:
        if document := await bench.store.document(id_, ADMIN):
            found[id_] = list(cutter.cut(document))
    return found


async def check(
    bench: Workbench, claims: Sequence[Claim], documents: Documents, progress: Progress = silent
) -> list[Checked]:
    """Check every claim in every way.

    Args:
        bench: Holds the index of the documents.
        claims: True sentences.
        documents: The passages of all documents.
        progress: Told how far it is.
    """
    names = sorted({name for claim in claims for name in names_in(claim.text)})
    verifier = bench.core.verifier
    found: list[Checked] = []
    for done, claim in enumerate(claims, start=1):
        own = [passage for id_ in claim.documents for passage in documents.get(id_, ())]
        against = {
            "own": own,
            "other": documents[_other(claim, documents)],
            "closest": await _closest(bench, claim),
        }
        for kind, passages in against.items():
            verdict = await verifier.check(claim.text, passages)
            found.append(Checked(kind, claim.group, claim.text, None, verdict.reason))
        for kind, change in _changes(claim, own, names):
            verdict = await verifier.check(change.text, own)
            found.append(Checked(kind, claim.group, change.text, change, verdict.reason))
        progress("Checking sentences", done, len(claims))
    return found


def figures(checked: Sequence[Checked]) -> dict[str, Any]:
    """The share of sentences accepted, by kind; of those against their own passages, rejected.

    Returns:
        As `footnote eval verification` prints them. "number" and "name" are changed to any other
        one, "number_swapped" and "name_swapped" to another one of the same passages, which is hard
        to see; "closest" may be accepted with good reason, since another document may say the same.
    """
    by_kind: dict[str, list[float]] = {}
    for each in checked:
        by_kind.setdefault(each.kind, []).append(float(not each.reason))
    own = by_kind.pop("own", [])
    return {
        "own_rejected": 1 - mean(own),
        **{f"{kind}_accepted": mean(accepted) for kind, accepted in by_kind.items()},
        "checked": {"own": len(own), **{kind: len(each) for kind, each in by_kind.items()}},
    }


def write(checked: Sequence[Checked], path: Path) -> None:
    """Write every sentence, what was changed in it and what was found, one JSON object a line."""
    lines = (
        json.dumps(
            {
                "kind": each.kind,
                "group": each.group,
                "text": each.text,
                "old": each.change.old if each.change else None,
                "new": each.change.new if each.change else None,
                "rejected": each.reason or None,
            },
            ensure_ascii=False,
        )
        for each in checked
    )
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _changes(
    claim: Claim, own: Sequence[Passage], names: Sequence[str]
) -> Iterator[tuple[str, Change]]:
    """The claim made wrong, by what was changed; one and the same change counts once."""
    source = "\n".join(passage.text for passage in own)
    swaps = numbers_in(source), names_in(source)
    seen: set[tuple[str, str]] = set()
    for seed in SEEDS:
        made = {
            "number": number_changed(claim.text, seed),
            "number_swapped": number_changed(claim.text, seed, swaps[0]) if swaps[0] else None,
            "name": name_changed(claim.text, seed, names),
            "name_swapped": name_changed(claim.text, seed, swaps[1]),
            **{f"negation_{how}": change for how, change in negated(claim.text, seed).items()},
        }
        for kind, change in made.items():
            if change and (kind, change.text) not in seen:
                seen.add((kind, change.text))
                yield kind, change


def _other(claim: Claim, documents: Documents) -> str:
    """The same other document each time."""
    others = [id_ for id_, passages in documents.items() if id_ not in claim.documents and passages]
    draw = random.Random(claim.text)  # noqa: S311  nothing here is secret
    return draw.choice(sorted(others))


async def _closest(bench: Workbench, claim: Claim) -> list[Passage]:
    """What the search finds for the claim in other documents."""
    depth = CLOSEST + 10
    result = await bench.core.search.find(Query(claim.text), ADMIN, limit=depth)
    others = [item.passage for item in result.found]
    return [each for each in others if each.document_id not in claim.documents][:CLOSEST]
