"""A backup is one file that can be trusted, or it is refused in one sentence."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest

from footnote.bot.backup.archive import LIST, BackupError, unpacked, write


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """One with two files."""
    files = {"a.db": tmp_path / "one", "b.toml": tmp_path / "two"}
    files["a.db"].write_bytes(bytes(range(256)) * 20_000)
    files["b.toml"].write_bytes(b"x = 1")
    path = tmp_path / "backup.zip"
    size = write(path, files, "1.2.3", "2026-11-21T10:00:00+00:00", "sqlite")
    assert size == path.stat().st_size
    return path


def contents_of(path: Path, folder: Path) -> dict[str, bytes]:
    """What is unpacked."""
    folder.mkdir()
    with unpacked(path, folder):
        return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_went_in_comes_out(backup: Path, tmp_path: Path) -> None:
    """Byte for byte, with what it says of itself."""
    found = contents_of(backup, tmp_path / "out")
    assert found == {"a.db": bytes(range(256)) * 20_000, "b.toml": b"x = 1"}
    with unpacked(backup, tmp_path / "out") as contents:
        assert (contents.version, contents.state) == ("1.2.3", "sqlite")


def test_only_its_owner_reads_it(backup: Path) -> None:
    """Conversations are in it."""
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_nothing_is_replaced(backup: Path, tmp_path: Path) -> None:
    """An older backup stays as it is, and nothing is left beside it."""
    before = backup.read_bytes()
    with pytest.raises(BackupError, match=r"backup\.zip is there already: choose another name"):
        write(backup, {"a.db": tmp_path / "one"}, "1", "", "")
    assert backup.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In one sentence."""
    with pytest.raises(BackupError, match="cannot be written"):
        write(tmp_path / "missing" / "backup.zip", {}, "1", "", "")


def repacked(backup: Path, name: str, content: bytes) -> Path:
    """The backup with one file changed and all of the ZIP's own sums right."""
    path = backup.with_name("changed.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    return path


def test_a_changed_file_is_found(backup: Path, tmp_path: Path) -> None:
    """By the hash that the backup holds, before anything is put back."""
    changed = repacked(backup, "b.toml", b"x = 2")
    with pytest.raises(BackupError, match=r"is damaged \(b\.toml\)"):
        contents_of(changed, tmp_path / "out")


@pytest.mark.parametrize("cut", [0, 10, 2000])
def test_a_cut_file_is_refused(backup: Path, tmp_path: Path, cut: int) -> None:
    """As after a full disk or a broken download."""
    backup.write_bytes(backup.read_bytes()[:cut])
    with pytest.raises(BackupError, match=r"is no backup of Footnote's, or is damaged"):
        contents_of(backup, tmp_path / "out")


def test_a_strange_zip_is_refused(tmp_path: Path) -> None:
    """Somebody else's file is none."""
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("photo.jpg", b"")
    with pytest.raises(BackupError, match="is no backup of Footnote's"):
        contents_of(path, tmp_path / "out")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(BackupError, match=r"There is no file .*none\.zip"):
        contents_of(tmp_path / "none.zip", tmp_path / "out")


def test_a_newer_format_is_refused(backup: Path, tmp_path: Path) -> None:
    """With the version that made it."""
    with zipfile.ZipFile(backup) as packed:
        listed = json.loads(packed.read(LIST))
    newer = repacked(backup, LIST, json.dumps(listed | {"format": 2, "version": "9.0"}).encode())
    with pytest.raises(BackupError, match=r"made by Footnote 9\.0"):
        contents_of(newer, tmp_path / "out")


def test_nothing_is_unpacked_outside_the_folder(backup: Path, tmp_path: Path) -> None:
    """Whatever names a backup holds."""
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(backup) as packed:
        listed = json.loads(packed.read(LIST))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(LIST, json.dumps(listed | {"files": {"../escaped": "0"}}))
        packed.writestr("../escaped", b"")
    with pytest.raises(BackupError):
        contents_of(path, tmp_path / "out")
    assert not (tmp_path / "escaped").exists()
