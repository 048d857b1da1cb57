"""A run: the folder in which one round of the loop keeps what it makes, and its manifest.

    manifest.json   what was made of what: hashes, settings, versions, seed, lineage
    dataset/        train.jsonl, validation.jsonl, heldout.jsonl
    training/       checkpoints and the adapter as PEFT writes it
    export/         adapter.gguf
    gate/           gate.json, report.md, report.html

A step is done when the manifest says so, which is written last and at once; what a killed step left
is written over, or gone on with where the step knows how.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from footnote.bot.errors import FootnoteError

Step = Literal["dataset", "train", "export", "gate"]
STEPS: tuple[Step, ...] = ("dataset", "train", "export", "gate")

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Done:
    """What a finished step says of itself.

    Attributes:
        at: When it ended, in UTC, as ISO 8601 has it.
        seconds: How long it took.
        inputs: SHA-256 of what it read, by name.
        outputs: SHA-256 of what it wrote, by path within the run's folder.
        facts: Whatever else is worth keeping: counts, losses, versions.
    """

    at: str
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was made of.

    Attributes:
        id: The run's name, which is that of its folder.
        created: When it began, in UTC, as ISO 8601 has it.
        seed: Of everything that is random in it.
        parent: The adapter that was current when it began, or "".
        settings: The table [tune] as it was.
        versions: Of Footnote and of what computed, by name.
        steps: What is done.
    """

    id: str
    created: str
    seed: int
    parent: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Done] = field(default_factory=dict)


class Run:
    """One run's folder.

    Attributes:
        folder: Where it is.
        manifest: What is known of it.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def id(self) -> str:
        """Its name."""
        return self.manifest.id

    def done(self, step: Step) -> Done | None:
        """What a step says of itself, if it is finished and what it made is still as it was.

        Raises:
            FootnoteError: Something that it made was changed or removed since.
        """
        done = self.manifest.steps.get(step)
        if done is not None:
            for name, digest in done.outputs.items():
                if not (self.folder / name).is_file() or digest_of(self.folder / name) != digest:
                    raise FootnoteError(
                        f"{self.folder / name} is not as footnote tune {step} left it: run that "
                        "step again, and those behind it."
                    )
        return done

    def needs(self, step: Step) -> Done:
        """What a step says of itself that has to be finished by now.

        Raises:
            FootnoteError: It is not, or what it made was changed.
        """
        if done := self.done(step):
            return done
        raise FootnoteError(f"The run {self.id} has no {step} yet: run footnote tune {step} first.")

    def finish(self, step: Step, done: Done) -> None:
        """Write down that a step is done; those behind it are to be done again.

        Raises:
            FootnoteError: It cannot be written.
        """
        before = STEPS[: STEPS.index(step)]
        known = self.manifest.steps
        steps: dict[str, Done] = {name: known[name] for name in before if name in known}
        self.write(replace(self.manifest, steps={**steps, step: done}))

    def knows(self, versions: Mapping[str, str]) -> None:
        """Write down further versions of what computes.

        Raises:
            FootnoteError: It cannot be written.
        """
        self.write(replace(self.manifest, versions={**self.manifest.versions, **versions}))

    def write(self, manifest: Manifest) -> None:
        """Put a manifest in the place of the one that is there.

        Raises:
            FootnoteError: It cannot be written; the old one stands.
        """
        target = self.folder / MANIFEST
        part = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8") as file:
                json.dump(_adapter().dump_python(manifest, mode="json"), file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            raise FootnoteError(
                f"{target} cannot be written ({error.strerror or error}): free some space there, "
                "or set its permissions."
            ) from error
        self.manifest = manifest


def begin(root: Path, manifest: Manifest) -> Run:
    """Begin a run in a new folder below `root`.

    Raises:
        FootnoteError: It cannot be written.
    """
    run = Run(root / manifest.id, manifest)
    run.write(manifest)
    return run


def new_manifest(
    seed: int, *, parent: str, settings: Mapping[str, Any], versions: Mapping[str, str]
) -> Manifest:
    """A manifest with a name that no other run has, and that sorts behind those of older ones."""
    now = datetime.now(UTC)
    began = now.isoformat(timespec="seconds")
    return Manifest(f"{now:%Y%m%d-%H%M%S-%f}", began, seed, parent, dict(settings), dict(versions))


def open_run(root: Path, name: str = "") -> Run:
    """The run of this name, or the latest.

    Raises:
        FootnoteError: There is none, or its manifest cannot be read.
    """
    names = runs(root)
    if not names:
        raise FootnoteError(f"There is no run in {root} yet: begin with footnote tune dataset.")
    if name and name not in names:
        raise FootnoteError(f"There is no run {name} in {root}: the latest is {names[-1]}.")
    folder = root / (name or names[-1])
    try:
        manifest = _adapter().validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise FootnoteError(
            f"{folder / MANIFEST} cannot be read: remove that folder, and begin anew with "
            "footnote tune dataset."
        ) from error
    return Run(folder, manifest)


def runs(root: Path) -> list[str]:
    """The names of all runs, oldest first."""
    return sorted(path.parent.name for path in root.glob(f"*/{MANIFEST}"))


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)
