"""A team's own embedding and reranking models, from the settings to the answer."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from footnote.bot.app import App, open_app
from footnote.bot.checks.doctor import checks
from footnote.bot.encoders import _options
from footnote.bot.errors import FootnoteError, told
from footnote.bot.explaining.as_json import explanation_json
from footnote.bot.explaining.runs import asked_now
from footnote.bot.explaining.view import shown
from footnote.bot.gate import load_parameters
from footnote.bot.moments import aware
from footnote.bot.questions import Question
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.search import Query
from tests.models.gguf_bert import RERANKER, Bert, score, tokens_of, write_bert
from tests.models.gguf_files import Shape, write_model

PAGES = {"cat": "The cat sat on the mat.", "mat": "A mat sat.", "the": "The cat on the cat."}
QUESTION = "the cat sat"
TEAM = '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
EMBEDDER = '[embedder]\nmodel = "embedder.gguf"\n'
RERANKS = '[reranker]\nmodel = "reranker.gguf"\nshare = 1.0\ntimeout_s = 600.0\n'

MISTAKES = {
    '[embedder]\nmodel = "gone.gguf"\n': (
        "footnote.toml, line 6: [embedder] model is {folder}/gone.gguf, which is not there: "
        "correct the path."
    ),
    '[embedder]\nmodel = "embedder.gguf"\n[reranker]\nmodel = "gone.gguf"\n': (
        "footnote.toml, line 8: [reranker] model is {folder}/gone.gguf, which is not there: "
        "correct the path."
    ),
    '[embedder]\nquestion_prefix = "query: "\n': (
        "footnote.toml, line 6: [embedder] question_prefix is for a GGUF file, and minilm is "
        "none: take the line out, or set model to a file."
    ),
    '[embedder]\nmodel = "writer.gguf"\n': (
        "writer.gguf does not say how it makes a vector of a text, as models that write texts "
        "do not: choose an embedding model, or set the embedder's pooling if it is one."
    ),
    '[embedder]\nmodel = "embedder.gguf"\n[reranker]\nmodel = "writer.gguf"\n': (
        "writer.gguf cannot judge passages, since it has no classifier: choose a reranking "
        "model as the reranker."
    ),
}

SettingsOf = Callable[[str], Settings]


@pytest.fixture
def settings_of(tmp_path: Path) -> SettingsOf:
    """A team with three pages and both models, whose settings end with these lines."""
    (tmp_path / "docs").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "docs" / f"{name}.md").write_text(f"{text}\n", encoding="utf-8")
    write_bert(tmp_path / "embedder.gguf")
    write_bert(tmp_path / "reranker.gguf", RERANKER)

    def loaded(lines: str) -> Settings:
        path = tmp_path / "footnote.toml"
        path.write_text(TEAM + lines, encoding="utf-8")
        return load_settings(path)

    return loaded


async def opened(settings: Settings) -> App:
    """Open and close everything."""
    with told():
        async with open_app(settings, report=print) as app:
            return app


async def synced(app: App) -> None:
    """Bring the index in line with the pages."""
    for name, connector in app.connectors.items():
        await app.sync.run(connector, name)


def pieces(text: str) -> str:
    """A text of known words as the word pieces that it is cut into."""
    return text.lower().replace(".", " .")


async def test_a_question_goes_through_both(settings_of: SettingsOf) -> None:
    """Passages are found by the embedder, ordered as numpy's reranker would, and it is told."""
    async with open_app(settings_of(EMBEDDER + RERANKS), report=print) as app:
        await synced(app)
        stats = await app.store.stats()
        found = await app.core.search.find(Query(QUESTION), ADMIN)
        explained = await asked_now(app, Question("q", QUESTION, readers=ADMIN))
    assert (stats.model_id, stats.dimension) == (app.embedder.model_id, 64)
    assert app.embedder.model_id.startswith("tiny bert@")
    expected = {
        f"docs:{name}.md": score(
            RERANKER,
            tokens_of(f"[CLS] {pieces(QUESTION)} [SEP] {name} {pieces(text)} [SEP]"),
        )
        for name, text in PAGES.items()
    }
    order = sorted(expected, key=lambda name: -expected[name])
    assert [item.passage.document_id for item in found.found] == order
    assert [name for name, _ in found.documents] == order
    as_json = explanation_json(explained)
    assert as_json["search"]["reranking"] == {"name": "tiny bert", "judged": 3, "trouble": None}
    judged = {row["document_id"]: row["judged"] for row in as_json["candidates"]}
    assert judged == pytest.approx(expected, abs=0.02)
    console = Console(width=100, record=True, file=io.StringIO())
    for part in shown(explained, aware(0.0)):
        console.print(part)
    text = console.export_text()
    assert "the best 3 reranked by tiny bert" in text
    assert "rerank" in text
    assert f"{judged[order[0]]:.3f}" in text


