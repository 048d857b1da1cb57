"""What the verifier makes of true and changed sentences, from files to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote.bot.evaluation.beir import DataError
from footnote.bot.evaluation.claims import Claim, own_claims, written_claims
from footnote.bot.evaluation.tasks import Tasks
from footnote.bot.evaluation.verification import Checked, figures
from tests.bot.parts import passage_of
from tests.hashing import HashEmbedder

ANSWERS = {
    "steep": "Green tea is steeped for two minutes. Black tea takes four minutes.",
    "chain": "A bike chain of Berlin is oiled every month.",
    "sleep": "Cats sleep sixteen hours a day.",
}
OWN = {"steep": "tea", "chain": "bikes", "sleep": "cats"}


@pytest.fixture
def written(data: Path) -> Path:
    """The small data set with answers in people's own words."""
    rows = [
        {"_id": id_, "passage": OWN[id_], "answers": [{"answer": text}, {"answer": text}, {}]}
        for id_, text in ANSWERS.items()
    ]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    (data / "answers.jsonl").write_text(lines, encoding="utf-8")
    return data


def test_answers_give_their_sentences_once(written: Path) -> None:
    """Each sentence is a claim about the document that it was written from."""
    claims = written_claims(written)
    assert len(claims) == 4
    assert claims[0] == Claim("steep", "Green tea is steeped for two minutes.", ("eval:tea",))


def test_an_answer_without_a_document_is_true_of_the_judged_ones(written: Path) -> None:
    """Where the answer names no passage, the judgments do; without those it is left out."""
    rows = ({"_id": id_, "answer": ANSWERS["sleep"]} for id_ in ("sleep", "unjudged"))
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    (written / "answers.jsonl").write_text(lines, encoding="utf-8")
    assert written_claims(written) == [Claim("sleep", ANSWERS["sleep"], ("eval:cats",))]


def test_documents_give_their_own_prose() -> None:
    """Sentences are claims; fragments, code and tables are not."""
    prose = "The tea is steeped for two minutes in a pot."
    text = f"{prose} Too short. The command `x` is run by all of us at each start."
    assert own_claims({"docs:tea": [passage_of(text)]}) == [Claim("docs:tea", prose, ("docs:tea",))]


async def test_every_kind_is_checked(written: Path, tmp_path: Path) -> None:
    """What is true passes, what was changed does not, and the file says what was changed."""
    changes = tmp_path / "changes.jsonl"
    found = await Tasks(HashEmbedder()).verification(written, changes)
    assert (found["own_rejected"], found["other_accepted"]) == (0.25, 0.0)
    assert found["number_accepted"] == found["number_swapped_accepted"] == 0.0
    assert found["negation_added_accepted"] >= 0
    assert found["checked"]["own"] == 4
    rows = [json.loads(line) for line in changes.read_text("utf-8").splitlines()]
    assert len(rows) == sum(found["checked"].values())
    for row in rows:
        assert row["old"] is None or row["new"] in row["text"]
    (berlin,) = [row for row in rows if row["kind"] == "own" and row["rejected"]]
    assert berlin["rejected"] == "the name Berlin is not in the passage"


async def test_documents_are_their_own_witnesses(tmp_path: Path) -> None:
    """A folder of plain documents is checked with its own sentences; one file alone is too few."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "tea.md").write_text("# Tea\n\nThe tea is steeped for two minutes in a pot.\n", "utf-8")
    with pytest.raises(DataError, match="several documents"):
        await Tasks(HashEmbedder()).verification(docs)
    (docs / "bikes.md").write_text(
        "# Bikes\n\nChains are oiled by everyone once a month.\n", "utf-8"
    )
    found = await Tasks(HashEmbedder()).verification(docs)
    assert (found["own_rejected"], found["number_accepted"]) == (0.0, 0.0)


def test_rejections_of_true_sentences_are_counted_as_such() -> None:
    """Of true sentences the rejected share is given, of all others the accepted one."""
    checked = [
        *(Checked("own", "q", "a", None, reason) for reason in ("", "", "", "no")),
        *(Checked("number", "q", "a", None, reason) for reason in ("", "no")),
    ]
    assert figures(checked) == {
        "own_rejected": 0.25,
        "number_accepted": 0.5,
        "checked": {"own": 4, "number": 2},
    }
