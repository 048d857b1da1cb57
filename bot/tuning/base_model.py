"""The model file that adapters belong to, known by its hash.

Hashing gigabytes takes seconds, so it is done once for each state that a file is in.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.runs import digest_of

REMEMBERED = "models.json"


def base_path(settings: Settings) -> Path:
    """The model's GGUF file, as the settings name it.

    Raises:
        FootnoteError: They name none.
    """
    if settings.gguf.path is None:
        raise FootnoteError(
            "Adapters go with a model that runs on this machine, and [gguf] has no path: run "
            "footnote models use."
        )
    return settings.root / settings.gguf.path.expanduser()


async def base_digest(settings: Settings) -> str:
    """SHA-256 of the model's file as it is now.

    Raises:
        FootnoteError: There is none, or it cannot be read.
    """
    path = base_path(settings)
    try:
        return await asyncio.to_thread(_digest, path, settings.folder / "tuning" / REMEMBERED)
    except OSError as error:
        raise FootnoteError(
            f"The model {path} cannot be read ({error.strerror or error}): correct path below "
            "[gguf]."
        ) from error


def _digest(path: Path, remembered: Path) -> str:
    found = path.stat()
    key, stamp = str(path.resolve()), f"{found.st_size}:{found.st_mtime_ns}:{found.st_ino}"
    known = _read(remembered)
    if known.get(key, "").startswith(f"{stamp}:"):
        return known[key].rpartition(":")[2]
    digest = digest_of(path)
    # What cannot be remembered is found out anew the next time.
    with suppress(OSError):
        remembered.parent.mkdir(parents=True, exist_ok=True)
        part = remembered.with_name(f"{remembered.name}.{os.getpid()}.part")
        part.write_text(json.dumps({**known, key: f"{stamp}:{digest}"}), "utf-8")
        part.replace(remembered)
    return digest


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
        return {str(key): str(value) for key, value in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}
