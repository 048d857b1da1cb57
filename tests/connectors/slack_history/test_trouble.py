"""What Slack's troubles do to a listing: nothing that is there may seem to be gone."""

from __future__ import annotations

import pytest

from footnote.connectors.base import CutShortError, DocumentError, SourceError
from footnote.connectors.slack_history.client import TRIES
from tests.connectors.slack_history.conftest import Team


def sentence(error: SourceError | None) -> str:
    """What is told, which names the source and is one line."""
    told = str(error)
    assert told.startswith("Source chat: ")
    assert "\n" not in told
    assert told.endswith(".")
    return told


@pytest.mark.parametrize("method", ["auth.test", "conversations.history", "conversations.replies"])
async def test_a_wait_that_slack_wants_is_kept(team: Team, method: str) -> None:
    """As long as it says, and then the listing is whole."""
    asked = await team.ann.says(team.general, "Asked?")
    await team.bo.says(team.general, "Answered.", thread=asked)
    team.slack.faults.limit(method, retry_after=37, times=3)
    listing = await team.read()
    assert listing.error is None
    assert "Answered." in listing.texts
    assert [round(wait) for wait in team.clock.waits] == [37] * 3


async def test_an_app_of_the_lowest_limit_comes_to_the_same(team: Team) -> None:
    """One call a minute and fifteen messages a page: it takes as many minutes as it needs."""
    for number in range(40):
        await team.ann.says(team.general, f"Message {number:02}.")
    whole = await team.read()
    (team.folder / "messages.db").unlink()
    team.forget_calls()
    team.slack.desk.messages_a_page = 15
    team.slack.rates.on = True
    team.slack.rates.calls_a_minute = {"conversations.history": 1, "conversations.replies": 1}
    began = team.slack.clock.now()
    slow = await team.read()
    assert slow.error is None
    assert slow.versions == whole.versions
    assert len(team.calls("conversations.history")) == 3 + 2
    assert 119 <= team.slack.clock.now() - began <= 130


@pytest.mark.parametrize("trouble", ["fail", "drop", "internal_error"])
async def test_passing_trouble_is_waited_out(team: Team, trouble: str) -> None:
    """An error of the server, a connection that breaks, and an error code that may pass."""
    await team.ann.says(team.general, "Here.")
    if trouble == "internal_error":
        team.slack.faults.refuse("conversations.history", trouble, times=TRIES - 1)
    else:
        getattr(team.slack.faults, trouble)("conversations.history", times=TRIES - 1)
    listing = await team.read()
    assert listing.error is None
    assert "Here." in listing.texts


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_lasting_trouble_deletes_nothing(team: Team, method: str) -> None:
    """What is known of the channel is listed, the other channel is read, and it is told."""
    asked = await team.ann.says(team.general, "Asked?")
    await team.bo.says(team.general, "Answered.", thread=asked)
    other = team.acme.channel("other", team.ann)
    before = await team.read(team.general, other)
    await team.ann.says(other, "News.")
    await team.ann.deletes(asked)
    team.slack.faults.fail(method, times=TRIES)
    listing = await team.read(team.general, other)
    assert isinstance(listing.error, CutShortError)
    assert "the next sync goes on where this one stopped" in sentence(listing.error)
    assert listing.documents.keys() >= before.documents.keys()
    assert "News." in listing.texts
    assert (await team.read(team.general, other)).error is None


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("auth.test", "invalid_auth"),
        ("auth.test", "account_inactive"),
        ("conversations.history", "token_revoked"),
        ("conversations.history", "token_expired"),
    ],
)
async def test_a_token_that_is_not_accepted_ends_the_listing(
    team: Team, method: str, code: str
) -> None:
    """Whenever that happens; the sentence says where the token comes from."""
    await team.ann.says(team.general, "Here.")
    await team.read()
    team.slack.faults.refuse(method, code)
    listing = await team.read()
    assert not isinstance(listing.error, CutShortError)
    told = sentence(listing.error)
    assert f"the token in SLACK_BOT_TOKEN ({code})" in told
    assert team.acme.bot_token not in told


@pytest.mark.parametrize("scope", ["channels:read", "groups:history", "users:read"])
async def test_a_scope_that_lacks_is_named(team: Team, scope: str) -> None:
    """Nothing is listed then."""
    if not team.slack.desk.specs.methods:
        pytest.skip("FOOTNOTE_TEST_DATA names no folder with Slack's list of methods")
    private = team.acme.channel("private", team.ann, private=True)
    await team.ann.says(private, "Here.")
    if scope == "channels:read":
        team.acme.team.scopes -= {"groups:read"}
    team.acme.team.scopes.remove(scope)
    listing = await team.read(team.general, private)
    assert scope in sentence(listing.error)
    assert "install the app again" in sentence(listing.error)


