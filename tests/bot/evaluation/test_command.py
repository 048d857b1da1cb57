"""`footnote eval`: what it prints, and what it says when it cannot go on."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from footnote.bot.cli.main import run
from footnote.bot.evaluation import workbench
from footnote.retrieval.embedder import Embedder
from tests.hashing import HashEmbedder

Eval = Callable[..., tuple[int, str, str]]


@pytest.fixture
def footnote_eval(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Eval:
    """Runs `footnote eval` without weights: exit code, stdout and stderr."""

    @asynccontextmanager
    async def open_embedder(report: Callable[[str], None]) -> AsyncIterator[Embedder]:
        del report
        yield HashEmbedder()

    monkeypatch.setattr(workbench, "open_embedder", open_embedder)
    monkeypatch.setenv("COLUMNS", "100")

    def ran(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["footnote", "eval", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return ran


def test_json_is_one_object_and_progress_goes_to_stderr(footnote_eval: Eval, data: Path) -> None:
    """Nothing but the object stands on stdout."""
    code, out, err = footnote_eval("retrieval", "--data", data, "--json")
    assert code == 0
    assert json.loads(out)["search"]["mrr"] == 1.0
    assert "Searching: 4" in err.splitlines()


def test_what_was_not_measured_is_null(footnote_eval: Eval, data: Path, chat: Path) -> None:
    """JSON knows no NaN; a table shows a gap."""
    code, out, _ = footnote_eval("gate", "--data", data, "--json")
    assert (code, json.loads(out)["off_topic"]) == (0, None)
    code, out, _ = footnote_eval("gate", "--data", data)
    assert dict(line.split(maxsplit=1) for line in out.splitlines() if line.strip())[
        "off_topic"
    ].startswith("–")  # noqa: RUF001  the gap
    _, out, _ = footnote_eval("gate", "--data", data, "--off-topic", chat, "--json")
    assert json.loads(out)["off_topic"] in {0.0, 1.0}


@pytest.mark.parametrize("task", ["retrieval", "spans", "answers", "gate", "report"])
def test_every_task_says_what_it_cannot_read(
    footnote_eval: Eval, tmp_path: Path, task: str
) -> None:
    """A folder that is not there is one sentence and exit code 1."""
    code, out, err = footnote_eval(task, "--data", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert err.startswith("footnote: ")
    assert "nowhere" in err
    assert err.count("\n") == 1


def test_the_report_is_markdown(footnote_eval: Eval, data: Path) -> None:
    """It can be put into a README as it is."""
    code, out, _ = footnote_eval("report", "--data", data)
    assert code == 0
    assert out.startswith("| Right documents | recall@3 |")


def test_spans_and_answers_print_a_table(footnote_eval: Eval, data: Path) -> None:
    """Without --json there is a line a figure."""
    assert "span_recall@5" in footnote_eval("spans", "--data", data)[1]
    assert "citation_f1" in footnote_eval("answers", "--data", data)[1]


def test_ablate_prints_tables_or_one_object(footnote_eval: Eval, data: Path) -> None:
    """As Markdown for the docs, and with --json with every figure, over each folder named."""
    code, out, _ = footnote_eval("retrieval", "--ablate", "--data", data)
    assert code == 0
    assert out.startswith("| small, 4 questions | ndcg@10 |")
    code, out, _ = footnote_eval("retrieval", "--ablate", "--data", data, "--json")
    assert (code, json.loads(out)["results"]["small"]["queries"]) == (0, 4)
