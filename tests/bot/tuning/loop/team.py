"""A team in Slack whose bot writes with a model of its own, as `footnote serve` runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.app import App, Report, open_app
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.records import answer_from_json
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning import announcing, swapping
from footnote.bot.tuning.announcing import announcing as announcing_in
from footnote.bot.tuning.swapping import following
from footnote.retrieval.embedder import Embedder
from tests.bot.platforms import serving
from tests.bot.platforms.slack.scene import Scene, scene
from tests.bot.platforms.slack.test_sharing import own
from tests.hashing import HashEmbedder
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message
from tests.waiting import until

SETTINGS = """data = "."
[sources.docs]
kind = "files"
path = "docs"
audience = ["everyone"]
[answer]
gate = "eager"
generator = "gguf"
[gguf]
path = "model.gguf"
"""


@dataclass(slots=True)
class Team:
    """A team that asks in Slack.

    Attributes:
        room: Where.
        app: What answers.
        boss: An admin.
        admins: The channel of the admins.
    """

    room: Scene
    app: App
    boss: Person
    admins: Channel

    async def asks(self, text: str) -> tuple[Message, str, str | None]:
        """A question: the message that answers it, what that says, and by which adapter."""
        asked = await self.room.alice.says(self.room.general, self.room.mention(text))
        kept = await self.room.ended(asked)
        await self.room.quiet()
        assert kept.body
        answer = answer_from_json(kept.body)
        return self.room.slack.replies_to(asked)[-1], answer.text, answer.adapter

    async def corrects(self, message: Message, text: str) -> None:
        """The admin writes a better answer into the form, and approves it."""
        assert (await self.boss.clicks(message, "suggest")).ok
        *_, view = self.boss.views
        assert (await self.boss.submits(view, {"suggestion": text, "approval": ["approval"]})).ok

    async def asked(self) -> Message:
        """What the admins are asked, once they are."""
        (found,) = await self.room.slack.until(lambda: own(self.room, self.admins))
        return found

    async def uses(self, adapter: str | None) -> None:
        """Return once further answers are written with this adapter."""
        await until(lambda: self.app.core.generator.adapter == adapter)


def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an embedder without weights in the place of the one that the settings name."""
    monkeypatch.setattr(app_module, "open_embedder", _open_embedder)


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let replicas look all the time."""
    monkeypatch.setattr(swapping, "POLL_S", 0.05)
    monkeypatch.setattr(announcing, "POLL_S", 0.05)


@asynccontextmanager
async def team(folder: Path, pages: Mapping[str, str], settings: str) -> AsyncIterator[Team]:
    """A team with these pages.

    Args:
        folder: Where all is; `model.gguf` is there already.
        pages: What each file says, by its name.
        settings: What stands below [gguf], and more tables.
    """
    (folder / "docs").mkdir()
    for name, text in pages.items():
        (folder / "docs" / f"{name}.md").write_text(text, "utf-8")
    (folder / "footnote.toml").write_text(SETTINGS + settings, "utf-8")
    chosen = load_settings(folder / "footnote.toml")
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(chosen, report=print, follows=True))
        await app.sync.run(app.connectors["docs"], "docs")
        in_slack = SlackSettings(admin_channel="#admins")
        room = await stack.enter_async_context(scene(folder, in_slack, store=app.store))
        room.script.answering = partial(answer_events, app.core.answerer)
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        admins = room.acme.channel("admins", boss)
        telling = in_slack.model_copy(update={"api_url": room.slack.api_url})
        tokens, services = (
            Tokens((room.acme.bot_token,)),
            serving.services_of(room.state, app.store),
        )
        platform = await stack.enter_async_context(open_slack(telling, tokens, services))
        await stack.enter_async_context(announcing_in({"slack": platform}, room.state.records))
        generator = app.core.generator
        await stack.enter_async_context(following(chosen, generator, room.state, "one"))
        yield Team(room, app, boss, admins)


@asynccontextmanager
async def _open_embedder(settings: Settings, report: Report) -> AsyncIterator[Embedder]:
    del settings, report
    yield HashEmbedder()
