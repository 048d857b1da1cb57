"""The proxy that the environment names for an address.

aiohttp would look it up itself, but then it would also send keys that it finds in ~/.netrc.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_to(url: str) -> str | None:
    """The proxy's address, or None where there is none or the host is to be reached without."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)
