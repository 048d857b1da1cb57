"""The child process ends, hangs or never comes up: whoever waits is told, and it comes back."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.models.children.keeping import Pauses
from footnote.models.engine.engine import Engine, Wishes, open_engine
from footnote.models.engine.options import Adapter, EngineOptions
from footnote.models.errors import EngineError, EngineStoppedError, UnusableModelError
from tests.models.engine.serving import (
    QUICK,
    child_that,
    options_for,
    request,
    serving,
    written,
)
from tests.models.gguf_files import Shape, write_adapter

ENDLESS = Wishes(endless=True)
ANY = EngineOptions(Path("model.gguf"))
PATIENCE_S = 60


async def kill(engine: Engine) -> None:
    """Kill the child, once there is one."""
    await until(lambda: engine.pid is not None)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not happened():  # noqa: ASYNC110  processes set no events
            await asyncio.sleep(0.01)


async def test_a_child_killed_at_any_moment_is_told_and_replaced(tmp_path: Path, seed: int) -> None:
    """Every running and waiting question fails with a sentence, and the next one is answered."""
    chance = random.Random(seed)  # noqa: S311  no secret
    async with serving(tmp_path) as engine, asyncio.timeout(PATIENCE_S):
        expected = await written(engine, request(100), ENDLESS)
        for _ in range(4):
            running = [
                asyncio.create_task(written(engine, request(400), ENDLESS)) for _ in range(5)
            ]
            await asyncio.sleep(chance.uniform(0, 0.1))
            await kill(engine)
            for ended in await asyncio.gather(*running, return_exceptions=True):
                assert isinstance(ended, EngineStoppedError | str)
                if isinstance(ended, EngineStoppedError):
                    assert str(ended) == "The engine's process ended while it answered: ask again."
            assert await written(engine, request(100), ENDLESS) == expected


async def test_a_child_ends_also_where_waiting_for_its_end_is_cancelled() -> None:
    """No process is left behind by who cannot wait."""
    child = await child_that("time.sleep(600)")()
    ending = asyncio.create_task(child.end())
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


async def test_adapters_outlive_the_child(tmp_path: Path) -> None:
    """A child that takes over knows the adapters that were loaded, and the one in use."""
    shape = Shape("llama")
    adapter = write_adapter(tmp_path / "friendly.gguf", shape, seed=5, scale=40)
    async with open_engine(options_for(tmp_path, shape), pauses=QUICK) as engine:
        await engine.load_adapter("friendly", adapter)
        engine.use_adapter("friendly")
        before = await written(engine, request(50), ENDLESS)
        await kill(engine)
        await until(lambda: engine.pid is None)
        assert await written(engine, request(50), ENDLESS) == before


async def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """When the parent is killed in the middle of an answer, the child is gone too."""
    options_for(tmp_path, Shape("qwen2"))
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from footnote.models.engine.engine import open_engine, Wishes\n"
        "from footnote.models.engine.options import EngineOptions, Tuning\n"
        "from footnote.models.generation import Request\n"
        "async def main():\n"
        "    options = EngineOptions(Path(sys.argv[1]), context_tokens=2048, tuning=Tuning())\n"
        "    async with open_engine(options) as engine:\n"
        "        wishes = Wishes(tokens=(20, 21), endless=True)\n"
        "        async for _ in engine.stream(Request(()), wishes):\n"
        "            print(engine.pid, flush=True)\n"
        "            await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen(  # noqa: ASYNC220  it is killed, which asyncio would tidy up after
        [sys.executable, "-c", code, str(tmp_path / "model.gguf")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(await asyncio.to_thread(parent.stdout.readline))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    await until(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    """Whether a process computes; one that has ended and was not asked for does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_a_crash_in_the_trial_is_tried_again_with_plain_weights() -> None:
    """An illegal instruction costs a warning where the model works without extra buffers."""
    start = child_that(
        "import_messages(); start = read()\n"
        "if start.options.extra_buffers: os.kill(os.getpid(), signal.SIGILL)\n"
        "os.write(1, READY); time.sleep(60)\n"
    )
    async with asyncio.timeout(PATIENCE_S), open_engine(ANY, start=start) as engine:
        assert engine.name == "stand-in"


async def test_a_build_that_always_crashes_is_told() -> None:
    """It becomes one sentence that names the signal and what to do."""
    start = child_that("os.kill(os.getpid(), signal.SIGILL)")
    with pytest.raises(UnusableModelError, match=r"SIGILL\): build it for this machine"):
        async with asyncio.timeout(PATIENCE_S), open_engine(ANY, start=start):
            pass


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("os.write(1, READY); time.sleep(600)", {"silence_s": 3.0}),
        (
            "import_messages(); os.write(1, READY)\nwhile True: send(Beat(99.0)); time.sleep(0.1)",
            {"step_s": 5.0},
        ),
        ("os.write(1, READY); os.write(1, b'No such message'); time.sleep(600)", {}),
        ("os.write(1, READY); sys.stdin.buffer.read(8); sys.exit(3)", {}),
    ],
    ids=["silent", "hanging", "garbled", "gone"],
)
async def test_a_child_that_does_not_answer_is_ended(code: str, limits: dict[str, float]) -> None:
    """One that says nothing, hangs in a step, talks nonsense or leaves fails its questions."""
    async with asyncio.timeout(PATIENCE_S):
        async with open_engine(ANY, start=child_that(code, **limits), pauses=QUICK) as engine:
            with pytest.raises(EngineStoppedError):
                await written(engine)


