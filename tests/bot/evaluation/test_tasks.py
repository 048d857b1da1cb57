"""The tasks over the product's own parts, from files to figures."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.evaluation.beir import CorpusText, DataError, read_corpus, read_data_set
from footnote.bot.evaluation.corpus import CorpusConnector, document_id, readers_without
from footnote.bot.evaluation.gate import look
from footnote.bot.evaluation.report import collect, markdown, tasks_for
from footnote.bot.evaluation.retrieval import over_better_single
from footnote.bot.evaluation.tasks import Tasks
from footnote.bot.evaluation.workbench import open_workbench
from footnote.connectors.base import Syntax
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Query
from tests.hashing import HashEmbedder


async def test_retrieval_gives_the_three_rankings(data: Path) -> None:
    """Words alone are enough for these questions, and only the judged ones count."""
    told: list[tuple[str, int, int]] = []
    found = await Tasks(HashEmbedder(), progress=lambda *line: told.append(line)).retrieval(data)
    assert found["queries"] == 4
    assert set(found) == {*("bm25", "vectors", "search", "queries", "over_better_single", "commit")}
    assert found["bm25"]["mrr"] == found["search"]["map"] == found["search"]["recall@3"] == 1.0
    assert set(found["vectors"]) == {
        *("ndcg@10", "recall@3", "recall@5", "recall@10", "recall@20", "mrr", "map")
    }
    assert ("Searching", 4, 4) in told


def test_the_search_is_held_against_the_better_single_retriever() -> None:
    """The better one is told for each figure, and only a sure loss against it counts as below."""
    judgments = {str(number): {"right": 1} for number in range(40)}
    first, second, lost = ["right", "x"], ["x", "right"], ["x"]

    def found(search: list[str]) -> dict[str, dict[str, object]]:
        ranked = {"bm25": second, "vectors": first, "search": search}
        rankings = {name: dict.fromkeys(judgments, ranking) for name, ranking in ranked.items()}
        return over_better_single(rankings, judgments)

    same, worse = found(first), found(lost)
    assert {figure["better"] for figure in same.values() if figure["difference"]} == set()
    assert not any(figure["below"] for figure in same.values())
    assert (same["mrr"]["better"], same["recall@3"]["better"]) == ("vectors", "bm25")
    assert (worse["mrr"]["difference"], worse["mrr"]["high"]) == (-1.0, -1.0)
    assert all(figure["below"] for figure in worse.values())
    mixed = {
        "bm25": dict.fromkeys(judgments, lost),
        "vectors": {key: first if int(key) % 2 else second for key in judgments},
        "search": {key: second if int(key) % 2 else first for key in judgments},
    }
    assert not over_better_single(mixed, judgments)["mrr"]["below"]


async def test_spans_are_found_where_they_are_marked(data: Path) -> None:
    """The corpus is cut from exactly the text that the spans count in."""
    found = await Tasks(HashEmbedder()).spans(data)
    assert found["span_recall@5"] == found["span_recall@10"] == 1.0
    assert found["queries"] == 3


async def test_answers_are_held_against_evidence(data: Path) -> None:
    """Every answer quotes the marked sentence, and the gate refuses none of them."""
    found = await Tasks(HashEmbedder()).answers(data)
    assert found["any_right"] == found["citation_recall"] == 1.0
    assert 0 < found["citation_precision"] <= 1
    assert found["sentences_cited"] == pytest.approx(1 / found["citation_precision"], rel=0.5)
    assert (found["questions"], found["generator"]) == (3, "quote")


async def test_gate_asks_all_four_kinds(data: Path, chat: Path) -> None:
    """Answerable, near misses, absent and off topic are all counted."""
    found = await Tasks(HashEmbedder()).gate(data, [chat, data])
    assert found["questions"] == 5
    assert found["off_topic_by_folder"] == {"chat": found["off_topic"]}
    assert not math.isnan(found["refusal_rate"] + found["absent_fr5"] + found["auc"])


async def test_an_absent_question_does_not_see_its_document(data: Path) -> None:
    """The right document is hidden from both sides of the search, and the others are not."""
    corpus = read_corpus(data)
    async with open_workbench(CorpusConnector(corpus), HashEmbedder()) as bench:
        query = Query("how long is green tea steeped")
        seen = await bench.core.search.find(query, ADMIN)
        hidden = await bench.core.search.find(query, readers_without(corpus, {"tea"}))
    assert seen.documents[0][0] == document_id("tea")
    assert {id_ for id_, _ in hidden.documents} == {
        document_id(text.id) for text in corpus if text.id != "tea"
    }


async def test_absent_questions_look_worse_to_the_gate(data: Path) -> None:
    """With the right document gone, the gate's score falls for each question."""
    rows = read_data_set(data)
    async with open_workbench(CorpusConnector(rows.corpus), HashEmbedder()) as bench:
        looks = await look(bench, rows, {})
    assert looks.absent.keys() == looks.answerable.keys()
    assert all(looks.absent[id_].score < view.score for id_, view in looks.answerable.items())


