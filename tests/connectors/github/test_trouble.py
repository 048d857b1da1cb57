"""What goes wrong: nothing that is there may seem to be gone, and each error is one sentence."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from footnote.connectors.base import CutShortError, SourceError
from tests.connectors.github.reading import Reading, refused
from tests.connectors.github.test_unchanged import filled
from tests.servers.github import graphql
from tests.servers.github.server import TOKEN, GitHub
from tests.servers.github.world import Repo
from tests.servers.website import Trouble

DOWN = Trouble(502, lasting=True)


@pytest.mark.parametrize(
    ("place", "trouble"),
    [
        ("after=100", DOWN),
        ("after=100", Trouble(lasting=True)),
        ("/issues/comments", DOWN),
        ("/pulls/comments", DOWN),
        ("/releases?", DOWN),
        ("/releases?", Trouble(404, lasting=True)),
        ("query Listed", DOWN),
    ],
)
async def test_a_part_that_fails_cuts_the_listing_short(
    hub: GitHub, repo: Repo, reading: Reading, place: str, trouble: Trouble
) -> None:
    """What could be listed is, what was known stays, and the error names the repository."""
    filled(hub, repo, 110)
    hub.troubles.append((place, trouble))
    first = await reading.list()
    assert isinstance(first.error, CutShortError)
    gone = trouble.status == 404
    told = "a part of acme/handbook is not" if gone else "acme/handbook cannot be read: "
    assert told in str(first.error)
    assert first.ids
    hub.troubles.clear()
    whole = await reading.list()
    assert whole.error is None
    hub.world.issue(repo, "New")
    hub.troubles.append((place, trouble))
    again = await reading.list()
    assert isinstance(again.error, CutShortError)
    assert set(again.ids) >= set(whole.ids)


async def test_a_lost_page_hides_nothing(hub: GitHub, repo: Repo, reading: Reading) -> None:
    """What a page lacks is asked for by itself before it counts as gone."""
    filled(hub, repo, 5)
    whole = await reading.list()
    away = repo.topics.pop(2)
    hub.begins = lambda path: repo.topics.update({2: away}) if path.endswith("/issues/2") else None
    listing = await reading.list()
    assert (set(listing.ids), listing.error) == (set(whole.ids), None)


@pytest.mark.parametrize(
    "trouble", [DOWN, Trouble(403), Trouble(302, {"Location": "/x"}), Trouble(451)]
)
async def test_only_what_github_calls_gone_is_gone(
    hub: GitHub, repo: Repo, reading: Reading, trouble: Trouble
) -> None:
    """Where it does not say so of the thread that the listing lacks, nothing is deleted."""
    filled(hub, repo, 5)
    whole = await reading.list()
    hub.world.delete(repo, repo.topics[2])
    hub.troubles.append(("/issues/2", trouble))
    listing = await reading.list()
    assert isinstance(listing.error, CutShortError)
    assert set(listing.ids) == set(whole.ids)


async def test_discussions_that_were_not_all_listed_are_told(
    hub: GitHub, repo: Repo, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer than GitHub counts are no whole listing."""
    filled(hub, repo, 0, 3)

    page = graphql._connection

    def fewer(nodes: list[Any], *how: Any) -> Any:
        whole = page(nodes, *how)
        return {**whole, "nodes": whole["nodes"][:2]}

    monkeypatch.setattr(graphql, "_connection", fewer)
    listing = await reading.list(kinds=["discussions"])
    assert isinstance(listing.error, CutShortError)
    assert "of its 3 discussions only 2 were listed" in str(listing.error)


async def test_a_token_that_expires_in_the_middle(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """The listing is cut short with what to do; reading stops; nothing is asked further."""
    other = hub.world.repo("acme/zoo")
    filled(hub, repo, 5)
    filled(hub, other, 5)
    both: dict[str, Any] = {"repositories": ["acme/handbook", "acme/zoo", "acme/more"]}
    hub.begins = lambda path: hub.tokens.clear() if path == "/repos/acme/zoo" else None
    listing = await reading.list(**both)
    assert isinstance(listing.error, CutShortError)
    assert "does not accept the token in GITHUB_TOKEN, which has expired" in str(listing.error)
    assert len(listing.ids) == 5 + 4 + 3
    assert "/repos/acme/more" not in hub.paths()
    with pytest.raises(SourceError, match="put a new one there"):
        await reading.read("pulls/5")
    assert "GITHUB_TOKEN" in refused(await reading.list(repositories=["acme/zoo"]))


async def test_a_repository_with_another_name_is_told(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """It is not followed, as the old name may be somebody else's tomorrow."""
    filled(hub, repo, 5)
    await reading.list()
    repo.renamed = "acme/manual"
    listing = await reading.list()
    assert isinstance(listing.error, CutShortError)
    assert "it is called acme/manual now, so write that name" in str(listing.error)
    assert len(listing.ids) == 5 + 4 + 3


@pytest.mark.parametrize(
    ("has_token", "told"),
    [(True, "the token in GITHUB_TOKEN may not see it"), (False, "put a token into the env")],
)
async def test_a_repository_that_is_not_there_is_told(
    hub: GitHub, reading: Reading, monkeypatch: pytest.MonkeyPatch, *, has_token: bool, told: str
) -> None:
    """Missing and private ones look alike from outside; the others are read all the same."""
    hub.world.repo(private=not has_token)
    if has_token:
        hub.world.repos.clear()
    else:
        monkeypatch.delenv("GITHUB_TOKEN")
    assert told in refused(await reading.list())
    hub.world.issue(hub.world.repo("acme/zoo"), "Here")
    names = ["acme/handbook", "acme/zoo"]
    listing = await reading.list(repositories=names, kinds=["issues"])
    assert listing.ids == ["acme/zoo/issues/1"]
    assert isinstance(listing.error, CutShortError)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (
            {
                "X-Accepted-GitHub-Permissions": "issues=read",
                "X-Message": "Resource not accessible",
            },
            "needs the permission issues=read (GitHub says: Resource not accessible)",
        ),
        (
            {"X-GitHub-SSO": "required; url=https://github.example/orgs/acme/sso"},
            "has to be authorised for single sign-on at https://github.example/orgs/acme/sso",
        ),
        ({"X-Message": "Blocked"}, "may not read it (GitHub says: Blocked)"),
    ],
)
async def test_a_token_that_may_not_is_told_what_it_lacks(
    hub: GitHub, repo: Repo, reading: Reading, headers: dict[str, str], told: str
) -> None:
    """With the permission that GitHub names; it is asked once."""
    filled(hub, repo, 5)
    hub.troubles.append(("/issues?", Trouble(403, headers, lasting=True)))
    listing = await reading.list()
    assert f"the token in GITHUB_TOKEN {told}" in str(listing.error)
    assert len([path for path in hub.paths() if "/issues?" in path]) == 1