@pytest.mark.parametrize("method", ["auth.test", "users.conversations", "users.list"])
async def test_a_refusal_that_nobody_expects_is_a_sentence(team: Team, method: str) -> None:
    """With Slack's own code in it; nothing is listed."""
    team.slack.faults.refuse(method, "team_access_not_granted")
    listing = await team.read()
    assert not isinstance(listing.error, CutShortError)
    assert "(team_access_not_granted)" in sentence(listing.error)


async def test_private_channels_need_a_scope_that_is_named(team: Team) -> None:
    """Without it the public ones are read, and of the private one it is told."""
    private = team.acme.channel("private", team.ann, private=True)
    await team.ann.says(team.general, "Here.")
    team.acme.team.scopes.remove("groups:read")
    listing = await team.read(team.general, private)
    assert isinstance(listing.error, CutShortError)
    assert "the scope groups:read" in sentence(listing.error)
    assert "Here." in listing.texts


@pytest.mark.parametrize("name", ["#genral", "C404", "general"])
async def test_a_channel_that_the_app_is_not_in_is_told(team: Team, name: str) -> None:
    """Its name may be written with or without the sign; the others are read."""
    await team.ann.says(team.general, "Here.")
    team.acme.channel("apart", team.ann, app=False)
    listing = await team.read(name, "#apart", team.general)
    told = sentence(listing.error)
    assert "the app is in no channel #apart: invite it there with /invite @footnote" in told
    assert (f"no channel {name}" in told) == (name != "general")
    assert "Here." in listing.texts


async def test_a_channel_without_any_message_is_empty(team: Team) -> None:
    """And its listing is whole."""
    listing = await team.read()
    assert (listing.documents, listing.error) == ({}, None)


async def test_an_archived_channel_is_read_on(team: Team) -> None:
    """Its history is there."""
    await team.ann.says(team.general, "Here.")
    team.general.archived = True
    listing = await team.read()
    assert listing.error is None
    assert "Here." in listing.texts


async def test_a_thread_that_goes_between_listing_and_reading_is_gone(team: Team) -> None:
    """Nothing is told of it, and the rest is read."""
    asked = await team.ann.says(team.general, "Asked?")
    await team.bo.says(team.general, "Answered.", thread=asked)
    await team.ann.says(team.general, "Alone.")
    team.slack.faults.refuse("conversations.replies", "thread_not_found")
    listing = await team.read()
    assert listing.error is None
    assert "Answered." not in listing.texts
    assert "Alone." in listing.texts


async def test_what_was_listed_is_what_is_fetched(team: Team) -> None:
    """A fetch calls nothing: what was deleted since is read once more and goes with the next."""
    message = await team.ann.says(team.general, "Here.")
    connector = team.connector()
    (ref,) = [ref async for ref in connector.list()]
    await team.ann.deletes(message)
    team.forget_calls()
    assert "Here." in (await connector.fetch(ref.id)).text
    assert "Here." in (await team.connector().fetch(ref.id)).text
    assert team.calls() == []
    (team.folder / "messages.db").unlink()
    with pytest.raises(DocumentError, match="source chat does not hold it"):
        await team.connector().fetch(ref.id)


async def test_a_channel_that_is_not_wanted_any_more_is_forgotten(team: Team) -> None:
    """Nothing of it is kept, and its documents are gone from a whole listing."""
    private = team.acme.channel("private", team.ann, private=True)
    await team.ann.says(private, "Our secret.")
    await team.ann.says(team.general, "Here.")
    both = await team.read(team.general, private)
    listing = await team.read(team.general)
    assert listing.error is None
    assert listing.documents.keys() < both.documents.keys()
    raw = b"".join(path.read_bytes() for path in team.folder.iterdir())
    assert b"Here." in raw
    assert b"Our secret." not in raw
    with pytest.raises(DocumentError):
        await team.connector().fetch(both.saying("Our secret.").id)


@pytest.mark.parametrize(
    ("value", "told"),
    [("", "needs the environment variable SLACK_BOT_TOKEN"), ("xoxb-1 xoxb-2", "token_env")],
)
async def test_the_token_comes_from_the_environment(
    team: Team, monkeypatch: pytest.MonkeyPatch, value: str, told: str
) -> None:
    """It has to be there, and to be one."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", value)
    listing = await team.read()
    assert told in sentence(listing.error)
    assert "xoxb" not in sentence(listing.error)


async def test_the_token_is_never_logged_nor_kept(
    team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even where everything is logged and everything fails."""
    caplog.set_level("DEBUG")
    await team.ann.says(team.general, "Here.")
    team.slack.faults.fail("conversations.history", times=2)
    team.slack.faults.drop("conversations.history")
    assert "Here." in (await team.read()).texts
    assert team.acme.bot_token not in caplog.text
    raw = b"".join(path.read_bytes() for path in team.folder.iterdir())
    assert team.acme.bot_token.encode() not in raw


async def test_a_memory_that_cannot_be_used_is_told(team: Team) -> None:
    """A folder in the place of the file: nothing is listed."""
    (team.folder / "messages.db").mkdir(parents=True)
    assert "messages.db cannot be used" in sentence((await team.read()).error)
