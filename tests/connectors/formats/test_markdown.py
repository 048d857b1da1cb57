"""Markdown: front matter, template tags, titles."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.connectors.base import Syntax
from footnote.connectors.formats import read
from footnote.connectors.formats.base import Parsed


def markdown(text: str) -> Parsed:
    """The text as a Markdown file."""
    return read(text.encode(), "guide/page.md")


@pytest.mark.parametrize(
    ("front_matter", "title", "author"),
    [
        ("title: Leave policy", "Leave policy", None),
        ('title: "Leave: a guide"\nauthors: [Ann, {name: Bo}, 3]', "Leave: a guide", "Ann, Bo, 3"),
        ("title: 2024\nauthor: No", "2024", "No"),
        ("title: 2024-99-99\nkeywords: !!python/object x", "2024-99-99", None),
        ("title: >\n  Two\n  lines\nauthor: {name: Ann}", "Two lines", "Ann"),
        ("title: Leave\ntags: [unclosed\nauthor: Ann", "Leave", "Ann"),
        ("title: 'Leave'\n\tbad: tab\n  worse", "Leave", None),
        ("title: Leave\nlist: " + "[" * 1000, "Leave", None),
        ("title: [not, words]", "Heading", None),
        ("# a comment\ntitle:", "Heading", None),
        ("", "Heading", None),
    ],
)
def test_front_matter(front_matter: str, title: str, author: str | None) -> None:
    """The block is left out of the text and names the document, even where its YAML is bad."""
    parsed = markdown(f"---\n{front_matter}\n---\n# Heading\n\nText.\n")
    assert parsed.text == "# Heading\n\nText.\n"
    assert (parsed.title, parsed.author) == (title, author)


@pytest.mark.parametrize(
    "text",
    [
        "---\nJust prose between two rules.\n---\nMore.\n",
        "---\n- a\n- list\n---\nMore.\n",
        "Text first.\n---\ntitle: no\n---\n",
        "---\ntitle: never closed\n",
        "----\ntitle: no\n----\n",
    ],
)
def test_what_is_not_front_matter_stays(text: str) -> None:
    """Rules around prose, or a block further down, are text."""
    assert markdown(text).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Intro.\n\n# Leave `policy` **for** [all](x.md) #\n", "Leave policy for all"),
        ("Leave policy\n============\n\nText.\n", "Leave policy"),
        ("## Second level only\n\nText.\n", None),
        ("```sh\n# a comment\n```\n# Title {#top .big}\n", "Title"),
        ("`x\n# y` text\n\n#No space\n\n# snake_case_name\n", "snake_case_name"),
        ("# \n\n# Second\n", "Second"),
    ],
)
def test_the_first_heading_is_the_title(text: str, title: str | None) -> None:
    """Without front matter, the first heading of level one outside code names the document."""
    assert markdown(text).title == title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One {{ user.name }} two.\n", "One two.\n"),
        ("One {# a note #}two{{ x }}.\n", "One two.\n"),
        ("Ask {% unless a %}Ann{% endunless %}, please.\n", "Ask Ann, please.\n"),
        ("A\n\n{% include 'warning.html' %}\n\nB\n", "A\n\n\nB\n"),
        ("{% alert %}\nMind this.\n{% endalert %}\n", "Mind this.\n"),
        ("- Do it {% comment %}TODO: `link` it{% endcomment %}\n- Then\n", "- Do it\n- Then\n"),
        ("A{%- comment -%}\nx\n\n{{ y }}\n{%- endcomment -%}B\n", "AB\n"),
        ("A <!-- note\n\nmore --> B <!-- x -->\n", "A B\n"),
        ("<!-- a -->\n> <!-- b -->\n- {{ c }}\nText\n", "Text\n"),
        ("Text with { % no tag } and 5 {% open\n", "Text with { % no tag } and 5 {% open\n"),
        ("## Heading {#anchor}\n\n## Two {#b}\n", "## Heading {#anchor}\n\n## Two {#b}\n"),
    ],
)
def test_template_tags_are_left_out(text: str, expected: str) -> None:
    """Tags and comments go without a trace: no empty item, no doubled space, no lonely line."""
    assert markdown(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Ask in {% channel "help" %}.\n', "Ask in help.\n"),
        ('Ask {% channel "g-x" "the X guild" %}\n', "Ask g-x\n"),
        ("{% image '_img/a.png' 'A red door' %}\n", "A red door\n"),
        ('See {% link "https://a.example/b" "the form" %}.\n', "See the form.\n"),
        ('{% alert "Heads up!", "warning" %}\nx\n', "Heads up!\nx\n"),
        ('{% alert "", "warning" %}\nx\n', "x\n"),
        ('{% include "a.html" title="no" %}\nx\n', "x\n"),
    ],
)
def test_words_of_a_tag_stay(text: str, expected: str) -> None:
    """A tag that has only quoted words leaves the first that is not a path."""
    assert markdown(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Use [templates]({% page "/tools/x#y" %}).\n', "Use templates.\n"),
        ('Use [the\ntemplates]({% page\n "/x" %}) now.\n', "Use the\ntemplates now.\n"),
        ("See [`code` [x]]({{site.base}}/a/).\n", "See `code` [x].\n"),
        ('![A door]({% image "a.png" "(b)" %}) open\n', "A door open\n"),
        ("([download]({% download 'a.docx' %})).\n", "(download).\n"),
        (
            "See [a guide][g], [G] or [x](y).\n\n[g]: {% page '/g' %}\n",
            "See a guide, G or [x](y).\n\n",
        ),
        ('<a href="{% page "/x" %}">The page</a>!\n', "The page!\n"),
        ("[r]: some words {{ x }} and more\n", "[r]: some words and more\n"),
        ("[x](https://a.example/{id}) [y](b.md)\n", "[x](https://a.example/{id}) [y](b.md)\n"),
    ],
)
def test_a_link_that_needs_a_tag_is_its_text(text: str, expected: str) -> None:
    """No broken link remains where the destination was a tag; other links stay."""
    assert markdown(text).text == expected


@pytest.mark.parametrize(
    "code",
    [
        "```njk\n{% raw %}{% image 'a.png' %}{% endraw %}\n<!-- x -->\n```\n",
        "~~~~\n{{ x }}\n~~~\n{# y #}\n~~~~\n",
        "- item\n\n  ```\n  [a]({{ b }})\n  ```\n",
        "> ```\n> {% x %}\n> ```\n",
        "```\n{{ never closed }}\n",
        "Use `{% page %}` and ``{{ ` }}`` here.\n",
        "Use `[a]({{ b }})` and `{{ over\ntwo }}` lines.\n",
    ],
)
def test_code_is_left_alone(code: str) -> None:
    """Tags in fences and in code spans are what the page is about."""
    text = f"Before {{{{ tag }}}}.\n\n{code}"
    assert markdown(text).text == f"Before.\n\n{code}"


def test_tags_after_code_are_left_out() -> None:
    """Code ends where it ends: a closed fence and stray backticks protect nothing behind them."""
    text = "```\n{{ a }}\n```\n{{ b }}\nA ` {{ c }}\n\nand {{ d }} \\`{{ e }}\\`\n"
    assert markdown(text).text == "```\n{{ a }}\n```\nA `\n\nand \\`\\`\n"


_PIECES = (
    "word |{% x %}|{{ y }}|{% z 'w' %}|[a](|)|`|```\n|\n|\n\n|- |> |<!-- c -->|{# d #}"
    "|{% comment %}|{% endcomment %}|[r]: |[t][r]"
).split("|")


@given(st.lists(st.sampled_from(_PIECES), max_size=25))
def test_no_tag_survives_outside_code(pieces: list[str]) -> None:
    """However tags, links and code are mixed, no tag stays outside code, and no word is lost."""
    text = "".join(pieces)
    result = markdown("x " + text).text
    assert "\x00" not in result
    if "`" not in text:
        assert not re.search(r"\{%|\{\{|\{#|<!--", result)
    if not re.search(r"comment|\[r\]: |\[a\]\(", text):
        assert result.count("word") == text.count("word")


def test_line_ends_and_marks() -> None:
    """Windows line ends, a byte order mark and UTF-16 give the same text."""
    expected = Parsed("# Café\n\nText \n", Syntax.MARKDOWN, "Café")
    text = "# Café\r\n\r\nText \r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read(text.encode(encoding), "a.md") == expected
