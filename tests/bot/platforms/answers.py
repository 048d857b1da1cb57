"""Views of answers to render, and Markdown of every kind for them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from footnote.bot.platforms.options import RenderOptions
from footnote.bot.questions import Answer, Block, Citation, Outcome, Question, View
from footnote.retrieval.passages import Passage
from tests.properties import texts

QUESTION = Question("T1:C2:3.4", "How many days of leave?")
OPTIONS = RenderOptions()
WIKI = "https://wiki.example.org/leave?a=1&b=2#days"

LIVING = tuple(
    r"""
    <!channel> <!here|here> <!everyone> <!subteam^S012AB> <@U012AB> <#C012AB|general> @channel
    <!date^1^{date}^https://evil.example/d|x> <https://evil.example/a|click> <https://evil.example>
    <mailto:a@evil.example> [x](https://evil.example/b) ![x](https://evil.example/c) [x][1]
    [x]: [x]:https://evil.example/d www.evil.example evil.example a@evil.example
    HTTP://EVIL.EXAMPLE slack://channel?id=1 <a&#32;href='https://evil.example'>
    &lt;!channel&gt; &#60;@U012AB&#62; https\://evil.example \<!channel> <\!here> @\here
    mailto:a@evil.example [1](https://evil.example/e) [1]: ]( ]: < <! <@ :// https: // www .
    example 例え.example https://例え.テスト/ \https://evil.example \evil.example
    &amp;lt;!here&amp;gt;
    @everyone @here <@123> <@!123> <@&123> <#123> </ask:123> </ask me:123> <t:1618953630>
    <t:1:R> <:name:123> <a:name:123> <id:customize> <id:browse> <+15551234> <a@evil.example>
    <1@evil.example> \<@123> \@everyone ||x|| | || \|| discord.gg/evil https://discord.gg/evil
    discord://evil steam://run/1 [x](<https://evil.example>) [[1]](https://evil.example)
    [x]\(https://evil.example) \[x](https://evil.example) `https://evil.example/**`
    **`https://evil.example/**` `x**https://evil.example` `a||b` `_https://evil.example_`
    `<@123>` `@everyone` _`_ https://evil.example/_x_ https://evil.example/*a*
    """.split()
)
"""What Markdown, Slack or Discord obeys, and halves of it."""

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
"""One sign for a reader, of five."""

_WORDS = "days of leave 請假 يوم שלום e\u0301 settings.toml 3.14 e.g. C# @ [1] [2] [3]".split()
_INLINE = r"**strong** _soft_ ~~x~~ `code` ``a`b`` ` `` ``` ~~~ * ** ( ) [ ] \| | --- <b> <pre>"
_SIGNS = (FAMILY, "\U0001f1e6\U0001f1f9", "\u202e", "\u2067", "\ud800", "\x00", "\x0c", "\x7f")
_CODE = "`a | b`", "`https://evil.example`", "\n```\n", "\n```python\n", "\n> ```\n", "\n- ```\n"
_LINES = "\n", "\n\n", "\n- ", "\n  - ", "\n    1. ", "\n# ", "\n> ", "    ", "\t", "\r\n"
_BLOCKS = "\n~~~ https://evil.example\n", "\n    ```\n", "\n|a|b|\n|---|---|\n|c|d|", "<!-- "
_MARKS = r"** __ ~~ *** * _ ___ ~ || >>> > >> -# -#x #### ##### ###### ``` ```` `` \` \\ \* \_ - +"
_OTHER = (
    "\n>>> ", "\n-# ", "\n> > ", "\n#### ", "\n#### a ####\n", "\n- >>> ", "\n> -# ", "\n- -# ",
    "\n* ", "\n+ ", "\n- [ ] ", "\n- [x] ", "[^1]", "\n[^1]: ", "\n---\n", "\n***\n",
    "\n```\n**\n```\n", "\n```\n\n```\n", "\n```\n```\n", "\n```\na ```` b\n```\n", "\n```a b\n",
    "\n| a | b |\n|--|--|\n| `x` | **c** [1] |\n| <@123> | \\| |\n",
)  # fmt: skip
SHAPES = (
    *_WORDS, *_INLINE.split(), *_SIGNS, *_CODE, *_LINES, *_BLOCKS, *_MARKS.split(), *_OTHER
)  # fmt: skip
"""What Markdown is made of, and what other Markdown is that not every platform knows."""

PIECES = st.one_of(
    st.sampled_from(LIVING),
    st.sampled_from(SHAPES),
    st.sampled_from(["|", " | ", " ", "\n"]),
    texts(3),
)
MARKDOWN = st.lists(PIECES, max_size=16).map("".join)
GAPS = st.sampled_from(["", " ", "\n", "\n\n", "\n   ", "  "])


def passage(number: int, url: str | None = None, title: str = "Leave") -> Passage:
    """A passage that a marker with this number can cite."""
    return Passage(
        f"p{number}", f"d{number}", "wiki", title, ("Days",), "25 days.", 0, 8, 0, url, "page 3"
    )


def citation(number: int, url: str | None = None, title: str = "Leave") -> Citation:
    """A citation of such a passage."""
    return Citation(number, passage(number, url, title), "25 days", 0, 7)


CITED = (citation(1, WIKI), citation(2), citation(3, "file:///srv/handbook.md"))
BLOCKS = st.lists(st.builds(Block, MARKDOWN, GAPS, st.just(CITED)), max_size=6)


def answered(blocks: Sequence[Block], note: str = "") -> View:
    """The view of an answer."""
    return ended(Outcome.ANSWERED, blocks, note)


def ended(outcome: Outcome, blocks: Sequence[Block] = (), note: str = "") -> View:
    """The view of a question that ended like this."""
    answer = Answer(QUESTION, outcome, blocks=tuple(blocks), note=note)
    return View(QUESTION, tuple(blocks), answer=answer)


def running(blocks: Sequence[Block]) -> View:
    """The view of an answer that is still made."""
    return View(QUESTION, tuple(blocks), status="Writing")
