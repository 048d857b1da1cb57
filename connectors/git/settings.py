"""The keys of a source of kind "git" in the settings."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from footnote.connectors.files_settings import Pattern
from footnote.connectors.keys import variable_such_as


class GitSettings(BaseModel):
    """One source of kind "git".

    Attributes:
        url: The repository: an address that git would take, or a folder; a relative one is
            relative to the settings file.
        branch: The branch or tag; "": the repository's own main branch.
        folder: Only what is below this folder of the repository; "": all of it.
        include: Patterns as in .gitignore for the files that count; empty: all of known formats.
        ignore: Patterns as in .gitignore for files and folders that do not count.
        history: Whether who changed a document, and when, is read from the commits before the last.
        forge: What serves the repository's pages, for links; "auto" knows the large ones by name.
        pages: The address of the repository's pages; "": that of `url`, where it is one.
        user: The name that is sent with the token.
        token_env: The environment variable that holds a token, if the repository wants one.
        max_megabytes: A larger file is refused.
        timeout_s: Seconds of silence after which the server counts as away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, StringConstraints(min_length=1)]
    branch: str = ""
    folder: str = ""
    include: tuple[Pattern, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    history: bool = True
    forge: Literal["auto", "github", "gitlab", "gitea", "bitbucket", "none"] = "auto"
    pages: str = ""
    user: Annotated[str, StringConstraints(min_length=1)] = "git"
    token_env: Annotated[str, AfterValidator(variable_such_as("GIT_TOKEN", "the token itself"))] = (
        "GIT_TOKEN"  # noqa: S105  the name of a variable
    )
    max_megabytes: float = Field(default=20.0, gt=0, le=2000)
    timeout_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)

    @field_validator("url")
    @classmethod
    def _without_secrets(cls, value: str) -> str:
        if "://" in value and urlsplit(value).password:
            raise ValueError(
                "an address without a password: put the password into the environment variable "
                "that token_env names"
            )
        return value

    @field_validator("pages")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("an address that begins with https:// or http://")
        return value

    @field_validator("folder")
    @classmethod
    def _is_inside(cls, value: str) -> str:
        folder = value.strip("/")
        if any(part in {"", ".", ".."} for part in folder.split("/")) and folder:
            raise ValueError('a folder of the repository, such as "docs"')
        return folder
