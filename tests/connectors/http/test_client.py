"""The client of connectors: tries, waits, pace, sizes and credentials."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from yarl import URL

from footnote.connectors.http.addresses import AddressGuard
from footnote.connectors.http.client import NOBODY, Credentials, HttpClient, HttpLimits
from footnote.connectors.http.replies import RefusedError, TooLargeError, UnreachableError
from tests.servers.website import Clock, Names, Page, Site, Trouble, website

LIMITS = HttpLimits(requests_per_second=1000)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site with one page."""
    async with website() as made:
        made.pages["/a"] = Page("text")
        yield made


def client(
    clock: Clock | None = None,
    limits: HttpLimits = LIMITS,
    credentials: Credentials = NOBODY,
    names: Names | None = None,
) -> HttpClient:
    """A client that may use loopback."""
    guard = AddressGuard([ipaddress.ip_network("127.0.0.1")], names)
    return HttpClient(
        limits,
        headers={"User-Agent": "test"},
        credentials=credentials,
        guard=guard,
        clock=clock or Clock(),
    )


@pytest.mark.parametrize(
    "trouble", [Trouble(500), Trouble(502), Trouble(503), Trouble(504), Trouble(429), Trouble()]
)
async def test_what_may_pass_is_tried_again(site: Site, trouble: Trouble) -> None:
    """Errors of the server and answers that break off are asked for again, after longer waits."""
    site.troubles["/a"].extend([trouble, trouble])
    clock = Clock()
    reply = await client(clock).get(f"{site.url}/a")
    assert (reply.status, reply.body) == (200, b"text")
    assert len(site.asked) == 3
    waits = [wait for wait in clock.waits if wait > 0.1]
    assert 0.8 <= waits[0] <= 1.2
    assert 1.6 <= waits[1] <= 2.4


async def test_tries_end(site: Site) -> None:
    """After the last try the error is the answer, or there is none."""
    site.troubles["/a"].append(Trouble(503, lasting=True))
    assert (await client().get(f"{site.url}/a")).status == 503
    site.troubles["/b"].append(Trouble(lasting=True))
    with pytest.raises(UnreachableError, match="the answer broke off"):
        await client().get(f"{site.url}/b")
    assert site.paths() == ["/a"] * 4 + ["/b"] * 4


async def test_other_errors_are_answers(site: Site) -> None:
    """What another try would not change is asked for once."""
    assert (await client().get(f"{site.url}/none")).status == 404
    assert len(site.asked) == 1


async def test_silence_ends(site: Site) -> None:
    """A server that says nothing is given up after its time."""
    site.troubles["/a"].append(Trouble(silent=True, lasting=True))
    with pytest.raises(UnreachableError, match="no answer in time"):
        await client(limits=replace(LIMITS, timeout_s=0.05, tries=2)).get(f"{site.url}/a")


async def test_a_server_that_asks_for_time_gets_it(site: Site) -> None:
    """Retry-After holds for every request to that server, not only for the one that heard it."""
    site.pages["/b"] = Page("more")
    site.troubles["/a"].append(Trouble(429, {"Retry-After": "7"}))
    clock = Clock()
    asking = client(clock)
    times: list[float] = []
    site.begins = lambda _: times.append(clock.now())
    await asking.get(f"{site.url}/a")
    assert times[1] - times[0] >= 7
    site.troubles["/a"].append(Trouble(503, {"Retry-After": "9"}))
    hasty = client(clock, replace(LIMITS, tries=1))
    heard = clock.now()
    assert (await hasty.get(f"{site.url}/a")).status == 503
    assert (await hasty.get(f"{site.url}/b")).body == b"more"
    assert clock.now() - heard >= 9


async def test_a_server_that_asks_for_too_long_is_left_alone(site: Site) -> None:
    """Where it wants more than the longest wait, its refusal is the answer at once."""
    site.troubles["/a"].append(Trouble(429, {"Retry-After": "86400"}))
    clock = Clock()
    assert (await client(clock).get(f"{site.url}/a")).status == 429
    assert not clock.waits


async def test_a_moment_is_a_wait_too(site: Site) -> None:
    """Retry-After may be a date; one that has passed is no wait, and nonsense is none either."""
    dates = ("Wed, 21 Oct 2015 07:28:00 GMT", "soon")
    for date in dates:
        site.troubles["/a"].append(Trouble(503, {"Retry-After": date}))
        assert (await client().get(f"{site.url}/a")).status == 200


