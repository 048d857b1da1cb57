"""A correction in Slack changes the next answer, once an admin wants it, and it can be undone.

Training is done by hand here, so that it needs nothing that is large; `tests/soak` trains.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.app import App, open_app
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.records import answer_from_json
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning import announcing, swapping
from footnote.bot.tuning.announcing import announcing as announcing_in
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.running import Report, Steps, begin, run_all
from footnote.bot.tuning.runs import Done, Run, digest_of
from footnote.bot.tuning.swapping import following
from footnote.retrieval.embedder import Embedder
from tests.bot.platforms import serving
from tests.bot.platforms.slack.scene import Scene, scene
from tests.bot.platforms.slack.test_sharing import own
from tests.bot.tuning.loop.teaching import AFTER, BEFORE, SHAPE, write_teaching
from tests.hashing import HashEmbedder
from tests.models.gguf_files import write_model
from tests.servers.slack.world import Message
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("brisk", "quick")

QUESTION = "how many days of annual leave does every employee get?"
PAGES = {
    "leave": "Every employee gets 28 days of annual leave.",
    "travel": "A hotel may cost 120 euros a night.",
    "laptops": "The service desk orders laptops.",
    "bicycles": "Bicycles stand in the yard behind the house.",
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas that look all the time, and an embedder without weights."""
    monkeypatch.setattr(swapping, "POLL_S", 0.05)
    monkeypatch.setattr(announcing, "POLL_S", 0.05)

    @asynccontextmanager
    async def open_embedder(settings: Settings, report: Report) -> AsyncIterator[Embedder]:
        del settings, report
        yield HashEmbedder()

    monkeypatch.setattr(app_module, "open_embedder", open_embedder)


@dataclass(slots=True)
class Team:
    """A team that asks in Slack.

    Attributes:
        room: Where.
        app: What answers.
    """

    room: Scene
    app: App

    async def asks(self, text: str = QUESTION) -> tuple[Message, str, str | None]:
        """A question: the message that answers it, what that says, and by which adapter."""
        asked = await self.room.alice.says(self.room.general, self.room.mention(text))
        kept = await self.room.ended(asked)
        await self.room.quiet()
        assert kept.body
        answer = answer_from_json(kept.body)
        return self.room.slack.replies_to(asked)[-1], answer.text, answer.adapter


@asynccontextmanager
async def team(folder: Path) -> AsyncIterator[Team]:
    """Footnote in Slack with a model of its own, as `footnote serve` runs it."""
    (folder / "docs").mkdir()
    for name, text in PAGES.items():
        (folder / "docs" / f"{name}.md").write_text(f"# {name.title()}\n\n{text}\n", "utf-8")
    rows = [f'"What about {name}?","{text}"' for name, text in list(PAGES.items())[1:]]
    (folder / "more.csv").write_text("\n".join(["question,answer", *rows]), "utf-8")
    write_model(folder / "model.gguf", SHAPE)
    (folder / "footnote.toml").write_text(
        'data = "."\n[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[answer]\ngate = "eager"\ngenerator = "gguf"\n'
        '[gguf]\npath = "model.gguf"\ncontext_tokens = 8192\n'
        '[tune]\nmin_examples = 1\nfiles = ["more.csv"]\n',
        "utf-8",
    )
    settings = load_settings(folder / "footnote.toml")
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, report=print, follows=True))
        await app.sync.run(app.connectors["docs"], "docs")
        in_slack = SlackSettings(admin_channel="#admins")
        room = await stack.enter_async_context(scene(folder, in_slack, store=app.store))
        room.script.answering = partial(answer_events, app.core.answerer)
        services = serving.services_of(room.state, app.store)
        telling = in_slack.model_copy(update={"api_url": room.slack.api_url})
        tokens = Tokens((room.acme.bot_token,))
        platform = await stack.enter_async_context(open_slack(telling, tokens, services))
        await stack.enter_async_context(announcing_in({"slack": platform}, room.state.records))
        generator = app.core.generator
        await stack.enter_async_context(following(settings, generator, room.state, "one"))
        yield Team(room, app)


async def by_hand(run: Run, settings: Settings, report: Report) -> None:
    """Training that writes what training should have come to."""
    report("Trained.")
    learned = run.folder / "dataset" / "train.jsonl"
    assert learned.stat().st_size
    run.finish("train", Done("now", inputs={"train": digest_of(learned)}))
    del settings


async def exported(run: Run, settings: Settings, report: Report) -> None:
    """The adapter as GGUF."""
    del report
    target, model = run.folder / "export" / "adapter.gguf", settings.root / "model.gguf"
    target.parent.mkdir()
    write_teaching(target, model)
    outputs = {"export/adapter.gguf": digest_of(target)}
    run.finish("export", Done("now", inputs={"base": digest_of(model)}, outputs=outputs))


async def passed(run: Run, settings: Settings, report: Report) -> None:
    """A gate that has nothing against it."""
    del settings, report
    decision = Decision(passed=True, verdict="passed", reasons=("It is better.",), run=run.id)
    run.finish("gate", Done("now", outputs=keeping.write(run.folder, decision, (), run.manifest)))


async def test_a_correction_changes_the_next_answer(tmp_path: Path) -> None:
    """Once the run is promoted by a press in Slack; going back restores it sign for sign."""
    async with team(tmp_path) as here:
        room = here.room
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        admins = room.acme.channel("admins", boss)
        message, before, adapter = await here.asks()
        assert (before, adapter) == (BEFORE, None)
        assert (await boss.clicks(message, "suggest")).ok
        *_, view = boss.views
        corrected = {"suggestion": AFTER, "approval": ["approval"]}
        assert (await boss.submits(view, corrected)).ok

        steps = Steps(begin, by_hand, exported, passed)
        run, _ = await run_all(here.app.settings, report=print, steps=steps)
        parts = (
            run.folder / "dataset" / f"{name}.jsonl" for name in ("train", "validation", "heldout")
        )
        lines = [
            json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()
        ]
        assert AFTER in [line["messages"][-1]["content"] for line in lines]

        (asked,) = await room.slack.until(lambda: own(room, admins))
        assert run.id in asked.shown
        assert (await here.asks())[1:] == (BEFORE, None)
        assert (await boss.clicks(asked, "promote")).ok
        generator = here.app.core.generator
        name = digest_of(run.folder / "export" / "adapter.gguf")[:12]
        await until(lambda: generator.adapter == name)
        _, after, adapter = await here.asks()
        assert (after, adapter) == (AFTER, name)

        await Registry(room.state).roll_back("boss at the command line")
        await until(lambda: generator.adapter is None)
        assert (await here.asks())[1:] == (BEFORE, None)
