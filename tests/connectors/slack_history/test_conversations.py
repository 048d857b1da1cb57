"""Which messages of Slack become documents, and how they read."""

from __future__ import annotations

from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient

from footnote.connectors.slack_history.mrkdwn import markdown
from tests.connectors.slack_history.conftest import Team
from tests.servers.slack.posting import post


def _named(name: str) -> str:
    return {"U1": "Ann", "C1": "general"}.get(name, "")


def shown(text: str) -> str:
    """A text as Markdown."""
    return markdown(text, _named, _named)


async def test_a_thread_is_one_document(team: Team) -> None:
    """With who said what and when, in order; each message is a mark with its permalink."""
    asked = await team.ann.says(team.general, "How many days of *leave* do we get?")
    await team.bo.says(team.general, "28 in a year.", thread=asked)
    last = await team.ann.says(team.general, "Thanks!", thread=asked)
    (document,) = (await team.read()).documents.values()
    time = f"{datetime.fromtimestamp(float(asked.ts), UTC):%Y-%m-%d %H:%M}"
    assert document.id == f"chat:{team.general.id}/{asked.ts}"
    assert document.text == (
        f"**ann** ({time}): How many days of **leave** do we get?\n\n"
        f"**bo** ({time}): 28 in a year.\n\n**ann** ({time}): Thanks!"
    )
    assert document.title == "#general: How many days of leave do we get?"
    assert document.author == "ann"
    assert document.modified_at == datetime.fromtimestamp(float(last.ts), UTC)
    at = [document.text.index("**ann**"), document.text.index("**bo**")]
    assert [mark.start for mark in document.marks][:2] == at
    assert document.marks[1].label == f"bo, {time}"


async def test_links_are_those_that_slack_would_give(team: Team) -> None:
    """Of a first message, of a reply and of a message without replies, with no call for any."""
    asked = await team.ann.says(team.general, "Asked?")
    reply = await team.bo.says(team.general, "Answered.", thread=asked)
    alone = await team.bo.says(team.general, "Alone.")
    listing = await team.read()
    marks = listing.saying("Asked?").marks + listing.saying("Alone.").marks
    assert "chat.getPermalink" not in team.calls()
    client = AsyncWebClient(team.acme.bot_token, base_url=team.slack.api_url)
    for mark, message in zip(marks, (asked, reply, alone), strict=True):
        given = await client.chat_getPermalink(channel=team.general.id, message_ts=message.ts)
        assert mark.url == given["permalink"]
    assert listing.saying("Asked?").url == marks[0].url


async def test_what_is_in_no_thread_is_gathered_by_days(team: Team) -> None:
    """One document a day, with a heading wherever nobody spoke for an hour."""
    team.slack.clock.advance(86_400 - team.slack.clock.now() % 86_400 + 3600)
    await team.ann.says(team.general, "The lift is out of order.")
    team.slack.clock.advance(600)
    await team.bo.says(team.general, "Take the stairs.")
    team.slack.clock.advance(3 * 3600)
    await team.bo.says(team.general, "Lunch is here.")
    team.slack.clock.advance(86_400)
    await team.ann.says(team.general, "The lift runs again.")
    listing = await team.read()
    assert len(listing.documents) == 2
    first = listing.saying("out of order")
    day = f"{datetime.fromtimestamp(team.slack.clock.now() - 86_400, UTC):%Y-%m-%d}"
    assert first.id == f"chat:{team.general.id}/{day}"
    assert first.title == f"#general: {day}"
    assert first.author is None
    assert [line for line in first.text.splitlines() if line.startswith("#")] == [
        "## 01:00",
        "## 04:10",
    ]
    assert first.text.startswith(f"## 01:00\n\n**ann** ({day} 01:00): The lift is out of order.")
    assert [mark.start for mark in first.marks][2] == first.text.index("## 04:10")


async def test_what_nobody_wrote_is_left_out(team: Team) -> None:
    """Joins and other messages of the system, and what other bots say unless that is wanted."""
    await team.ann.joins(team.general)
    bot = team.acme.bot("deployer")
    await bot.says(team.general, "Deployed version 7.")
    await bot.says(team.general, "By a hook.", webhook=True)
    post(team.slack.world, team.general, team.ann.member, "new topic", subtype="channel_topic")
    assert (await team.read()).documents == {}
    texts = (await team.read(bots=True)).texts
    assert "deployer" in texts
    assert "version 7" in texts
    assert "By a hook." in texts
    assert "topic" not in texts
    assert "joined" not in texts


