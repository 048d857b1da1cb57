"""The embedder's thread and queue, with a slow session that a test steps through."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from footnote.models.embedding import MiniLM, open_minilm
from footnote.models.errors import ModelError, ModelMissingError
from footnote.models.minilm.wordpieces import WordPieces
from tests.models import tiny

LONG = "the cat sat on the mat . " * 60
"""A text that takes a step of its own."""
FIRST_PIECES = {"the": 5, "cat": 6, "sat": 7, "on": 8, "mat": 9}


class SlowSession:
    """Computes a step when it is let to, and remembers which texts it saw and on which thread.

    A text's vector points in the direction of its first piece.

    Attributes:
        seen: The first pieces of each step's texts.
        computed: How many tokens there were, and how many with the padding.
        threads: On which threads steps ran.
        failure: Raised by the steps from now on.
    """

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.computed = np.zeros(2, dtype=np.int64)
        self.threads: set[int] = set()
        self.failure: Exception | None = None
        self._steps = threading.Semaphore(0)
        self._started = threading.Semaphore(0)

    def let(self, steps: int) -> None:
        """Allow so many more steps."""
        self._steps.release(steps)

    async def started(self) -> None:
        """Wait until one more step is being computed."""
        assert await asyncio.to_thread(self._started.acquire, timeout=10)

    def run(self, names: list[str], inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
        """Compute the vectors of texts and of tokens, once allowed."""
        firsts = inputs["input_ids"][:, 1]
        self.seen.append(firsts.tolist())
        mask = inputs["attention_mask"]
        self.computed += (mask.sum(), mask.size)
        self.threads.add(threading.get_ident())
        self._started.release()
        assert self._steps.acquire(timeout=10)
        if self.failure:
            raise self.failure
        everything = np.eye(384, dtype=np.float32)
        made = {"sentence": everything[firsts], "tokens": 2 * everything[inputs["input_ids"]]}
        return [made[name] for name in names]


@pytest.fixture
def session() -> SlowSession:
    """A session that does nothing until it is let."""
    return SlowSession()


@pytest.fixture
def pieces(tmp_path: Path) -> WordPieces:
    """A tokenizer of a few pieces."""
    (tmp_path / "vocab.txt").write_bytes(tiny.VOCABULARY)
    return WordPieces(tmp_path / "vocab.txt")


@pytest.fixture
async def model(session: SlowSession, pieces: WordPieces) -> AsyncIterator[MiniLM]:
    """An embedder at work on the slow session."""
    async with working(MiniLM(session, pieces)) as found:
        yield found
        session.let(100)


@asynccontextmanager
async def working(model: MiniLM) -> AsyncIterator[MiniLM]:
    """Run the model's work, and close it."""
    work = asyncio.create_task(model.work())
    try:
        yield model
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await model.close()


def long(first: str) -> str:
    """A text that takes a step of its own and begins with a piece."""
    return f"{first} {LONG}"


async def test_a_question_waits_for_one_step_of_a_sync(model: MiniLM, session: SlowSession) -> None:
    """An urgent call goes before the steps that wait, and after the one being computed."""
    sync = asyncio.create_task(model.embed([long("cat")] * 3))
    other = asyncio.create_task(model.embed([long("sat")]))
    await session.started()
    question = asyncio.create_task(model.embed(["mat"], urgent=True))
    await asyncio.sleep(0)
    session.let(2)
    await question
    assert not sync.done()
    session.let(3)
    await asyncio.gather(sync, other)
    cat, sat, mat = FIRST_PIECES["cat"], FIRST_PIECES["sat"], FIRST_PIECES["mat"]
    assert session.seen == [[cat], [mat], [cat], [cat], [sat]]


async def test_rows_keep_the_order_of_the_texts(model: MiniLM, session: SlowSession) -> None:
    """Texts are computed by length and come back in the caller's order, progress in between."""
    session.let(100)
    words = ["cat", "mat", "on", "the", "sat"]
    texts = [long("cat"), "mat", long("on") * 2, "the " * 40, "sat"]
    done: list[int] = []
    vectors = await model.embed(texts, progress=done.append)
    assert vectors.argmax(axis=1).tolist() == [FIRST_PIECES[word] for word in words]
    assert done == sorted(done)
    assert done[-1] == len(texts)
    assert len(done) == len(session.seen) > 1


async def test_short_texts_share_a_step(model: MiniLM, session: SlowSession) -> None:
    """Forty short texts take far fewer steps than forty."""
    session.let(100)
    await model.embed(["the cat sat on the mat"] * 40)
    assert len(session.seen) <= 5


async def test_texts_of_like_length_share_a_step(model: MiniLM, session: SlowSession) -> None:
    """Of texts whose lengths go up and down, little that is computed is padding."""
    session.let(100)
    await model.embed(["cat", "the cat sat on the mat . " * 4] * 20)
    tokens, with_padding = session.computed
    assert with_padding < 1.2 * tokens


