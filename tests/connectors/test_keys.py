"""Settings that name something: what they accept, and what they say where it is something else."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from footnote.connectors.github.settings import GitHubSettings
from footnote.connectors.history.settings import ApiUrl

NO_ADDRESSES = [
    "",
    "github.example.com",
    "ftp://github.example.com",
    "https://",
    "https://ann:secret@github.example.com",
    "https://github.example.com:port",
    "https://github.example.com:70000",
    "https://[::1/api",
]


@pytest.mark.parametrize("written", ["https://github.example.com/api/v3", "http://[::1]:8080/api"])
def test_an_address_is_taken_with_or_without_its_slash(written: str) -> None:
    """GitHub's is kept without one, a platform's with one."""
    for given in (written, f"{written}/"):
        settings = GitHubSettings.model_validate({"repositories": ["acme/docs"], "api_url": given})
        assert settings.api_url == written
        assert TypeAdapter(ApiUrl).validate_python(given) == f"{written}/"


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_what_is_no_address_is_told(written: str) -> None:
    """With what one looks like; a name and a password in it are not taken either."""
    with pytest.raises(ValidationError, match="an address such as"):
        GitHubSettings.model_validate({"repositories": ["acme/docs"], "api_url": written})
    with pytest.raises(ValidationError, match="an address such as"):
        TypeAdapter(ApiUrl).validate_python(written)