async def test_the_bot_does_not_cite_itself(team: Team) -> None:
    """Neither its answers nor the questions to it count; what people say to one another does."""
    asked = await team.ann.says(team.general, f"{team.acme.mention} How many days of leave?")
    bot = team.acme.team.bot
    for text in ("Twenty-eight [1].", "Posted for a command."):
        thread = asked.ts if "[1]" in text else None
        post(team.slack.world, team.general, bot, text, thread=thread)
    await team.ann.says(team.general, "and for contractors?", thread=asked)
    for bots in (False, True):
        assert (await team.read(bots=bots)).documents == {}
    await team.bo.says(team.general, "No, contractors get none.", thread=asked)
    (document,) = (await team.read()).documents.values()
    assert "contractors get none" in document.text
    assert "Twenty-eight" not in document.text
    assert "How many days" not in document.text


async def test_me_messages_files_and_broadcasts_count(team: Team) -> None:
    """Files are named, and a reply that is shown in the channel too is in its thread alone."""
    asked = await team.ann.says(team.general, "waves", me=True)
    await team.bo.says(team.general, "", files=["plan.pdf"], thread=asked)
    post(
        team.slack.world,
        team.general,
        team.bo.member,
        "Also told to all.",
        thread=asked.ts,
        subtype="thread_broadcast",
    )
    (document,) = (await team.read()).documents.values()
    assert "waves" in document.text
    assert "[file: plan.pdf]" in document.text
    assert document.text.count("Also told to all.") == 1


async def test_people_and_channels_go_by_their_names(team: Team) -> None:
    """Also people of other workspaces; a private channel is not named to those who are not in."""
    other = team.slack.workspace("other")
    guest = other.person("zoe")
    team.general.members.add(guest.id)
    team.general.team_ids.append(other.id)
    private = team.acme.channel("layoffs", team.ann, private=True)
    await guest.says(team.general, f"Ask {team.bo.mention} in <#{team.general.id}>.")
    await team.bo.says(team.general, f"Or {guest.mention}, or in <#{private.id}>.")
    await team.bo.says(private, f"We are in <#{private.id}>.")
    texts = (await team.read(team.general, private)).texts
    assert "**zoe**" in texts
    assert "Ask @bo in #general." in texts
    assert "Or @zoe, or in another channel." in texts
    assert "We are in #layoffs." in texts


def test_markup_is_markdown() -> None:
    """What Slack marks is marked the same in Markdown; what it escapes is what was typed."""
    assert shown("*bold* _it_ ~gone~ a*b*c 2 * 3 * 4") == "**bold** _it_ ~~gone~~ a*b*c 2 * 3 * 4"
    assert shown("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;") == "1 < 2 && 3 > 2 &lt;"
    assert shown("<https://a.example/x?a=1&amp;b=2|the page>") == (
        "[the page](https://a.example/x?a=1&b=2)"
    )
    assert shown("<https://a.example>") == "https://a.example"
    assert shown("<mailto:a@b.example|a@b.example>") == "a@b.example"
    assert shown("<@U1> <@U2|bo> <@U3>") == "@Ann @bo @U3"
    assert shown("<#C1|old> <#C2|secret>") == "#general another channel"
    assert shown("<!here> <!subteam^S1|@ops> <!subteam^S1> <!date^1^{date}|May 1>") == (
        "@here @ops @S1 May 1"
    )
    assert shown("• one\n    ◦ two") == "- one\n    - two"


def test_code_is_kept() -> None:
    """In it nothing is marked; links are what was typed, and a fence has lines of its own."""
    assert shown("run `a *b* &amp;&amp; c` now") == "run `a *b* && c` now"
    assert shown("so: ```x = *p;\n<http://a.example|a.example>```done") == (
        "so:\n```\nx = *p;\na.example\n```\ndone"
    )
    assert shown("```never closed &lt;").endswith("never closed <\n```")