async def test_no_text_is_no_step(model: MiniLM, session: SlowSession) -> None:
    """An empty call returns at once, an empty text does not."""
    assert (await model.embed([])).shape == (0, 384)
    assert session.seen == []
    session.let(1)
    assert (await model.embed([""])).shape == (1, 384)


async def test_the_arithmetic_leaves_the_loop_free(model: MiniLM, session: SlowSession) -> None:
    """While a step is computed the loop turns, and all steps run on one other thread."""
    call = asyncio.create_task(model.embed([long("cat")] * 3))
    await session.started()
    for _ in range(100):
        await asyncio.sleep(0)
    assert not call.done()
    session.let(3)
    await call
    assert len(session.threads) == 1
    assert threading.get_ident() not in session.threads


async def test_a_cancelled_call_drops_its_steps(model: MiniLM, session: SlowSession) -> None:
    """At most the step being computed is finished, none of a call that waits, and others go on."""
    call = asyncio.create_task(model.embed([long("cat")] * 5))
    waiting = asyncio.create_task(model.embed([long("mat")]))
    await session.started()
    call.cancel()
    waiting.cancel()
    ended = await asyncio.gather(call, waiting, return_exceptions=True)
    assert [type(error) for error in ended] == [asyncio.CancelledError] * 2
    session.let(3)
    await model.embed([long("sat")])
    assert session.seen == [[FIRST_PIECES["cat"]], [FIRST_PIECES["sat"]]]


async def test_an_error_reaches_its_caller_alone(model: MiniLM, session: SlowSession) -> None:
    """A failing runtime becomes a sentence, drops the call's other steps and spares the next."""
    session.failure = RuntimeError("no memory")
    session.let(1)
    with pytest.raises(ModelError, match=r"could not compute \(no memory\)"):
        await model.embed([long("cat")] * 3)
    session.failure = None
    session.let(1)
    assert (await model.embed(["sat"])).shape == (1, 384)
    assert len(session.seen) == 2


async def test_an_error_in_progress_reaches_its_caller(model: MiniLM, session: SlowSession) -> None:
    """A progress that fails fails its own call, and the next is served."""

    def fail(_: int) -> None:
        raise ValueError("no bar")

    session.let(2)
    with pytest.raises(ValueError, match="no bar"):
        await model.embed(["cat"], progress=fail)
    assert (await model.embed(["sat"])).shape == (1, 384)


async def test_closing_fails_whoever_waits(session: SlowSession, pieces: WordPieces) -> None:
    """The call being computed, the one that waits and a later one hear that it was closed."""
    async with working(MiniLM(session, pieces)) as model:
        calls = [asyncio.create_task(model.embed([long("cat")] * 2)) for _ in range(2)]
        await session.started()
        session.let(1)
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(error) for error in ended] == [ModelError] * 2
    assert "closed" in str(ended[0])
    with pytest.raises(ModelError, match="closed"):
        await model.embed(["cat"])
    assert not any(thread.name.startswith("embedder") for thread in threading.enumerate())


async def test_tokens_are_computed_before_the_next_step_of_a_sync(
    model: MiniLM, session: SlowSession
) -> None:
    """On the same thread, one text a computation; each piece has its own unit vector."""
    sync = asyncio.create_task(model.embed([long("sat")] * 2))
    await session.started()
    tokens = asyncio.create_task(model.embed_with_tokens(["the cat", "mat"]))
    await asyncio.sleep(0)
    session.let(4)
    vectors, (the_cat, mat) = await tokens
    await sync
    assert vectors.argmax(axis=1).tolist() == [FIRST_PIECES["the"], FIRST_PIECES["mat"]]
    assert the_cat.argmax(axis=1).tolist() == [FIRST_PIECES["the"], FIRST_PIECES["cat"]]
    assert mat.argmax(axis=1).tolist() == [FIRST_PIECES["mat"]]
    assert {float(np.linalg.norm(each)) for each in (*the_cat, *mat)} == {1.0}
    sat, *others = ([FIRST_PIECES[word]] for word in ("sat", "the", "mat"))
    assert session.seen == [sat, *others, sat]
    assert len(session.threads) == 1


async def test_tokens_of_a_closed_embedder_are_an_error(
    session: SlowSession, pieces: WordPieces
) -> None:
    """It says that the embedder was closed."""
    async with working(MiniLM(session, pieces)) as model:
        pass
    with pytest.raises(ModelError, match="closed"):
        await model.embed_with_tokens(["cat"])


async def test_a_model_that_was_never_pulled_is_said_so(tmp_path: Path) -> None:
    """The sentence names the command."""
    with pytest.raises(ModelMissingError, match="footnote models pull"):
        async with open_minilm(tmp_path):
            pass
