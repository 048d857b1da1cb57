"""`footnote tune promote`, `rollback` and `list`."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning import clearing
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.decision import Decision, Verdict
from footnote.bot.tuning.replicas import Teller, Using
from footnote.bot.tuning.runs import Done, Run, begin, digest_of, new_manifest
from tests.bot.cli.conftest import Footnote

pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def served(folder: Path) -> None:
    """Settings with a model file, which nobody opens."""
    (folder / "model.gguf").write_bytes(b"model")
    (folder / "footnote.toml").write_text(
        '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[answer]\ngenerator = "gguf"\n[gguf]\npath = "model.gguf"\n',
        "utf-8",
    )


def made(folder: Path, name: str, verdict: Verdict | None = "passed", against: str = "") -> Run:
    """A run whose adapter's bytes are its name."""
    manifest = new_manifest(1, parent=against, settings={}, versions={})
    run = begin(folder / ".footnote" / "tuning", manifest)
    (run.folder / "export").mkdir()
    path = run.folder / "export" / "adapter.gguf"
    path.write_bytes(name.encode())
    run.finish("export", Done("now", outputs={"export/adapter.gguf": digest_of(path)}))
    if verdict:
        decision = Decision(
            verdict == "passed", verdict, ("Because of this.",), run=run.id, against=against
        )
        run.finish(
            "gate", Done("now", outputs=keeping.write(run.folder, decision, (), run.manifest))
        )
    return run


def listed(footnote: Footnote) -> dict[str, Any]:
    """What there is."""
    ran = footnote("tune", "list", "--json")
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_there_and_back(footnote: Footnote, folder: Path) -> None:
    """What has passed its gate is promoted, and the way back leads to the model; both are told."""
    assert listed(footnote) == {"current": None, "adapters": [], "decisions": []}
    assert footnote("tune", "list").out == "There is no adapter yet: footnote tune run makes one.\n"
    run = made(folder, "one")
    ran = footnote("tune", "promote")
    assert (ran.code, ran.err) == (0, "")
    name = digest_of(run.folder / "export" / "adapter.gguf")[:12]
    assert ran.out.startswith(f"Answers are written with the adapter {name} now.")
    found = listed(footnote)
    assert found["current"] == name
    shown = footnote("tune", "list").out
    assert f"*  {name}  {run.id}" in shown
    assert "at the command line has promoted the adapter" in shown
    ran = footnote("tune", "rollback")
    assert ran.out.startswith("Answers are written with the bare model again.")
    assert listed(footnote)["current"] is None
    ran = footnote("tune", "rollback")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing to go back from" in ran.err


@pytest.mark.parametrize("verdict", ["refused", "too_little"])
def test_what_has_not_passed_is_refused(footnote: Footnote, folder: Path, verdict: Verdict) -> None:
    """In one sentence with the gate's reasons; unless somebody wants it anyway."""
    made(folder, "one", verdict)
    ran = footnote("tune", "promote")
    assert (ran.code, ran.out) == (1, "")
    assert "has not passed its gate, and is not promoted without --anyway" in ran.err
    assert "Because of this." in ran.err
    assert listed(footnote)["adapters"] == []
    assert footnote("tune", "promote", "--anyway").code == 0
    (adapter,) = listed(footnote)["adapters"]
    assert adapter["verdict"] == verdict


def test_a_run_without_a_gate(footnote: Footnote, folder: Path) -> None:
    """Is told to go there first; a named run is the one that is promoted, and not the latest."""
    first = made(folder, "one")
    second = made(folder, "two", None)
    ran = footnote("tune", "promote", "--run", second.id)
    assert ran.code == 1
    assert "run footnote tune gate first" in ran.err
    assert footnote("tune", "promote", "--run", first.id).code == 0


def test_the_comparison_is_with_what_is_current(footnote: Footnote, folder: Path) -> None:
    """A run whose gate compared it with another is to be compared anew, unless wanted anyway."""
    one, two = made(folder, "one"), made(folder, "two")
    assert footnote("tune", "promote", "--run", one.id).code == 0
    ran = footnote("tune", "promote", "--run", two.id)
    assert ran.code == 1
    assert f"run footnote tune gate --run {two.id} again" in ran.err
    assert footnote("tune", "promote", "--run", two.id, "--anyway").code == 0


def test_another_model_file(footnote: Footnote, folder: Path) -> None:
    """What was exported for one is not filed for another."""
    run = made(folder, "one")
    run.finish("export", Done("now", inputs={"base": "0" * 64}))
    ran = footnote("tune", "promote", "--anyway")
    assert ran.code == 1
    assert "belongs to another model file than the one that [gguf] names" in ran.err


def test_what_has_no_bytes_any_more_is_said(
    footnote: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nothing leads back to goes with a promotion; promoted by name, it is filed again."""
    monkeypatch.setattr(clearing, "LATEST", 1)
    monkeypatch.setattr(clearing, "LATELY", timedelta(seconds=-5))
    one, two = made(folder, "one"), made(folder, "two")
    for command in (("promote", "--run", one.id), ("rollback",), ("promote", "--run", two.id)):
        assert footnote("tune", *command).code == 0
    found = {each["run"]: each["kept"] for each in listed(footnote)["adapters"]}
    assert found == {one.id: False, two.id: True}
    shown = {line.split()[-1] for line in footnote("tune", "list").out.splitlines()[:3]}
    assert shown == {"Bytes", "kept", "removed"}
    assert footnote("tune", "promote", "--run", one.id, "--anyway").code == 0
    assert all(each["kept"] for each in listed(footnote)["adapters"])
    assert [each["did"] for each in listed(footnote)["decisions"]] == [
        "promoted",
        "rolled_back",
        "promoted",
        "promoted",
    ]


def test_status_and_doctor_say_which_is_current(footnote: Footnote, folder: Path) -> None:
    """And why it cannot be used, if so; before anything was promoted they say nothing of it."""
    footnote("sync")
    assert json.loads(footnote("status", "--json").out)["adapter"] is None
    assert "dapter" not in footnote("status").out
    run = made(folder, "one")
    footnote("tune", "promote")
    name = digest_of(run.folder / "export" / "adapter.gguf")[:12]
    found = json.loads(footnote("status", "--json").out)["adapter"]
    assert found == {"current": name, "run": run.id, "trouble": None, "replicas": {}}
    assert f"Adapter   {name} of the run {run.id}" in footnote("status").out
    assert f"{name} of the run {run.id}" in footnote("doctor").out
    (folder / "model.gguf").write_bytes(b"another model")
    for command in ("status", "doctor"):
        told = " ".join(footnote(command).out.split())
        assert f"The adapter {name} was trained for another model file than" in told
    footnote("tune", "rollback")
    assert "Adapter   none" in footnote("status").out
    assert "the bare model writes" in footnote("doctor").out


async def test_status_says_what_each_replica_writes_with(
    footnote: Footnote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And which of them has not followed, and why."""
    made(folder, "one")
    await asyncio.to_thread(footnote, "tune", "promote")
    async with open_state(load_settings(folder / "footnote.toml")) as state:
        teller = Teller(state.records, "host:1")
        await teller.say(Using("", "The disk is full."))
    capsys.readouterr()
    shown = (await asyncio.to_thread(footnote, "status")).out
    assert "host:1 writes with the bare model (not the current one)\nThe disk is full.\n" in shown
