"""The next token is the one that the samplers choose from the whole vocabulary."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from footnote.models.engine.choosing import Candidates, Chooser
from footnote.models.engine.native import Scores
from footnote.models.engine.samplers import Samplers


class Everything(Candidates):
    """Leaves nothing out beforehand."""

    def fill_best(self, scores: Scores, most: int) -> None:
        """Every token."""
        del most
        self.fill(scores)


# Hot, so that the last of the likeliest is chosen as often as the first.
SAMPLERS = st.builds(
    Samplers,
    st.just(50.0),
    top_k=st.integers(0, 50),
    top_p=st.sampled_from((0.5, 0.95, 1.0)),
    min_p=st.sampled_from((0.0, 0.05)),
    repeat=st.sampled_from((1.0, 1.3)),
    seed=st.integers(0, 2**32 - 1),
)


@given(st.integers(1, 3000), SAMPLERS)
@example(100, Samplers(50.0, seed=2**32 - 1))
def test_leaving_out_the_unlikely_changes_no_token(size: int, samplers: Samplers) -> None:
    """With any settings, the tokens are those that llama.cpp chooses from all scores."""
    choosers = [Chooser(samplers, kind(size)) for kind in (Candidates, Everything)]
    random = np.random.default_rng(samplers.seed)
    for _ in range(8):
        scores = random.permutation(size).astype(np.float32) / np.float32(100)
        few, whole = (chooser.choose(scores) for chooser in choosers)
        assert few == whole
    for chooser in choosers:
        chooser.close()


def test_few_are_left() -> None:
    """Of a real vocabulary's scores, hardly more than the likeliest are looked at."""
    candidates = Candidates(32_000)
    candidates.fill_best(np.random.default_rng(1).normal(size=32_000).astype(np.float32), 40)
    assert 40 <= candidates.count < 120