async def test_discussions_need_a_token(
    hub: GitHub, repo: Repo, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names both ways out; a repository without discussions needs none."""
    filled(hub, repo, 5)
    monkeypatch.delenv("GITHUB_TOKEN")
    listing = await reading.list()
    assert "put one into the environment variable GITHUB_TOKEN, or leave" in str(listing.error)
    assert len(listing.ids) == 5 + 3
    repo.has_discussions = False
    assert (await reading.list()).error is None


async def test_a_document_that_goes_between_listing_and_reading(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """It is refused by name, or read as it was listed; moved ones say where they are."""
    filled(hub, repo, 10)
    await reading.list()
    connector = reading.connector()
    hub.world.delete(repo, repo.topics[5])
    hub.world.transfer(repo, repo.topics[10], hub.world.repo("acme/other"))
    repo.talks.clear()
    assert await reading.refusal("pulls/5") == "it is gone"
    assert "it was moved to " in await reading.refusal("pulls/10")
    assert await reading.refusal("discussions/11") == "it is gone"
    assert await reading.refusal("issues/99") == "it is gone"
    hub.world.delete(repo, repo.topics[1])
    assert (await connector.fetch("docs:acme/handbook/issues/1")).text


async def test_one_document_that_fails_stops_no_other(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """A server's error is the reason why that one is not read."""
    filled(hub, repo, 10)
    await reading.list()
    hub.troubles.append(("/pulls/5/reviews", DOWN))
    assert await reading.refusal("pulls/5") == "the server answers 502 Bad Gateway (Trouble)"
    assert not await reading.refusal("pulls/10")


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Trouble(200, {"Content-Type": "text/html"}), "something else than JSON: check api_url"),
        (Trouble(200), "another form than GitHub (KeyError('has_issues')): check api_url"),
        (Trouble(418), "the server answers 418 I'm a Teapot (Trouble)"),
    ],
)
async def test_what_is_no_github_is_told(
    hub: GitHub, repo: Repo, reading: Reading, trouble: Trouble, told: str
) -> None:
    """Whatever answers at api_url."""
    filled(hub, repo, 2)
    hub.troubles.append(("/repos/acme/handbook", trouble))
    assert told in refused(await reading.list())


async def test_a_server_that_is_away_is_told(hub: GitHub, reading: Reading) -> None:
    """With the reason, and without another word for each document."""
    away = hub.url.replace("127.0.0.1", "127.0.0.2")
    assert "127.0.0.2, which is not a public address" in refused(await reading.list(api_url=away))


async def test_a_next_page_elsewhere_is_not_asked_for(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """Nor sent the token."""
    filled(hub, repo, 110)
    real, hub.url = hub.url, "http://127.0.0.1:9/api/v3"
    listing = await reading.list(api_url=real, kinds=["issues"])
    assert "the next page is said to be elsewhere, at http://127.0.0.1:9/" in str(listing.error)


async def test_the_token_is_never_told(
    hub: GitHub, repo: Repo, reading: Reading, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes to GitHub with every request, and nowhere else."""
    caplog.set_level(logging.DEBUG)
    filled(hub, repo, 5)
    await reading.list()
    hub.tokens.clear()
    hub.troubles.append(("/releases", DOWN))
    error = (await reading.list()).error
    sent = {exchange.headers.get("authorization") for exchange in hub.exchanges}
    assert sent == {f"Bearer {TOKEN}"}
    assert TOKEN not in caplog.text + str(error) + repr(error)
    assert all(TOKEN.encode() not in file.read_bytes() for file in reading.folder.iterdir())


async def test_no_more_requests_are_on_their_way_than_allowed(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """The parts of a repository are asked for side by side, within the limit."""
    filled(hub, repo, 5)
    hub.latency_s = 0.02
    assert (await reading.list(at_once=2)).error is None
    assert hub.most_at_once == 2
