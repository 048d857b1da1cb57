"""Limits: they are waited for where they pass soon, and told where they do not."""

from __future__ import annotations

import pytest

from footnote.connectors.base import SourceError
from tests.connectors.github.reading import Reading, refused
from tests.connectors.github.test_unchanged import filled
from tests.servers.github.server import GitHub
from tests.servers.github.world import Repo
from tests.servers.website import Trouble

SECONDARY = {"X-Message": "You have exceeded a secondary rate limit. Please wait."}
REFUSALS = {
    "the token in GITHUB_TOKEN may not read it (GitHub says: Resource not accessible)": {
        "type": "FORBIDDEN",
        "message": "Resource not accessible",
    },
    "GitHub answers: Something went wrong.": {"message": "Something went wrong."},
}


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(429, {"Retry-After": "30"}),
        Trouble(403, {"Retry-After": "30"}),
        Trouble(403, SECONDARY),
        Trouble(503, {"Retry-After": "30"}),
    ],
)
async def test_github_is_left_alone_for_as_long_as_it_wants(
    hub: GitHub, repo: Repo, reading: Reading, trouble: Trouble
) -> None:
    """Limits that pass soon are waited for, and then the same is asked again."""
    filled(hub, repo, 5)
    hub.troubles.append(("/issues?", trouble))
    begun = reading.clock.now()
    listing = await reading.list()
    assert (len(listing.ids), listing.error) == (5 + 4 + 3, None)
    assert reading.clock.now() - begun >= 30


async def test_a_used_up_limit_is_told_and_gone_on_from(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """A limit that lasts an hour is not waited for; the next sync asks for the rest alone."""
    filled(hub, repo)
    # A page of each listing is answered, and that of comments is still on its way when the next
    # page of issues is refused.
    hub.budget = 4
    hub.troubles.append(("/issues/comments?", Trouble(late_s=0.2)))
    connector = reading.connector(kinds=["issues", "pulls"])
    listing = await reading.list(connector)
    assert listing.error is not None
    assert "GitHub answers no more requests until " in str(listing.error)
    assert "goes on from there" in str(listing.error)
    assert sum(reading.clock.waits) < 60
    asked = hub.paths(403)
    assert len(asked) == 1, "nothing is asked once nothing is answered"
    hub.budget = 2 + 1
    assert (await reading.list(connector)).error is None
    assert hub.budget == 0


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Retry-After": "600"}, "no more requests for 10 minutes"),
        (SECONDARY, "no more requests for a minute"),
    ],
)
async def test_a_limit_that_does_not_pass_is_told(
    hub: GitHub, repo: Repo, reading: Reading, headers: dict[str, str], told: str
) -> None:
    """With how long it lasts, and that nothing is lost."""
    filled(hub, repo, 5)
    hub.troubles.append(("/repos/acme/handbook", Trouble(403, headers, lasting=True)))
    assert told in refused(await reading.list())


async def test_a_limit_of_questions_is_told(
    hub: GitHub, repo: Repo, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GraphQL tells its own limit in an answer with status 200."""
    filled(hub, repo, 0)
    error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    monkeypatch.setattr("tests.servers.github.server.answer", lambda *_: {"errors": [error]})
    listing = await reading.list(kinds=["discussions"])
    assert "GitHub answers no more requests for a minute" in refused(listing)


@pytest.mark.parametrize("told", REFUSALS)
async def test_a_refused_question_is_told(
    hub: GitHub, repo: Repo, reading: Reading, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """What GraphQL refuses, in its words where there are no better ones."""
    filled(hub, repo, 0)
    said = {"errors": [REFUSALS[told]]}
    monkeypatch.setattr("tests.servers.github.server.answer", lambda *_: said)
    assert told in refused(await reading.list(kinds=["discussions"]))


async def test_a_limit_in_the_middle_of_reading_stops_the_sync(
    hub: GitHub, repo: Repo, reading: Reading
) -> None:
    """No document is reported for it by its name: the source is left until later."""
    filled(hub, repo, 10)
    await reading.list()
    hub.budget = 0
    with pytest.raises(SourceError, match="no more requests"):
        await reading.read("pulls/5")
