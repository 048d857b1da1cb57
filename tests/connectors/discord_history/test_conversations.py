"""Which messages of Discord become documents, and how they read."""

from __future__ import annotations

from footnote.connectors.discord_history.content import markdown
from tests.connectors.discord_history.conftest import Guild
from tests.servers.discord.posting import post


def _named(name: str) -> str:
    return {"1": "Ann", "2": "general"}.get(name, "")


def shown(text: str) -> str:
    """A content as Markdown."""
    return markdown(text, _named, _named, _named)


async def test_a_thread_is_one_document(guild: Guild) -> None:
    """With the message that it began from, under its name, each message with its link."""
    asked = await guild.ann.says(guild.general, "How many days of **leave** do we get?")
    thread = await guild.bo.opens_thread(asked, "Leave")
    reply = await guild.bo.says(thread, "28 in a year.")
    (document,) = (await guild.read()).documents.values()
    assert document.id == f"chat:{guild.general.id}/{thread.id}"
    assert document.title == "#general: Leave"
    assert document.author == "Ann"
    first, second = document.text.split("\n\n")
    assert first.startswith("**Ann** (")
    assert first.endswith("): How many days of **leave** do we get?")
    assert second.startswith("**Bo** (")
    assert second.endswith("): 28 in a year.")
    base = f"https://discord.com/channels/{guild.acme.id}"
    assert [mark.url for mark in document.marks] == [
        f"{base}/{guild.general.id}/{asked.id}",
        f"{base}/{thread.id}/{reply.id}",
    ]
    assert [mark.start for mark in document.marks] == [0, document.text.index("**Bo**")]
    assert document.url == f"{base}/{guild.general.id}/{asked.id}"


async def test_posts_of_a_forum_are_threads(guild: Guild) -> None:
    """Also those that are archived."""
    forum = guild.acme.forum("help")
    first = await guild.ann.opens_post(forum, "The printer", "It is out of paper.")
    old = await guild.ann.opens_post(forum, "The lift", "It stands still.")
    await guild.bo.says(first.channel, "There is some in the cellar.")
    await guild.ann.archives(old.channel)
    listing = await guild.read(forum)
    assert listing.error is None
    assert {one.title for one in listing.documents.values()} == {
        "#help: The printer",
        "#help: The lift",
    }
    assert "in the cellar" in listing.saying("out of paper").text


async def test_what_is_in_no_thread_is_gathered_by_days(guild: Guild) -> None:
    """With whose message another one answers."""
    guild.discord.clock.advance(86_400 - guild.discord.clock.now() % 86_400 + 3600)
    first = await guild.ann.says(guild.general, "The lift is out of order.")
    guild.discord.clock.advance(2 * 3600)
    await guild.bo.says(guild.general, "Not any more.", reply_to=first)
    guild.discord.clock.advance(86_400)
    await guild.ann.says(guild.general, "Good.")
    listing = await guild.read()
    assert len(listing.documents) == 2
    day = listing.saying("The lift")
    assert [line for line in day.text.splitlines() if line.startswith("#")] == [
        "## 01:00",
        "## 03:00",
    ]
    assert " to Ann: Not any more." in day.text


async def test_what_nobody_wrote_is_left_out(guild: Guild) -> None:
    """Joins, and what other bots and hooks say unless that is wanted."""
    await guild.ann.joins(guild.general)
    bot = guild.acme.bot("deployer")
    await bot.says(guild.general, "Deployed version 7.", embeds=[])
    await guild.ann.says(guild.general, "By a hook.", webhook=True)
    assert (await guild.read()).documents == {}
    texts = (await guild.read(bots=True)).texts
    assert "version 7" in texts
    assert "By a hook." in texts


async def test_the_bot_does_not_cite_itself(guild: Guild) -> None:
    """Neither its answers nor the questions to it count; what people say to one another does."""
    asked = await guild.ann.says(guild.general, f"{guild.discord.mention} How many days?")
    thread = await guild.ann.opens_thread(asked, "How many days?")
    bot = guild.discord.application.bot
    post(guild.discord.world, thread, bot, "Twenty-eight [1].")
    post(guild.discord.world, guild.general, bot, "Posted for a command.")
    await guild.ann.says(thread, "and for contractors?")
    for bots in (False, True):
        assert (await guild.read(bots=bots)).documents == {}
    await guild.bo.says(thread, "No, contractors get none.")
    (document,) = (await guild.read()).documents.values()
    assert "contractors get none" in document.text
    assert "Twenty-eight" not in document.text
    assert "How many days?" not in document.text


async def test_private_threads_are_left_out(guild: Guild) -> None:
    """Their members are fewer than the channel's, and no label names them."""
    hush = guild.acme.thread(guild.general, "hush", guild.ann, private=True)
    hush.thread_members[guild.discord.application.bot.id] = 0.0
    await guild.ann.says(hush, "We are moving to Oslo.")
    assert (await guild.read()).documents == {}


async def test_files_are_named(guild: Guild) -> None:
    """A message may be nothing else."""
    file = {"id": "1573801239131455489", "filename": "plan.pdf", "size": 1}
    file |= {"url": "https://cdn.example/plan.pdf", "proxy_url": "https://cdn.example/plan.pdf"}
    post(guild.discord.world, guild.general, guild.ann.user, "", attachments=[file])
    assert "[file: plan.pdf]" in (await guild.read()).texts


async def test_people_roles_and_channels_go_by_their_names(guild: Guild) -> None:
    """A channel that not everybody sees is not named to those who do not."""
    team = guild.acme.role("team")
    private = guild.acme.channel("layoffs", only=[guild.ann])
    await guild.ann.says(guild.general, f"Ask {guild.bo.mention} or {team.mention}.")
    await guild.ann.says(guild.general, f"In {guild.general.mention} or {private.mention}.")
    await guild.ann.says(private, f"We are in {private.mention}.")
    texts = (await guild.read(guild.general, private)).texts
    assert "Ask @Bo or @team." in texts
    assert "In #general or another channel." in texts
    assert "We are in #layoffs." in texts


def test_references_are_words() -> None:
    """Those to people, roles, channels, emoji, times, commands and pages."""
    assert shown("<@1> <@!1> <@9> <@&2> <@&9>") == "@Ann @Ann @somebody @general @role"
    assert shown("<#2> <#9>") == "#general another channel"
    assert shown("<:ok:7> <a:wave:8> </ask:9>") == ":ok: :wave: /ask"
    assert shown("<t:0:R> <t:99999999999999999999>") == "1970-01-01 00:00 99999999999999999999"
    assert shown("see <https://a.example/x> now") == "see https://a.example/x now"
    assert shown("-# small\n**bold** ||hidden||") == "small\n**bold** ||hidden||"


def test_code_is_kept() -> None:
    """In it nothing is named, and a fence has lines of its own."""
    assert shown("run `a <@1>` now") == "run `a <@1>` now"
    assert shown("so ```x <@1>```") == "so \n```\nx <@1>\n```"
    assert shown("```py\nx\n```") == "```py\nx\n```"
    assert shown("```py never closed") == "```\npy never closed\n```"
