"""Links to what a forge shows."""

from __future__ import annotations

import pytest

from footnote.connectors.git.forge import forge_of, page, pages_of


@pytest.mark.parametrize(
    ("url", "forge", "pages"),
    [
        ("https://github.com/acme/handbook.git", "github", "https://github.com/acme/handbook"),
        ("git@github.com:acme/handbook.git", "github", "https://github.com/acme/handbook"),
        ("ssh://git@gitlab.acme.org:2222/a/b/c.git", "gitlab", "https://gitlab.acme.org/a/b/c"),
        ("https://me@bitbucket.org/acme/hb", "bitbucket", "https://bitbucket.org/acme/hb"),
        ("https://codeberg.org/acme/hb.git", "gitea", "https://codeberg.org/acme/hb"),
        ("http://gitea.local:3000/a/b.git", "gitea", "http://gitea.local:3000/a/b"),
        ("https://code.acme.org/hb.git", "none", "https://code.acme.org/hb"),
        ("/srv/git/github.com", "none", ""),
        ("C:\\work\\handbook", "none", ""),
        ("file:///srv/git/hb", "none", ""),
        ("../handbook", "none", ""),
    ],
)
def test_the_forge_and_its_pages(url: str, forge: str, pages: str) -> None:
    """What serves a repository, and where, is read from its address as git takes it."""
    assert (forge_of(url), pages_of(url)) == (forge, pages)


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        ("github", "https://x.org/a/blob/c0ffee/docs/my%20file.md"),
        ("gitlab", "https://x.org/a/-/blob/c0ffee/docs/my%20file.md"),
        ("gitea", "https://x.org/a/src/commit/c0ffee/docs/my%20file.md"),
        ("bitbucket", "https://x.org/a/src/c0ffee/docs/my%20file.md"),
        ("none", None),
    ],
)
def test_a_file_at_a_commit(forge: str, expected: str | None) -> None:
    """Each forge has a path of its own for it."""
    assert page(forge, "https://x.org/a/", "c0ffee", "docs/my file.md") == expected
