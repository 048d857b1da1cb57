"""What suits a machine is found by measuring, and remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.models.engine.calibration import (
    Profile,
    Profiles,
    Rates,
    calibrate,
    load_seconds,
    profile_key,
    rows_beside,
)
from footnote.models.engine.engine import open_engine
from footnote.models.engine.files import check_file
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.errors import UnusableModelError
from tests.models.engine.serving import QUICK, options_for, written
from tests.models.gguf_files import Shape

ANY = EngineOptions(Path("model.gguf"))


def rates_of(tuning: Tuning) -> Rates:
    """A machine that reads fast with seven sequences and one thread a pair of hyper-threads."""
    prefill = 1000.0 if tuning.sequences == 7 else 600.0
    return Rates(prefill / (1 if tuning.threads == 4 else 2), 0.03, 0.02)


def test_the_best_tuning_is_found() -> None:
    """Going along each axis finds what this machine likes."""
    profile = calibrate(ANY, 8, rates_of)
    assert profile is not None
    assert (profile.tuning.threads, profile.tuning.sequences) == (4, 7)
    assert load_seconds(profile.tuning, profile.rates) < load_seconds(
        Tuning(), rates_of(Tuning(threads=8))
    )


def test_prompts_are_read_as_far_as_answers_do_not_seem_to_stall() -> None:
    """A fast machine reads more between two tokens than a slow one; what is set is kept."""
    fast, slow = (Rates(prefill, step_s=0.05, single_s=0.02) for prefill in (900.0, 100.0))
    assert rows_beside(Tuning(rows=512), fast) == 225
    assert rows_beside(Tuning(rows=128), fast) == 128
    assert rows_beside(Tuning(rows=512), slow) == 25
    assert rows_beside(Tuning(rows=512), Rates(10.0, step_s=2.0, single_s=1.0)) == 20
    assert rows_beside(Tuning(rows=512, rows_beside=7), fast) == 7


def test_what_cannot_be_used_is_passed_over() -> None:
    """A tuning without room in memory is not chosen; without any, there is none."""

    def measure(tuning: Tuning) -> Rates | None:
        return None if tuning.sequences == 7 else rates_of(tuning)

    profile = calibrate(ANY, 8, measure)
    assert profile is not None
    assert profile.tuning.sequences != 7
    assert calibrate(ANY, 8, lambda _: None) is None


def test_the_cache_holds_what_there_is_room_for() -> None:
    """F16, or F32 where that is faster, or eight bits without room for F16; what is set is kept."""

    def faster(tuning: Tuning) -> Rates:
        return Rates(500.0 if tuning.cache_type == "f32" else 400.0, 0.03, 0.02)

    def small(tuning: Tuning) -> Rates | None:
        return None if tuning.cache_type in ("f32", "f16") else rates_of(tuning)

    def found(options: EngineOptions, measure: Callable[[Tuning], Rates | None]) -> Tuning:
        profile = calibrate(options, 2, measure)
        assert profile is not None
        return profile.tuning

    assert found(ANY, rates_of).cache_type == "f16"
    assert found(ANY, faster).cache_type == "f32"
    assert found(replace(ANY, cache_type="f16"), faster).cache_type == "f16"
    in_bits = found(ANY, small)
    assert (in_bits.cache_type, in_bits.flash_attention) == ("q8_0", True)
    assert calibrate(replace(ANY, cache_type="f16"), 2, small) is None


async def test_a_cache_type_that_is_set_holds_with_any_tuning(tmp_path: Path) -> None:
    """What a person wants of the cache goes before what was tuned."""
    options = options_for(tmp_path, Shape("qwen2", says=("Yes.",)))
    options = replace(options, cache_type="f32", tuning=Tuning(threads=1, cache_type="f16"))
    async with asyncio.timeout(120), open_engine(options, pauses=QUICK) as engine:
        assert engine.ready.tuning.cache_type == "f32"
        assert await written(engine)


def test_the_search_ends_when_its_time_is_up() -> None:
    """After the budget, what is best so far is taken."""
    times = iter(range(0, 1000, 10))
    tried: list[Tuning] = []

    def measure(tuning: Tuning) -> Rates:
        tried.append(tuning)
        return rates_of(tuning)

    assert calibrate(ANY, 8, measure, budget_s=25, clock=lambda: next(times)) is not None
    assert len(tried) == 3


def test_a_profile_is_remembered(tmp_path: Path) -> None:
    """What was saved is loaded; a damaged file is as good as none."""
    profiles = Profiles(tmp_path / "profiles")
    profile = Profile(Tuning(threads=3), Rates(1.0, 2.0, 3.0))
    assert profiles.load("a") is None
    profiles.save("a", profile)
    assert profiles.load("a") == profile
    (tmp_path / "profiles" / "a.json").write_text("{", encoding="utf-8")
    assert profiles.load("a") is None


def test_a_profile_belongs_to_model_settings_and_build(tmp_path: Path) -> None:
    """Whatever may change the measurements changes the key."""
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF" + bytes(100))
    options = EngineOptions(model)
    keys = {
        profile_key(options, 4, "1"),
        profile_key(options, 8, "1"),
        profile_key(options, 4, "2"),
        profile_key(replace(options, context_tokens=99), 4, "1"),
    }
    model.write_bytes(b"GGUF" + bytes(101))
    assert len(keys | {profile_key(options, 4, "1")}) == 5


async def test_the_first_start_calibrates_and_the_second_remembers(tmp_path: Path) -> None:
    """The second start serves with what the first one found out."""
    options = options_for(tmp_path, Shape("qwen2", says=("Yes.",)))
    options = replace(options, tuning=None, profiles=tmp_path / "profiles")
    async with asyncio.timeout(120), open_engine(options, pauses=QUICK) as engine:
        first = engine.ready
    (saved,) = (tmp_path / "profiles").iterdir()
    text = saved.read_text(encoding="utf-8").replace(f'"rows": {first.tuning.rows}', '"rows": 99')
    saved.write_text(text, encoding="utf-8")
    async with asyncio.timeout(120), open_engine(options, pauses=QUICK) as engine:
        assert engine.ready.tuning == replace(first.tuning, rows=99)
        assert engine.prefill_rate == first.prefill_rate
        assert await written(engine) == "Yes."


async def test_a_full_disk_costs_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written, the engine serves and says what is lost."""
    options = options_for(tmp_path, Shape("qwen2", says=("Yes.",)))
    (tmp_path / "profiles").write_text("a file where the folder should be", encoding="utf-8")
    options = replace(options, tuning=None, profiles=tmp_path / "profiles")
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(120), open_engine(options, pauses=QUICK) as engine:
            assert await written(engine) == "Yes."
    assert "cannot be remembered" in caplog.text


def test_a_model_larger_than_the_memory_is_refused(tmp_path: Path) -> None:
    """The sentence says how large it is and how much there is."""
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF" + bytes(3 << 20))
    with pytest.raises(UnusableModelError, match=r"takes 0\.0 GiB, but this machine has 0\.0"):
        check_file(model, memory=1 << 20)
    check_file(model, memory=4 << 20)
