"""What came of a run is said once to the admins of each platform, by whichever replica."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from footnote.bot.platforms.base import LostError, PlatformError, RefusedError
from footnote.bot.state.base import State
from footnote.bot.tuning import announcing
from footnote.bot.tuning.announcing import Announcer, News, file_news
from tests.bot.state.bench import Bench
from tests.waiting import until

NEWS = News("run-1", "The run run-1 has passed its gate.", "0123456789ab")
PLAIN = News("run-2", "The gate refuses the run run-2.")


@dataclass
class Plaza:
    """A platform where admins only read.

    Attributes:
        heard: What was said there, and about which adapter.
        trouble: Why nothing can be said there, while it cannot.
    """

    heard: list[tuple[str, str]] = field(default_factory=list)
    trouble: PlatformError | None = None
    tells_admins: bool = True

    async def tell_admins(self, text: str, key: str) -> None:
        """Hear it."""
        assert key
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        self.heard.append((text, ""))


@dataclass
class Market(Plaza):
    """A platform where admins can also press buttons."""

    async def ask_admins(self, text: str, adapter: str, key: str) -> None:
        """Hear it, with buttons."""
        await self.tell_admins(text, key)
        self.heard[-1] = (text, adapter)


class Hanging(Plaza):
    """A platform that never says what became of what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def tell_admins(self, text: str, key: str) -> None:
        """Hear it, and say nothing."""
        del text, key
        self.asked.set()
        await asyncio.Event().wait()


def announcer(state: State, **platforms: object) -> Announcer:
    """A replica with these platforms."""
    return Announcer(platforms, state.records)


async def test_of_several_replicas_one_says_it(bench: Bench) -> None:
    """On each platform once, however often it is filed and looked at, with buttons if it can."""
    plaza, market = Plaza(), Market()
    assert await file_news(bench.state.records, NEWS)
    assert not await file_news(bench.state.records, NEWS)
    assert await file_news(bench.state.records, PLAIN)
    async with bench.second() as other:
        for _ in range(2):
            await asyncio.gather(
                *(
                    announcer(state, plaza=plaza, market=market, none=object()).look()
                    for state in (bench.state, other)
                )
            )
    by_hand = "\nTo write further answers with it: footnote tune promote --run run-1"
    assert sorted(plaza.heard) == sorted([(NEWS.text + by_hand, ""), (PLAIN.text, "")])
    assert sorted(market.heard) == sorted([(NEWS.text, NEWS.adapter), (PLAIN.text, "")])


async def test_where_it_surely_was_not_said_it_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After a while; another platform does not wait for it."""
    await file_news(bench.state.records, NEWS)
    plaza, market = Plaza(trouble=RefusedError("not there")), Market()
    replica = announcer(bench.state, plaza=plaza, market=market)
    for _ in range(2):
        await replica.look()
    assert len(market.heard) == 1
    assert caplog.text.count("could not be told of a run: not there") == 1
    plaza.trouble = None
    await replica.look()
    assert not plaza.heard
    monkeypatch.setattr(announcing, "monotonic", lambda: 1e9)
    await replica.look()
    assert len(plaza.heard) == 1


async def test_what_may_have_been_said_is_not_said_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nobody knows whether it was."""
    await file_news(bench.state.records, NEWS)
    plaza = Plaza(trouble=LostError("no answer"))
    await announcer(bench.state, plaza=plaza).look()
    assert "is not known" in caplog.text
    plaza.trouble = None
    await announcer(bench.state, plaza=plaza).look()
    assert not plaza.heard


async def test_a_replica_that_dies_over_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is followed by another after a while, which says it."""
    await file_news(bench.state.records, NEWS)
    monkeypatch.setattr("footnote.bot.platforms.claims.BEGUN_S", bench.unit_s)
    hanging, plaza = Hanging(), Plaza()
    dying = asyncio.ensure_future(announcer(bench.state, plaza=hanging).look())
    await hanging.asked.wait()
    replica = announcer(bench.state, plaza=plaza)
    await replica.look()
    assert not plaza.heard
    await bench.advance(1.25 * bench.unit_s)
    monkeypatch.setattr(announcing, "monotonic", lambda: 1e9)
    await replica.look()
    assert len(plaza.heard) == 1
    dying.cancel()
    await asyncio.wait([dying])


async def test_a_replica_that_serves_says_it_by_itself(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is filed later; one without admins looks at nothing."""
    monkeypatch.setattr(announcing, "POLL_S", 0.01)
    plaza = Plaza()
    async with announcing.announcing({"plaza": plaza}, bench.state.records):
        await file_news(bench.state.records, PLAIN)
        await until(lambda: plaza.heard)
    mute = Plaza(tells_admins=False)
    await announcer(bench.state, mute=mute).look()
    assert not mute.heard
    assert plaza.heard == [(PLAIN.text, "")]