async def test_the_pace_is_kept(site: Site) -> None:
    """So many requests a second and so many at once, however many are wanted."""
    clock = Clock()
    site.latency_s = 0.05
    asking = client(clock, HttpLimits(requests_per_second=2, at_once=3))
    began = clock.now()
    async with asking.open():
        await asyncio.gather(*(asking.get(f"{site.url}/a") for _ in range(9)))
    assert clock.now() - began >= 8 / 2
    assert site.most_at_once == 3


async def test_large_answers_are_refused(site: Site) -> None:
    """More than the limit is not read, also where it is small on the wire."""
    bomb = gzip.compress(b"0" * 3_000_000)
    site.pages["/bomb"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    site.pages["/large"] = Page("0" * 3_000_000)
    for path in ("/bomb", "/large"):
        with pytest.raises(TooLargeError, match=r"at most 1,000,000 bytes"):
            await client(limits=replace(LIMITS, max_bytes=1_000_000)).get(site.url + path)
    assert len(site.asked) == 2


async def test_what_is_not_wanted_is_not_read(site: Site) -> None:
    """Status and headers decide whether the content is read at all."""
    site.pages["/film"] = Page(b"0" * 100_000, type="video/mp4")
    reply = await client().get(f"{site.url}/film", wanted=lambda r: r.media_type == "text/html")
    assert (reply.status, reply.media_type, reply.body) == (200, "video/mp4", b"")


async def test_credentials_go_to_one_server_alone(site: Site) -> None:
    """Another host, and another port of the same one, never sees them, redirects included."""
    names = Names({"docs.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]})
    secret = Credentials(URL(f"http://docs.example:{site.port}"), {"Authorization": "Bearer s"})
    asking = client(credentials=secret, names=names)
    site.pages["/out"] = Page(
        status=302, headers={"Location": f"http://other.example:{site.port}/a"}, etag=False
    )
    await asking.get_following(f"http://docs.example:{site.port}/out")
    sent = [asked.headers.get("authorization") for asked in site.asked]
    assert sent == ["Bearer s", None]


async def test_what_speaks_no_tls_is_not_asked_again(site: Site) -> None:
    """A handshake that fails is an answer that no other try would change."""
    clock = Clock()
    with pytest.raises(RefusedError, match="it cannot be asked"):
        await client(clock).get(f"{site.url}/a".replace("http:", "https:"))
    assert not clock.waits


async def test_redirects_end(site: Site) -> None:
    """A circle of redirects ends with a redirect as the answer."""
    site.pages["/round"] = Page(status=301, headers={"Location": "/round"}, etag=False)
    reply = await client().get_following(f"{site.url}/round", hops=3)
    assert reply.location == f"{site.url}/round"
    assert len(site.asked) == 4


async def test_connections_end_with_their_last_user(site: Site) -> None:
    """Within `open` a connection serves many requests; after it there is none left."""
    asking = client()
    async with asking.open():
        await asking.get(f"{site.url}/a")
        first = asking._session
        await asking.get(f"{site.url}/a")
        assert asking._session is first
        assert first
    assert asking._session is None
    assert first.closed


async def test_a_question_is_sent_again(site: Site) -> None:
    """A POST that only asks is tried like a GET, with its body and the credentials each time."""
    site.troubles["/a"].append(Trouble(502))
    secrets = Credentials(URL(site.url).origin(), {"Authorization": "Bearer s3cret"})
    reply = await client(credentials=secrets).post(
        f"{site.url}/a", b"{}", {"Content-Type": "application/json"}
    )
    assert (reply.status, reply.body) == (200, b"text")
    sent = [
        (asked.headers["content-length"], asked.headers["authorization"]) for asked in site.asked
    ]
    assert sent == [("2", "Bearer s3cret")] * 2


async def test_a_service_may_ask_to_wait_in_its_own_way(site: Site) -> None:
    """What the client is told of it decides about another try, and how long to wait for it."""
    site.troubles["/a"].append(Trouble(403, {"X-Reset": "40"}))
    site.troubles["/b"].append(Trouble(403))
    clock = Clock()
    guard = AddressGuard([ipaddress.ip_network("127.0.0.1")])
    asking = HttpClient(
        LIMITS,
        headers={},
        guard=guard,
        clock=clock,
        waits=lambda reply: float(reply.headers["X-Reset"]) if "X-Reset" in reply.headers else None,
    )
    assert (await asking.get(f"{site.url}/b")).status == 403
    assert (await asking.get(f"{site.url}/a")).status == 200
    assert sum(clock.waits) >= 40
    assert site.paths() == ["/b", "/a", "/a"]
