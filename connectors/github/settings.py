"""The keys of a source of kind "github" in the settings."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from footnote.connectors.github.threads import Kind
from footnote.connectors.keys import address_such_as, variable_such_as

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+")


def _repository(written: str) -> str:
    if not _REPOSITORY.fullmatch(written) or written.endswith(("/.", "/..")):
        raise ValueError('a repository as GitHub names it, such as "acme/handbook"')
    return written


def _network(written: str) -> str:
    try:
        ipaddress.ip_network(written)
    except ValueError:
        raise ValueError('an address or a network, such as "10.1.2.3" or "10.1.0.0/16"') from None
    return written


class GitHubSettings(BaseModel):
    """One source of kind "github".

    Attributes:
        repositories: The repositories, such as ["acme/handbook"].
        kinds: What is read of them: "issues", "pulls", "discussions" and "releases".
        state: Which issues and pull requests count: "all", "open" or "closed".
        labels: Only issues and pull requests that have all of these labels; empty: any.
        token_env: The environment variable that holds a token.
        api_url: Where GitHub's API is; of an Enterprise server "https://HOST/api/v3".
        requests_per_second: How fast GitHub is asked.
        at_once: How many requests may be on their way.
        timeout_s: Seconds of silence after which a request has failed.
        private_addresses: Addresses and networks that are not public and are meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repositories: Annotated[
        tuple[Annotated[str, AfterValidator(_repository)], ...], Field(min_length=1)
    ]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = tuple(Kind)
    state: Literal["all", "open", "closed"] = "all"
    labels: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    token_env: Annotated[
        str, AfterValidator(variable_such_as("GITHUB_TOKEN", "the token itself"))
    ] = "GITHUB_TOKEN"  # noqa: S105  the name of a variable
    api_url: Annotated[
        str, AfterValidator(address_such_as("https://github.example.com/api/v3"))
    ] = "https://api.github.com"
    requests_per_second: float = Field(default=12.0, gt=0, le=1000)
    at_once: int = Field(default=8, ge=1, le=64)
    timeout_s: float = Field(default=30.0, gt=0, le=3600)
    private_addresses: tuple[Annotated[str, AfterValidator(_network)], ...] = ()

    @field_validator("repositories", "kinds", mode="before")
    @classmethod
    def _without_brackets(cls, value: object) -> object:
        """Somebody who is asked for repositories on the command line just names them."""
        return value.split() if isinstance(value, str) else value
