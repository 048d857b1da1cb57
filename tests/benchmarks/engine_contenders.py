"""Who serves the same questions in the benchmark: the engine, and what else people use."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Protocol

import aiohttp
from llama_cpp import Llama

from footnote.models.engine.engine import Engine, Wishes
from footnote.models.engine.messages import Timings
from footnote.models.generation import Queued, Request, Sampling

Prompt = Sequence[int]


@dataclass(slots=True)
class Served:
    """One answer.

    Attributes:
        times: When pieces of it came, in seconds since it was asked for; a piece is a token, or
            several where the reader was late.
        tokens: How many tokens it has.
    """

    times: list[float] = field(default_factory=list)
    tokens: int = 0


class Contender(Protocol):
    """Serves questions that all come at once."""

    name: str

    async def serve(self, prompts: Sequence[Prompt], answer_tokens: int) -> list[Served]:
        """One answer of exactly so many tokens a prompt."""
        ...


class Product:
    """The engine.

    Args:
        engine: An open one.
        name: What the figures call it.
        lookup: Whether tokens are guessed.
    """

    def __init__(self, engine: Engine, name: str = "product", *, lookup: bool = False) -> None:
        self.name = name
        self._engine = engine
        self._lookup = lookup

    async def serve(self, prompts: Sequence[Prompt], answer_tokens: int) -> list[Served]:
        """Ask all at once."""
        return await asyncio.gather(*(self._one(prompt, answer_tokens) for prompt in prompts))

    async def _one(self, prompt: Prompt, answer_tokens: int) -> Served:
        request = Request((), Sampling(temperature=0, max_tokens=answer_tokens))
        served = Served()

        def report(timings: Timings) -> None:
            served.tokens = timings.answer_tokens

        wishes = Wishes(tokens=tuple(prompt), endless=True, lookup=self._lookup, report=report)
        start = perf_counter()
        async for piece in self._engine.stream(request, wishes):
            if not isinstance(piece, Queued):
                served.times.append(perf_counter() - start)
        return served


class Fifo:
    """`llama_cpp.Llama` as it is used best: one thread loads it and serves one after the other."""

    name = "fifo"

    def __init__(self, make: Callable[[], Llama]) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._llama = self._thread.submit(make).result()

    async def serve(self, prompts: Sequence[Prompt], answer_tokens: int) -> list[Served]:
        """Queue all at once."""
        start, loop = perf_counter(), asyncio.get_running_loop()
        work = [
            loop.run_in_executor(self._thread, generated, self._llama, prompt, answer_tokens, start)
            for prompt in prompts
        ]
        return await asyncio.gather(*work)


class Locked:
    """`llama_cpp.Llama` as it is used most: a thread a question, and a lock."""

    name = "lock"

    def __init__(self, make: Callable[[], Llama]) -> None:
        self._llama = make()
        self._lock = threading.Lock()

    async def serve(self, prompts: Sequence[Prompt], answer_tokens: int) -> list[Served]:
        """Start all threads at once."""
        start = perf_counter()
        found: queue.SimpleQueue[Served] = queue.SimpleQueue()

        def one(prompt: Prompt) -> None:
            with self._lock:
                found.put(generated(self._llama, prompt, answer_tokens, start))

        threads = [threading.Thread(target=one, args=(prompt,)) for prompt in prompts]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        return [found.get() for _ in prompts]


class LlamaServer:
    """llama.cpp's own server, over HTTP."""

    name = "llama_server"

    def __init__(self, session: aiohttp.ClientSession, url: str, pid: int) -> None:
        self._session = session
        self._url = url
        self.pid = pid

    async def serve(self, prompts: Sequence[Prompt], answer_tokens: int) -> list[Served]:
        """Ask all at once."""
        return await asyncio.gather(*(self._one(prompt, answer_tokens) for prompt in prompts))

    async def _one(self, prompt: Prompt, answer_tokens: int) -> Served:
        body = {
            "prompt": list(prompt),
            "n_predict": answer_tokens,
            "ignore_eos": True,
            "temperature": 0,
            # Greedy at once; its usual chain goes through the whole vocabulary several times.
            "samplers": ["top_k"],
            "top_k": 1,
            "stream": True,
            "cache_prompt": True,
            "return_tokens": True,
        }
        served, start = Served(), perf_counter()
        async with self._session.post(f"{self._url}/completion", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                tokens = json.loads(line[6:]).get("tokens") if line.startswith(b"data: ") else None
                if tokens:
                    served.times.append(perf_counter() - start)
                    served.tokens += len(tokens)
        return served


def generated(llama: Llama, prompt: Prompt, answer_tokens: int, start: float) -> Served:
    """One greedy answer by the high-level interface."""
    served = Served()
    for token in llama.generate(list(prompt), temp=0.0):
        llama.detokenize([token])
        served.times.append(perf_counter() - start)
        served.tokens += 1
        if served.tokens == answer_tokens:
            break
    return served


@asynccontextmanager
async def llama_server(
    binary: Path, model: Path, *, threads: int, sequences: int, context_tokens: int
) -> AsyncIterator[LlamaServer]:
    """A running llama-server, with as many slots as the engine has sequences.

    Cells a slot and no flash attention are best on a processor; batches of 512 keep its gaps short;
    and it saves no old prompts, since none comes again. Measured against its defaults, all of this
    changes less than can be told from chance.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = {
        "-m": model,
        "-c": context_tokens * sequences,
        "-np": sequences,
        "-t": threads,
        "-tb": threads,
        "-b": 512,
        "-ub": 512,
        "-fa": "off",
        "--cache-ram": 0,
        "--port": port,
    }
    command = [str(part) for pair in arguments.items() for part in pair]
    process = await asyncio.create_subprocess_exec(
        str(binary),
        *command,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    timeout = aiohttp.ClientTimeout(total=None)
    try:
        # It hangs up on connections that were idle for as long as the others took their turns.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            await _healthy(session, url)
            yield LlamaServer(session, url, process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _healthy(session: aiohttp.ClientSession, url: str) -> None:
    for _ in range(600):
        try:
            async with session.get(f"{url}/health") as response:
                if response.ok:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise TimeoutError("llama-server does not come up")