async def test_a_deadline_holds_while_the_child_is_away(tmp_path: Path) -> None:
    """Between two lives a question waits no longer than its deadline."""
    slow = Pauses(first_s=600, longest_s=600)
    async with (
        asyncio.timeout(PATIENCE_S),
        open_engine(options_for(tmp_path, Shape("qwen2")), pauses=slow) as engine,
    ):
        await kill(engine)
        await until(lambda: engine.pid is None)
        soon = asyncio.get_running_loop().time() + 0.2
        with pytest.raises(EngineStoppedError, match="is being started again"):
            await written(engine, request(deadline=soon))


async def test_a_closed_engine_fails_what_it_was_asked(tmp_path: Path) -> None:
    """Whoever still waits when the engine is closed gets an error, not silence."""
    async with asyncio.timeout(PATIENCE_S):
        async with serving(tmp_path) as engine:
            waiting = [asyncio.create_task(written(engine, request(400), ENDLESS)) for _ in "123"]
            await asyncio.sleep(0.02)
        for ended in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(ended, EngineError | str)
        with pytest.raises(EngineError):
            await written(engine)


async def test_a_gpu_that_the_build_cannot_use_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A build for processors serves all the same, and says loudly that it is one."""
    options = replace(options_for(tmp_path, Shape("qwen2")), gpu_layers=-1)
    async with open_engine(options) as engine:
        if engine.ready.offloads:
            pytest.skip("this build of llama.cpp can use a GPU")
        assert await written(engine)
    assert "ask for layers on a GPU, but this build of llama.cpp has none" in caplog.text


def test_pauses_grow_and_shrink() -> None:
    """They double up to a minute, and begin anew after a long life."""
    pauses, pause, seen = Pauses(), 0.0, []
    for _ in range(8):
        pause = pauses.after(pause, 5.0)
        seen.append(pause)
    assert seen == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pauses.after(pause, 61.0) == 1


class TestUnusableModels:
    """What cannot be served is refused when the engine is opened, in one sentence."""

    @pytest.fixture
    def options(self, tmp_path: Path) -> EngineOptions:
        """A good one."""
        return options_for(tmp_path, Shape("llama"))

    async def refusal(self, options: EngineOptions) -> str:
        """The sentence."""
        with pytest.raises(UnusableModelError) as error:
            async with asyncio.timeout(PATIENCE_S), open_engine(options, pauses=QUICK):
                pass
        sentence = str(error.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence

    async def test_missing(self, options: EngineOptions) -> None:
        """There is no such file."""
        missing = replace(options, model=options.model.with_name("other.gguf"))
        assert "There is no model at" in await self.refusal(missing)

    async def test_without_llama_cpp(
        self, options: EngineOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The extra is not installed; the sentence names it."""
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        assert "pip install 'footnote-bot[gguf]'" in await self.refusal(options)

    async def test_no_model(self, options: EngineOptions) -> None:
        """The file is something else."""
        options.model.write_text("<html>Not found</html>", encoding="utf-8")
        assert "model.gguf is no GGUF file" in await self.refusal(options)

    @pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.99])
    async def test_truncated(self, options: EngineOptions, share: float) -> None:
        """The file ends early."""
        data = options.model.read_bytes()
        options.model.write_bytes(data[: int(share * len(data))])
        assert "llama.cpp cannot load model.gguf" in await self.refusal(options)

    async def test_corrupt(self, options: EngineOptions) -> None:
        """The file's head is damaged."""
        data = bytearray(options.model.read_bytes())
        data[8:40] = b"\xff" * 32
        options.model.write_bytes(data)
        assert "llama.cpp cannot load model.gguf" in await self.refusal(options)

    async def test_unknown_architecture(self, options: EngineOptions) -> None:
        """llama.cpp does not know this kind of model, and the sentence names it."""
        data = options.model.read_bytes()
        options.model.write_bytes(data.replace(b"llama", b"lambda"[:5]))
        assert "lambd" in await self.refusal(options)

    async def test_numbers_that_are_none(self, options: EngineOptions) -> None:
        """Weights that are no numbers are found by the trial."""
        data = bytearray(options.model.read_bytes())
        data[-4000:] = b"\xff\xff\xff\x7f" * 1000
        options.model.write_bytes(data)
        assert "computes no numbers" in await self.refusal(options)

    async def test_context_longer_than_the_model_knows(self, options: EngineOptions) -> None:
        """The model was made for less."""
        sentence = await self.refusal(replace(options, context_tokens=8192))
        assert "contexts of 4096 tokens" in sentence

    async def test_context_larger_than_the_memory(self, tmp_path: Path) -> None:
        """There is no room for the cache."""
        options = options_for(tmp_path, Shape("llama", context=1 << 30), context=1 << 29)
        assert "for 2 answers at once take 512.0 GiB" in await self.refusal(options)

    async def test_a_wrong_adapter_in_the_settings(self, options: EngineOptions) -> None:
        """An adapter that is missing at the start is told as such."""
        missing = replace(options, adapters={"friendly": Adapter(Path("gone.gguf"))})
        assert "There is no adapter friendly" in await self.refusal(missing)
