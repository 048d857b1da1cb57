"""The keys of a source of kind "files" in the settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

Pattern = Annotated[str, StringConstraints(min_length=1)]


class FilesSettings(BaseModel):
    """One source of kind "files".

    Attributes:
        path: The folder; a relative one is relative to the settings file.
        include: Patterns as in .gitignore for the files that count; empty: all of known formats.
        ignore: Patterns as in .gitignore for files and folders that do not count.
        base_url: Where people can open the files, or None.
        max_megabytes: A larger file is refused.
        watch: Whether changes are seen as they happen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, StringConstraints(min_length=1)]
    include: tuple[Pattern, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    base_url: str | None = None
    max_megabytes: float = Field(default=20.0, gt=0, le=2000)
    watch: bool = True

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://", "file://")):
            raise ValueError("an address that begins with https://, http:// or file://")
        return value
