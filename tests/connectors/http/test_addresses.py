"""No connection goes to an address that is not public, however it is named or reached."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import AsyncIterator

import pytest

from footnote.connectors.http.addresses import AddressGuard, RefusedAddressError
from footnote.connectors.http.client import HttpClient, HttpLimits
from footnote.connectors.http.replies import RefusedError
from tests.servers.website import Clock, Names, Page, Site, website

LOOPBACK = ipaddress.ip_network("127.0.0.1")

REFUSED = (
    "127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 "
    "169.254.1.1 169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.8 192.0.2.1 198.18.0.1 "
    "198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 "
    "64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 "
    "2002:a00:1:: fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 5f00::1"
).split()
OPEN = "8.8.8.8 93.184.215.14 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2606:4700::1111"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site on loopback that must not be reached."""
    async with website() as made:
        made.pages["/"] = Page("secret")
        yield made


def client(*allowed: str, names: Names | None = None) -> HttpClient:
    """A client with the guard that is tested."""
    guard = AddressGuard([ipaddress.ip_network(network) for network in allowed], names)
    limits = HttpLimits(tries=2, requests_per_second=1000)
    return HttpClient(limits, headers={}, guard=guard, clock=Clock())


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Whatever belongs to this machine, its network, a cloud's inside or nobody is refused."""
    with pytest.raises(RefusedAddressError):
        AddressGuard().check(address)


@pytest.mark.parametrize("address", OPEN.split())
def test_public_addresses_pass(address: str) -> None:
    """Public addresses pass, and so do those that only write an IPv4 address otherwise."""
    AddressGuard().check(address)


def test_every_way_to_write_an_address_is_judged_alike(seed: int) -> None:
    """An IPv4 address inside an IPv6 address is refused exactly where it is itself."""
    chance = random.Random(seed)  # noqa: S311  no secret
    guard = AddressGuard()
    for _ in range(2000):
        number = chance.getrandbits(32)
        plain = ipaddress.IPv4Address(number)
        written = (
            f"::ffff:{plain}",
            str(ipaddress.IPv6Address((0x64FF9B << 96) | number)),
            str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)),
        )
        fine = {_passes(guard, address) for address in written}
        assert fine == {_passes(guard, str(plain))}, plain


def _passes(guard: AddressGuard, address: str) -> bool:
    try:
        guard.check(address)
    except RefusedAddressError:
        return False
    return True


def test_what_is_allowed_is_allowed_and_nothing_beside_it() -> None:
    """An allowed network opens itself alone, and never what tells a machine its credentials."""
    guard = AddressGuard([ipaddress.ip_network(n) for n in ("10.1.0.0/16", "fd00::/8")])
    guard.check("10.1.2.3")
    guard.check("::ffff:10.1.2.3")
    guard.check("fd12::1")
    for address in ("10.2.0.1", "127.0.0.1", "fd00:ec2::254"):
        with pytest.raises(RefusedAddressError):
            guard.check(address)
    everything = AddressGuard([ipaddress.ip_network("0.0.0.0/0")])
    everything.check("10.0.0.1")
    with pytest.raises(RefusedAddressError):
        everything.check("169.254.169.254")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]"]
)
async def test_no_way_to_name_this_machine_leads_to_it(site: Site, host: str) -> None:
    """Numbers, names and mapped addresses of loopback are refused, and nothing is sent."""
    with pytest.raises(RefusedError) as refused:
        await client().get(f"http://{host}:{site.port}/")
    told = ('not a public address: where that is meant, add it to "private_addresses"', "canonical")
    assert any(words in refused.value.reason for words in told)
    assert site.asked == []


async def test_a_name_is_judged_by_where_it_leads(site: Site) -> None:
    """A public name of a private address is refused, also where it has several."""
    names = Names({"inside.example": [["127.0.0.1", "10.0.0.1", "::1"]]})
    with pytest.raises(RefusedError, match=r"inside\.example is at .*not a public address"):
        await client(names=names).get(f"http://inside.example:{site.port}/")
    assert site.asked == []


async def test_of_several_addresses_the_allowed_one_is_used(site: Site) -> None:
    """A name with a private address beside an allowed one is connected to at the allowed one."""
    names = Names({"both.example": [["10.0.0.1", "127.0.0.1"]]})
    reply = await client("127.0.0.1", names=names).get(f"http://both.example:{site.port}/")
    assert reply.body == b"secret"


async def test_a_name_that_changes_its_address_gains_nothing(site: Site) -> None:
    """Each connection goes to the address that was judged, and a later one is judged anew."""
    names = Names({"rebinding.example": [["127.0.0.1"], ["127.0.0.2"]]})
    asking = client("127.0.0.1", names=names)
    address = f"http://rebinding.example:{site.port}/"
    assert (await asking.get(address)).body == b"secret"
    with pytest.raises(RefusedError, match=r"127\.0\.0\.2, which is not a public address"):
        await asking.get(address)
    assert names.asked == ["rebinding.example"] * 2
    assert site.paths() == ["/"]


async def test_one_request_looks_a_name_up_once(site: Site) -> None:
    """There is one look-up for one connection."""
    names = Names({"site.example": [["127.0.0.1"]]})
    await client("127.0.0.1", names=names).get(f"http://site.example:{site.port}/")
    assert names.asked == ["site.example"]


@pytest.mark.parametrize("host", ["127.0.0.2", "inside.example"])
async def test_a_redirect_gains_nothing(site: Site, host: str) -> None:
    """A redirect to a private address is refused, by number and by name."""
    names = Names({"site.example": [["127.0.0.1"]], "inside.example": [["127.0.0.2"]]})
    site.pages["/out"] = Page(
        status=302, headers={"Location": f"http://{host}:{site.port}/"}, etag=False
    )
    asking = client("127.0.0.1", names=names)
    with pytest.raises(RefusedError, match=r"127\.0\.0\.2, which is not a public address"):
        await asking.get_following(f"http://site.example:{site.port}/out")
    assert site.paths() == ["/out"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "http:///x",
        "gopher://x/",
        "x",
        "http://u:p@a.example/",
    ],
)
async def test_only_addresses_of_the_web_are_asked(address: str) -> None:
    """Any other scheme, and an address with a password in it, is refused."""
    with pytest.raises(RefusedError):
        await client().get(address)
