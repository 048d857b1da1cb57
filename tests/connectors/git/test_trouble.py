"""A git server that fails, and a copy that is not whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from footnote.connectors.base import SourceError
from footnote.connectors.git.settings import GitSettings
from tests.connectors.git.test_connector import connector, listed
from tests.servers.git import GitServer, Repository, git_server


async def test_a_token_is_sent(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the environment; without it the sentence says where to put one, and never shows it."""
    server.token = "s3cret"  # noqa: S105  of the test
    with pytest.raises(SourceError, match="token_env") as refused:
        await listed(connector(server, tmp_path))
    monkeypatch.setenv("GIT_TOKEN", "wrong-one")
    with pytest.raises(SourceError, match="token_env") as refused:
        await listed(connector(server, tmp_path))
    assert "wrong-one" not in str(refused.value)
    monkeypatch.setenv("GIT_TOKEN", "s3cret")
    assert len(await listed(connector(server, tmp_path))) == 3
    assert "s3cret" not in _written(tmp_path / "copy")


async def test_a_token_goes_to_no_other_server(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect is followed without a token only; with one, the sentence says what to set."""
    async with git_server(server.root) as other:
        server.elsewhere = other.url
        assert len(await listed(connector(server, tmp_path))) == 3
        other.authorizations.clear()
        monkeypatch.setenv("GIT_TOKEN", "s3cret")
        with pytest.raises(SourceError, match="set url to that one"):
            await listed(connector(server, tmp_path))
        assert not other.authorizations


def _written(folder: Path) -> str:
    """All that is kept in a folder."""
    return "".join(
        path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()
    )


async def test_a_server_that_fails(server: GitServer, tmp_path: Path) -> None:
    """It is told, nothing is listed, and the copy from before is used again."""
    made = connector(server, tmp_path)
    before = await listed(made)
    server.refusals.append(503)
    with pytest.raises(SourceError, match="check url and the network"):
        await listed(made)
    server.sent = 0
    assert await listed(made) == before
    assert server.sent < 2_000


async def test_an_answer_that_breaks_off(
    server: GitServer, handbook: Repository, tmp_path: Path
) -> None:
    """Half a pack is no listing; the next sync gets the rest, beside what it had."""
    made = connector(server, tmp_path)
    await listed(made)
    handbook.commit({"docs/new.md": "# New\n" + "many words " * 3_000})
    server.cut_after = 500
    with pytest.raises(SourceError, match="cannot be fetched"):
        await listed(made)
    assert (tmp_path / "copy" / "HEAD").exists()
    server.cut_after = 0
    assert "hb:docs/new.md" in await listed(made)


@pytest.mark.parametrize("harm", ["lock", "packs", "all"])
async def test_a_copy_that_is_not_whole(
    server: GitServer, handbook: Repository, tmp_path: Path, harm: str
) -> None:
    """What a killed process or a bad disk left is made anew."""
    await listed(connector(server, tmp_path))
    copy = tmp_path / "copy"
    match harm:
        case "lock":
            (copy / "refs" / "footnote" / "kept.lock").touch()
        case "packs":
            for pack in [*copy.rglob("*.pack"), *copy.glob("objects/??/*")]:
                pack.chmod(0o600)
                pack.write_bytes(b"nothing")
        case _:
            (copy / "HEAD").write_text("nonsense")
    handbook.commit({"docs/new.md": "# New\n"})
    made = connector(server, tmp_path)
    assert "hb:docs/new.md" in await listed(made)
    assert "Thirty" in (await made.fetch("hb:docs/leave.md")).text


async def test_there_is_no_such_repository(server: GitServer, tmp_path: Path) -> None:
    """One sentence says so, whatever it is."""
    gone = connector(server, tmp_path, url=f"{server.url}/other.git")
    with pytest.raises(SourceError, match="check url, and whether the token may read it"):
        await listed(gone)
    nobody = connector(server, tmp_path, url="http://127.0.0.1:9/x.git")
    with pytest.raises(SourceError, match="check url and the network"):
        await listed(nobody)


async def test_an_empty_repository(tmp_path: Path, handbook: Repository) -> None:
    """It has no branch yet, and is said to be empty."""
    handbook.run("init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    server = GitServer(tmp_path)
    with pytest.raises(SourceError, match="is empty"):
        await listed(connector(server, tmp_path, url=str(tmp_path / "empty.git")))


async def test_no_address_runs_a_program(server: GitServer, tmp_path: Path) -> None:
    """Neither a transport that runs commands, nor an address that looks like an option."""
    for url in (f"ext::touch {tmp_path}/ran", f"--upload-pack=touch {tmp_path}/ran"):
        with pytest.raises(SourceError):
            await listed(connector(server, tmp_path, url=url))
    assert not (tmp_path / "ran").exists()


async def test_there_is_no_git(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="install it"):
        await listed(connector(server, tmp_path))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"url": "https://me:secret@example.org/x"}, "without a password"),
        ({"url": "x", "folder": "../up"}, "a folder of the repository"),
        ({"url": "x", "token_env": "ghp-123"}, "the name of an environment variable"),
        ({"url": "x", "pages": "example.org"}, "https:// or http://"),
    ],
)
def test_wrong_keys(keys: dict[str, str], said: str) -> None:
    """Each is told what it should be."""
    with pytest.raises(ValidationError, match=said):
        GitSettings.model_validate(keys)