async def test_a_folder_of_documents_is_asked_off_topic(tmp_path: Path, chat: Path) -> None:
    """Plain documents have no questions of their own, so only one figure is measured."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "tea.md").write_text("# Tea\n\nSteep it.\n", "utf-8")
    tasks = Tasks(HashEmbedder())
    found = await tasks.gate(tmp_path / "docs", [chat])
    assert found["off_topic"] in {0.0, 1.0}
    assert math.isnan(found["false_refusal_rate"])
    with pytest.raises(DataError, match="no questions"):
        await tasks.gate(tmp_path / "docs")
    with pytest.raises(DataError, match="not a folder"):
        await tasks.gate(tmp_path / "nowhere", [chat])


async def test_a_kept_index_is_used_again(data: Path, tmp_path: Path) -> None:
    """The second run embeds nothing and gives the same figures; another corpus is its own."""
    first, second = HashEmbedder(), HashEmbedder()
    keep = tmp_path / "keep"
    figures = await Tasks(first, keep).retrieval(data)
    assert await Tasks(second, keep).retrieval(data) == figures
    assert first.texts
    assert second.texts == []
    with (data / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "new", "title": "New", "text": "Something else."}\n')
    third = HashEmbedder()
    await Tasks(third, keep).retrieval(data)
    assert any("Something else." in text for text in third.texts)


async def test_nothing_is_kept_by_default(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary index is gone afterwards."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    await Tasks(HashEmbedder()).retrieval(data)
    assert list(temporary.iterdir()) == []


async def test_no_text_is_embedded_twice(data: Path) -> None:
    """Questions read the same sentences again and again, which costs nothing."""
    embedder = HashEmbedder()
    await Tasks(embedder).gate(data)
    assert len(embedder.texts) == len(set(embedder.texts))


async def test_a_corpus_is_indexed_as_it_stands() -> None:
    """Plain text, the title as given, no link; a blank text is replaced by its title."""
    corpus = [CorpusText("a", "Title", " # no heading\r\n"), CorpusText("b", "Only a title", " \n")]
    connector = CorpusConnector(corpus)
    refs = [ref async for ref in connector.list()]
    first, second = [await connector.fetch(ref.id) for ref in refs]
    assert (first.text, first.title, first.url) == (" # no heading\r\n", "Title", None)
    assert first.syntax is Syntax.TEXT
    assert second.text == "Only a title"
    assert [ref.version for ref in refs] == [first.version, second.version]


async def test_the_report_runs_what_the_files_allow(data: Path, chat: Path) -> None:
    """Every figure of every task stands in a table, with the commit."""
    assert tasks_for(data, asked_off_topic=False) == {"retrieval", "spans", "answers", "gate"}
    results = await collect(Tasks(HashEmbedder()), [data], [chat])
    text = markdown(results, "abc1234")
    assert "| small, **search** | 1.000 |" in text
    assert text.endswith("Measured at commit abc1234.\n")
    assert text.count("\n| small") == 6
    with pytest.raises(FootnoteError, match="nothing that a task could use"):
        await collect(Tasks(HashEmbedder()), [chat], [])


async def test_fitting_writes_nothing_unless_told(
    data: Path, chat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both gates are fitted, with their origin; gate.json changes only with `write`."""
    (tmp_path / "gate.json").write_text('{"embedders": {}, "lexical": {}}', "utf-8")
    monkeypatch.setattr("footnote.bot.evaluation.fit_gate.files", lambda _: tmp_path)
    with (data / "queries.jsonl").open("a", encoding="utf-8") as file:
        for number in range(10):
            row = {"_id": f"n{number}", "text": f"price of tea {number}", "answerable": False}
            file.write(f"{json.dumps(row)}\n")
    tasks = Tasks(HashEmbedder())
    before = (tmp_path / "gate.json").read_text("utf-8")
    found = await tasks.fit_gate(data, off_topic=[chat])
    assert (tmp_path / "gate.json").read_text("utf-8") == before
    parameters = found["embedder"]["parameters"]
    assert parameters["origin"]["command"] == (
        "footnote eval fit-gate --data small --off-topic chat"
    )
    assert set(found["lexical"]["parameters"]["weights"]) <= {"window_coverage", "bm25"}
    await tasks.fit_gate(data, off_topic=[chat], write=True)
    assert HashEmbedder().model_id in (tmp_path / "gate.json").read_text("utf-8")
