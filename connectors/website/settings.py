"""The keys of a source of kind "website" in the settings."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from yarl import URL

from footnote.connectors.keys import variable_such_as

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_variable = variable_such_as("DOCS_AUTHORIZATION", "what is sent")


def _address(written: str) -> str:
    try:
        url = URL(written)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host or url.user is not None:
        raise ValueError(
            'an address without a password in it, such as "https://docs.example.com/guide/"'
        )
    return written


def _sitemap(written: str) -> str:
    return written if written in {"auto", "off"} else _address(written)


def _network(written: str) -> str:
    try:
        ipaddress.ip_network(written)
    except ValueError:
        raise ValueError('an address or a network, such as "10.1.2.3" or "10.1.0.0/16"') from None
    return written


def _header(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise ValueError('the name of a header, such as "Authorization"')
    return name


Address = Annotated[str, AfterValidator(_address)]


class WebsiteSettings(BaseModel):
    """One source of kind "website".

    Attributes:
        url: The page where the site begins.
        prefixes: What the addresses of its pages begin with; empty: the folder of `url`.
        ignore: Patterns as in .gitignore for the paths of pages that do not count.
        sitemap: "auto", "off" for a crawl, or the sitemap's address.
        max_pages: With more pages the listing is cut short.
        max_depth: How many links a crawl follows from `url`.
        requests_per_second: How fast the site is asked.
        at_once: How many requests may be on their way.
        timeout_s: Seconds of silence after which a request has failed.
        max_megabytes: A larger page is refused.
        obey_robots: Whether robots.txt and what pages say to robots is obeyed.
        headers_env: Headers that the site wants, each with the environment variable of its value.
        private_addresses: Addresses and networks that are not public and are meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Address
    prefixes: tuple[Address, ...] = ()
    ignore: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    sitemap: Annotated[str, AfterValidator(_sitemap)] = "auto"
    max_pages: int = Field(default=10_000, ge=1, le=1_000_000)
    max_depth: int = Field(default=20, ge=0)
    requests_per_second: float = Field(default=5.0, gt=0, le=1000)
    at_once: int = Field(default=4, ge=1, le=64)
    timeout_s: float = Field(default=30.0, gt=0, le=3600)
    max_megabytes: float = Field(default=20.0, gt=0, le=2000)
    obey_robots: bool = True
    headers_env: dict[
        Annotated[str, AfterValidator(_header)],
        Annotated[str, AfterValidator(variable_such_as("DOCS_AUTHORIZATION", "what is sent"))],
    ] = Field(default_factory=dict)
    private_addresses: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
