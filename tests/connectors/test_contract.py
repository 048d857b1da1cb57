"""What every connector promises, whatever it reads."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from footnote.connectors.base import DocumentError
from footnote.connectors.discord_history.connector import DiscordHistoryConnector
from footnote.connectors.discord_history.settings import DiscordHistorySettings
from footnote.connectors.files import FilesConnector
from footnote.connectors.git.connector import GitConnector
from footnote.connectors.slack_history.connector import SlackHistoryConnector
from footnote.connectors.slack_history.settings import SlackHistorySettings
from tests.connectors.github.reading import Reading as GitHubReading
from tests.connectors.samples import leave_policy, pdf
from tests.connectors.website.reading import Reading, html
from tests.servers.discord import posting as discord_posting
from tests.servers.discord.checked import checked_discord
from tests.servers.git import repository
from tests.servers.github.server import TOKEN as GITHUB_TOKEN
from tests.servers.github.server import github
from tests.servers.slack import posting as slack_posting
from tests.servers.slack.checked import checked_slack
from tests.servers.website import Page, Trouble, website

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from footnote.connectors.base import Connector


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Sample:
    """A source named "docs" that holds at least three documents, two of them good ones.

    Attributes:
        connector: Reads it.
        change_one: Changes one of them.
        broken: How many of them cannot be read.
    """

    connector: Connector
    change_one: Callable[[], object]
    broken: int = 1


def files(folder: Path) -> Sample:
    """A folder of files."""
    (folder / "guide").mkdir()
    (folder / "guide" / "leave.docx").write_bytes(leave_policy())
    (folder / "guide" / "travel.pdf").write_bytes(pdf([["Book early."]]))
    (folder / "notes.md").write_text("# Notes\n\nAsk Ann.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    return Sample(
        FilesConnector("docs", folder),
        lambda: (folder / "notes.md").write_text("# Notes\n\nAsk Ann or Bo.\n"),
    )


def git(folder: Path) -> Sample:
    """A repository with the same files."""
    if shutil.which("git") is None:
        pytest.skip("there is no git on PATH")
    made = repository(folder / "repository")
    made.commit(
        {
            "guide/leave.docx": leave_policy(),
            "guide/travel.pdf": pdf([["Book early."]]),
            "notes.md": "# Notes\n\nAsk Ann.\n",
            "broken.pdf": b"%PDF-1.7 nothing more",
        }
    )
    return Sample(
        GitConnector.from_settings("docs", {"url": "repository"}, folder),
        lambda: made.commit({"notes.md": "# Notes\n\nAsk Ann or Bo.\n"}),
    )


@asynccontextmanager
async def web(folder: Path) -> AsyncIterator[Sample]:
    """A website with the same files."""
    async with website() as site:
        site.pages |= {
            "/": html("start", "guide/leave.docx", "guide/travel.pdf", "notes.md", "broken.pdf"),
            "/guide/leave.docx": Page(leave_policy(), type=WORD),
            "/guide/travel.pdf": Page(pdf([["Book early."]]), type="application/pdf"),
            "/notes.md": Page("# Notes\n\nAsk Ann.\n", type="text/markdown"),
            "/broken.pdf": Page(b"%PDF-1.7 nothing more", type="application/pdf"),
        }
        changed = Page("# Notes\n\nAsk Ann or Bo.\n", type="text/markdown")
        yield Sample(
            Reading(site, folder / "memory").connector(),
            lambda: site.pages.update({"/notes.md": changed}),
        )


@asynccontextmanager
async def slack(folder: Path) -> AsyncIterator[Sample]:
    """A channel of Slack with two threads and a message in none; of a chat none is broken."""
    async with checked_slack() as service:
        acme = service.workspace("acme")
        ann = acme.person("ann")
        general = acme.channel("general", ann)
        for name in ("leave", "travel"):
            asked = await ann.says(general, f"What about {name}?")
            last = await ann.says(general, f"All about {name}.", thread=asked)
        await ann.says(general, "Lunch is here.")
        keys = SlackHistorySettings(channels=("#general",), api_url=service.api_url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLACK_BOT_TOKEN", acme.bot_token)
            yield Sample(
                SlackHistoryConnector("docs", keys, folder / "memory"),
                lambda: slack_posting.change(service.world, last, text="Ask Bo."),
                broken=0,
            )


@asynccontextmanager
async def discord(folder: Path) -> AsyncIterator[Sample]:
    """The same in Discord."""
    async with checked_discord() as service:
        acme = service.guild("acme")
        ann = acme.person("ann")
        general = acme.channel("general")
        for name in ("leave", "travel"):
            thread = await ann.opens_thread(await ann.says(general, f"What about {name}?"), name)
            last = await ann.says(thread, f"All about {name}.")
        await ann.says(general, "Lunch is here.")
        keys = DiscordHistorySettings(channels=(general.id,), api_url=service.api_url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISCORD_BOT_TOKEN", service.token)
            yield Sample(
                DiscordHistoryConnector("docs", keys, folder / "memory"),
                lambda: discord_posting.change(service.world, last, content="Ask Bo."),
                broken=0,
            )


@asynccontextmanager
async def tracker(folder: Path) -> AsyncIterator[Sample]:
    """A thread of each kind in a repository of GitHub, and one in another that cannot be read."""
    async with github() as hub:
        repo = hub.world.repo("acme/handbook")
        comment = hub.world.comment(hub.world.issue(repo, "Leave"), "Ask Ann.")
        hub.world.review(hub.world.issue(repo, "Travel", pull=True), "Book early.")
        hub.world.comment(hub.world.discussion(repo, "Lunch"), "At noon.")
        hub.world.release(repo, "v1", "Spring")
        hub.world.issue(hub.world.repo("acme/broken"), "Lost", pull=True)
        lost = Trouble(500, lasting=True)
        hub.troubles.append(("/repos/acme/broken/pulls/1/reviews", lost))
        keys = {"repositories": ["acme/handbook", "acme/broken"]}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GITHUB_TOKEN", GITHUB_TOKEN)
            yield Sample(
                GitHubReading(hub, folder / "memory").connector(**keys),
                lambda: hub.world.edit(comment, "Ask Ann or Bo."),
            )


@pytest.fixture(params=[files, git, web, slack, discord, tracker], ids=lambda make: make.__name__)
async def sample(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sample]:
    """One connector of each kind."""
    made = request.param(tmp_path)
    if isinstance(made, Sample):
        yield made
        return
    async with made as opened:
        yield opened


async def versions(connector: Connector) -> dict[str, str]:
    """The listing as a mapping from ids to versions; an id that comes twice fails."""
    listed = [ref async for ref in connector.list()]
    mapping = {ref.id: ref.version for ref in listed}
    assert len(mapping) == len(listed)
    return mapping


class TestConnector:
    """The contract of the Connector seam."""

    async def test_listing_twice_gives_the_same(self, sample: Sample) -> None:
        """What did not change keeps its version, so that a second sync reads nothing."""
        first = await versions(sample.connector)
        assert len(first) >= 3
        assert await versions(sample.connector) == first

    async def test_a_change_changes_one_version(self, sample: Sample) -> None:
        """A changed document is listed under another version, and it alone."""
        before = await versions(sample.connector)
        sample.change_one()
        after = await versions(sample.connector)
        assert after.keys() == before.keys()
        assert sum(after[known] != before[known] for known in before) == 1

    async def test_every_listed_document_is_read_or_refused(self, sample: Sample) -> None:
        """Each listed id is fetched as that document, or is refused by name with a reason."""
        good = 0
        refused: list[tuple[DocumentError, str]] = []
        for listed, version in (await versions(sample.connector)).items():
            try:
                document = await sample.connector.fetch(listed)
            except DocumentError as error:
                refused.append((error, listed))
                continue
            good += 1
            assert (document.id, document.source) == (listed, "docs")
            assert document.version == version
            assert document.text.strip()
            assert document.title.strip()
            starts = [mark.start for mark in document.marks]
            assert starts == sorted(starts)
            assert all(0 <= start < len(document.text) for start in starts)
        assert good >= 2
        assert len(refused) == sample.broken
        for refusal, listed in refused:
            assert refusal.document_id == listed
            assert refusal.reason

    @pytest.mark.parametrize(
        "unknown", ["docs:no/such.md", "docs:", "docs", "", "other:notes.md", "notes.md"]
    )
    async def test_an_unknown_id_is_refused(self, sample: Sample, unknown: str) -> None:
        """An id that was never listed is a DocumentError, which a sync survives."""
        with pytest.raises(DocumentError) as refused:
            await sample.connector.fetch(unknown)
        assert refused.value.document_id == unknown

    async def test_a_document_is_the_same_each_time(self, sample: Sample) -> None:
        """Two fetches of an unchanged document have the same content hash."""
        listed = [known for known in await versions(sample.connector) if "broken" not in known]
        for known in listed:
            first = await sample.connector.fetch(known)
            assert (await sample.connector.fetch(known)).content_hash == first.content_hash