async def test_a_reranker_that_is_late_is_not_waited_for(settings_of: SettingsOf) -> None:
    """The order is the search's own, and the explanation says so."""
    late = RERANKS.replace("600.0", "0.000001")
    async with open_app(settings_of(EMBEDDER + late), report=print) as app:
        await synced(app)
        found = await app.core.search.find(Query(QUESTION), ADMIN)
        explained = await asked_now(app, Question("q", QUESTION, readers=ADMIN))
    async with open_app(settings_of(EMBEDDER), report=print) as app:
        plain = await app.core.search.find(Query(QUESTION), ADMIN)
    assert found.documents == plain.documents
    trouble = "tiny bert was not done within its time."
    assert explanation_json(explained)["search"]["reranking"]["trouble"] == trouble
    console = Console(width=120, record=True, file=io.StringIO())
    for part in shown(explained, aware(0.0)):
        console.print(part)
    assert f"not reranked, and the order of the search stands: {trouble}" in console.export_text()


async def test_another_embedder_is_not_mixed_into_an_index(
    settings_of: SettingsOf, tmp_path: Path
) -> None:
    """Other weights, also of another length, are refused in one sentence, and so is a prefix."""
    async with open_app(settings_of(EMBEDDER), report=print) as app:
        await synced(app)
    for lines in (EMBEDDER, EMBEDDER + 'question_prefix = "a "\n'):
        if lines == EMBEDDER:
            write_bert(tmp_path / "embedder.gguf", Bert(width=96))
        with pytest.raises(FootnoteError, match="run `footnote sync --rebuild`") as raised:
            await opened(settings_of(lines))
        assert str(raised.value).startswith("The index was made with the embedder tiny bert@")
        write_bert(tmp_path / "embedder.gguf")
    await opened(settings_of(EMBEDDER))


async def test_words_judge_with_another_embedder(settings_of: SettingsOf) -> None:
    """What was fitted to MiniLM's cosines is not used, by the gate and by the verifier.

    To random weights all texts are alike.
    """
    async with open_app(settings_of(EMBEDDER), report=print) as app:
        await synced(app)
        found = await app.core.search.find(Query(QUESTION), ADMIN)
        passages = [item.passage for item in found.found]
        said = await app.core.verifier.check("The cat sat on the mat.", passages)
        unsaid = await app.core.verifier.check("The cat likes its warm mat.", passages)
    assert said.supported
    assert not unsaid.supported
    assert unsaid.cosine > 0.6
    assert unsaid.coverage >= 0.5
    assert load_parameters(app.embedder.model_id) == load_parameters("any other")
    assert not {"passage_cosine", "sentence_in_passage"} & set(
        load_parameters(app.embedder.model_id).weights
    )


@pytest.mark.parametrize("lines", MISTAKES)
async def test_a_mistake_is_one_sentence(
    settings_of: SettingsOf, tmp_path: Path, lines: str
) -> None:
    """The app says it, and doctor does."""
    said = MISTAKES[lines].format(folder=tmp_path)
    write_model(tmp_path / "writer.gguf", Shape("qwen2"))
    settings = settings_of(lines)
    with pytest.raises(FootnoteError) as raised:
        await opened(settings)
    assert str(raised.value) == said
    texts = [check.text async for check in checks(settings.file.path) if not check.fine]
    assert said in texts


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (3, 3), (64, 4)])
def test_no_more_threads_than_cores_that_may_be_used(
    settings_of: SettingsOf, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    """Threads that share a core wait for each other at every step; a set number is kept."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    file = Path("model.gguf")
    assert _options(settings_of(EMBEDDER), file, "embed", None).threads == threads
    assert _options(settings_of(EMBEDDER), file, "embed", 2).threads == 2


async def test_doctor_uses_both_once(settings_of: SettingsOf) -> None:
    """It names them and says how long they take; an index of another embedder is told."""
    settings = settings_of(EMBEDDER + RERANKS)
    async with open_app(settings, report=print, answers=False) as app:
        await synced(app)
    told_of = {check.name: check async for check in checks(settings.file.path)}
    assert told_of["embedder"].fine
    assert told_of["embedder"].text.startswith(f"{app.embedder.model_id}, 64 numbers a text, ")
    assert told_of["index"].fine
    assert told_of["reranker"].fine
    assert told_of["reranker"].text.startswith("tiny bert, about ")
    changed = settings_of(EMBEDDER + 'pooling = "cls"\n' + RERANKS.replace("600.0", "0.000001"))
    told_of = {check.name: check async for check in checks(changed.file.path)}
    assert "run `footnote sync --rebuild`" in told_of["index"].text
    assert "set a smaller depth or a longer timeout_s" in told_of["reranker"].text
