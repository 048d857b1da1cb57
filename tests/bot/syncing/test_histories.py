"""From what people say in a channel to an answer for those, and only those, who may read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.answerer import Answerer
from footnote.bot.app import App, open_app
from footnote.bot.audience import Audience, Audiences
from footnote.bot.platforms.slack.people import People
from footnote.bot.questions import Outcome, Question
from footnote.bot.settings.load import load_settings
from tests.bot.parts import ask
from tests.bot.platforms.discord.scene import Scene, scene
from tests.hashing import HashEmbedder
from tests.servers.discord.model import Channel as DiscordChannel
from tests.servers.discord.people import Person as DiscordPerson
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person as SlackPerson
from tests.servers.slack.world import Channel as SlackChannel

QUESTION = "How many days of sabbatical does every engineer get?"
ANSWER = "Every engineer gets 63 days of sabbatical."


def settings_file(folder: Path, kind: str, api_url: str, *channels: str) -> Path:
    """Settings with a history as their only source."""
    path = folder / "footnote.toml"
    named = ", ".join(f'"{channel}"' for channel in channels)
    path.write_text(
        f'answer.gate = "eager"\n[sources.chat]\nkind = "{kind}"\nchannels = [{named}]\n'
        f'api_url = "{api_url}"\naudience = ["everyone"]\n',
        encoding="utf-8",
    )
    return path


async def sync(app: App) -> None:
    """Bring the index in line with the chat."""
    report = await app.sync.run(app.connectors["chat"], "chat")
    assert not report.failed


async def cited(answerer: Answerer, audience: Audience) -> set[str | None]:
    """Where an answer for these people leads; nowhere where there is none."""
    readers = Audiences().readers(audience)
    answer = (await ask(answerer, Question("q1", QUESTION, readers=readers))).answer
    if answer.outcome is not Outcome.ANSWERED:
        assert "63" not in "".join(block.text for block in answer.blocks)
        assert not any("63" in passage.text for passage in answer.closest)
        return set()
    return {citation.passage.url for citation in answer.citations if "63" in citation.passage.text}


async def test_a_private_channel_of_slack_answers_its_members_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the channel and to a member, with a link; and to nobody once it is deleted."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        monkeypatch.setenv("SLACK_BOT_TOKEN", acme.bot_token)
        ann, bo = acme.person("ann"), acme.person("bo")
        general = acme.channel("general", ann, bo)
        secret = acme.channel("secret", ann, private=True)
        asked = await ann.says(secret, "What about a sabbatical for engineers?")
        said = await ann.says(secret, ANSWER, thread=asked)
        await bo.says(general, "Lunch is at noon in the canteen.")
        people = People(AsyncWebClient(acme.bot_token, base_url=slack.api_url), acme.id)

        async def seen(place: SlackChannel, person: SlackPerson) -> set[str | None]:
            audience = await people.audience(place.id, person.id, private=place is person.dm)
            return await cited(app.core.answerer, audience)

        path = settings_file(tmp_path, "slack_history", slack.api_url, general.id, secret.id)
        async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as app:
            await sync(app)
            link = f"https://acme.slack.com/archives/{secret.id}/p{asked.ts.replace('.', '')}"
            assert await seen(secret, ann) == {link}
            assert await seen(ann.dm, ann) == {link}
            assert await seen(bo.dm, bo) == set()
            assert await seen(general, ann) == set()
            await ann.deletes(said)
            await sync(app)
            assert await seen(secret, ann) == set()


async def test_a_closed_channel_of_discord_answers_its_members_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the platform knows who reads along; and nobody once the message is deleted."""
    async with scene(tmp_path) as s:
        monkeypatch.setenv("DISCORD_BOT_TOKEN", s.discord.token)
        bo = s.acme.person("bo")
        secret = s.acme.channel("secret", only=[s.alice])
        said = await s.alice.says(secret, ANSWER)
        path = settings_file(
            tmp_path, "discord_history", s.discord.api_url, s.general.id, secret.id
        )
        async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as app:
            await sync(app)

            async def seen(place: DiscordChannel, person: DiscordPerson) -> set[str | None]:
                return await cited(app.core.answerer, await audience_at(s, place, person))

            link = f"https://discord.com/channels/{s.acme.id}/{secret.id}/{said.id}"
            assert await seen(secret, s.alice) == {link}
            assert await seen(s.alice.dm, s.alice) == {link}
            assert await seen(bo.dm, bo) == set()
            assert await seen(s.general, s.alice) == set()
            await s.alice.deletes(said)
            await sync(app)
            assert await seen(secret, s.alice) == set()


async def audience_at(s: Scene, place: DiscordChannel, person: DiscordPerson) -> Audience:
    """Who reads along at the answer to a question there."""
    await s.answer(await person.says(place, s.mention("leave?")), "About leave?")
    return s.script.asked[-1].audience
