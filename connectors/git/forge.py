"""Links to the pages of the forge that serves a repository."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGES: Mapping[str, str] = MappingProxyType(
    {
        "github": "{pages}/blob/{commit}/{path}",
        "gitlab": "{pages}/-/blob/{commit}/{path}",
        "gitea": "{pages}/src/commit/{commit}/{path}",
        "bitbucket": "{pages}/src/{commit}/{path}",
    }
)
"""A file at a commit, by forge; lines and headings are fragments of it.

GitHub: docs.github.com, "Getting permanent links to files". GitLab: docs.gitlab.com, "Permalinks".
Gitea (Forgejo and Codeberg alike): its route /src/commit/. Bitbucket: its source browser.
"""

_FORGES = ("github", "gitlab", "gitea", "bitbucket")
_GITEA_HOSTS = frozenset({"codeberg.org"})


def forge_of(url: str) -> str:
    """Which forge serves a repository, by its host's name; "none" where that says nothing."""
    host = _host_and_path(url)[0]
    if host in _GITEA_HOSTS or "forgejo" in host:
        return "gitea"
    return next((forge for forge in _FORGES if forge in host), "none")


def pages_of(url: str) -> str:
    """The address at which people browse a repository; "" for one that has no host."""
    host, path = _host_and_path(url)
    path = path.strip("/").removesuffix(".git")
    scheme = "http" if url.startswith("http://") else "https"
    return f"{scheme}://{host}/{path}" if host and path else ""


def page(forge: str, pages: str, commit: str, path: str) -> str | None:
    """Where people see a file as it was at a commit; None where no forge is known.

    Args:
        forge: As `forge_of` names it.
        pages: The repository's own page.
        commit: The commit's hash.
        path: The file's path in the repository; bytes that are not UTF-8 as surrogates.
    """
    if forge not in _PAGES or not pages:
        return None
    quoted = quote(path, errors="surrogateescape")
    return _PAGES[forge].format(pages=pages.rstrip("/"), commit=commit, path=quoted)


def _host_and_path(url: str) -> tuple[str, str]:
    """Of an address, and of what ssh takes: git@host:group/name.git."""
    if "://" in url:
        parts = urlsplit(url)
        port = parts.port if parts.scheme in {"http", "https"} else None
        host = (parts.hostname or "") if parts.scheme != "file" else ""
        return (f"{host}:{port}" if port else host), parts.path
    before, colon, path = url.partition(":")
    host = before.rpartition("@")[2]
    # A single letter is a drive, and a slash before the colon is a folder's name.
    if not colon or "/" in before or "\\" in before or len(host) == 1:
        return "", ""
    return host.lower(), path
