"""What llama.cpp computes of a file that a test made, against plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from footnote.models.encoders.kinds import pooling_for
from footnote.models.encoders.native import Encoder
from footnote.models.encoders.options import EncoderOptions, Pooling, Task
from footnote.models.engine.native import Log
from footnote.models.errors import UnusableModelError
from tests.models import numpy_qwen2
from tests.models.gguf_bert import CLOSE, RERANKER, Bert, score, states, tokens_of, write_bert
from tests.models.gguf_files import Shape, write_model

TEXT = "The cat sat on the mat. Bab?"
PIECES = "[CLS] the cat sat on the mat . b ##a ##b ? [SEP]"
MEAN, CLS, LAST = gguf.PoolingType.MEAN, gguf.PoolingType.CLS, gguf.PoolingType.LAST


def opened(path: Path, task: Task = "embed", pooling: Pooling | None = None) -> Encoder:
    """The file, loaded in this process."""
    return Encoder(EncoderOptions(path, task, pooling), Log())


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vector scaled to length 1."""
    return np.asarray(vector / np.linalg.norm(vector))


def pooled(bert: Bert, tokens: Sequence[int], pooling: gguf.PoolingType) -> NDArray[np.float64]:
    """A text's unit vector by numpy."""
    found = states(bert, tokens)
    return unit({MEAN: found.mean(axis=0), CLS: found[0], LAST: found[-1]}[pooling])


@pytest.mark.parametrize("pooling", [MEAN, CLS, LAST])
def test_a_vector_of_bert_is_the_one_of_the_paper(
    tmp_path: Path, seed: int, pooling: gguf.PoolingType
) -> None:
    """Pooled as the file says, a text's vector has length 1 and cosine 1 to numpy's."""
    bert = Bert(seed=seed, pooling=pooling)
    vector = opened(write_bert(tmp_path / "bert.gguf", bert)).vector(TEXT)
    assert vector.shape == (64,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert vector @ pooled(bert, tokens_of(PIECES), pooling) > 0.99999


def test_a_set_pooling_goes_before_the_files(tmp_path: Path, seed: int) -> None:
    """A file that is silent or wrong about it can be used all the same."""
    bert = Bert(seed=seed, pooling=None)
    vector = opened(write_bert(tmp_path / "bert.gguf", bert), pooling="cls").vector(TEXT)
    assert vector @ pooled(bert, tokens_of(PIECES), CLS) > 0.99999
    assert vector @ pooled(bert, tokens_of(PIECES), MEAN) < 0.99999


def test_a_vector_of_a_causal_model_is_its_last_state(tmp_path: Path, seed: int) -> None:
    """A model that sees only backwards gives the last token's state, text after text."""
    shape = Shape("qwen2", seed=seed, pooling=LAST, context=512)
    path = write_model(tmp_path / "qwen2.gguf", shape)
    encoder = opened(path)
    pieces = [str(part, "utf-8") for part in _strings(path, "tokenizer.ggml.tokens")]
    for text in ("xyz", "zzyxw", "x"):
        tokens = [pieces.index(sign) for sign in text]
        last = unit(numpy_qwen2.states(path, tokens, heads=shape.heads)[-1])
        assert encoder.vector(text) @ last > 0.9999


def test_a_text_cannot_hold_special_tokens(tmp_path: Path, seed: int) -> None:
    """A text that spells the separator is read as those letters."""
    bert = Bert(seed=seed)
    vector = opened(write_bert(tmp_path / "bert.gguf", bert)).vector("cat [SEP] mat")
    spelled = tokens_of("[CLS] cat [UNK] s ##e ##p [UNK] mat [SEP]")
    assert vector @ pooled(bert, spelled, MEAN) > 0.99999
    assert vector @ pooled(bert, tokens_of("[CLS] cat [SEP] mat [SEP]"), MEAN) < 0.9999


def test_a_long_text_loses_its_end(tmp_path: Path) -> None:
    """Of a text that is longer than the model's context the beginning counts, framed as ever."""
    bert = Bert(context=32)
    encoder = opened(write_bert(tmp_path / "bert.gguf", bert))
    assert encoder.length == 32
    seen = tokens_of("[CLS] " + "cat mat " * 15 + "[SEP]")
    assert encoder.vector("cat mat " * 500) @ pooled(bert, seen, MEAN) > 0.99999


@pytest.mark.parametrize("family", ["bert", "qwen2"])
def test_no_text_has_a_vector(tmp_path: Path, family: str) -> None:
    """An empty text has a unit vector too, also where no special token stands around it."""
    path = tmp_path / "model.gguf"
    if family == "bert":
        write_bert(path)
    else:
        write_model(path, Shape("qwen2", pooling=LAST))
    assert np.linalg.norm(opened(path).vector("")) == pytest.approx(1, abs=1e-6)


def test_a_score_is_the_classifiers(tmp_path: Path, seed: int) -> None:
    """Question and passage, joined by the model's separators, are scored as numpy scores them."""
    bert = replace(RERANKER, seed=seed)
    encoder = opened(write_bert(tmp_path / "bert.gguf", bert), "rank")
    pair = tokens_of("[CLS] the cat [SEP] sat on the mat [SEP]")
    assert encoder.score("the cat", "sat on the mat") == pytest.approx(score(bert, pair), abs=CLOSE)
    spelled = tokens_of("[CLS] cat [UNK] s ##e ##p [UNK] mat [SEP] on [SEP]")
    assert encoder.score("cat [SEP] mat", "on") == pytest.approx(score(bert, spelled), abs=CLOSE)


def test_a_pair_ends_where_the_file_says_nothing(tmp_path: Path) -> None:
    """BERT's pairs end with a separator, as they did when it was trained."""
    bert = replace(RERANKER, ends=False)
    encoder = opened(write_bert(tmp_path / "bert.gguf", bert), "rank")
    pair = tokens_of("[CLS] the cat [SEP] mat [SEP]")
    assert encoder.score("the cat", "mat") == pytest.approx(score(bert, pair), abs=CLOSE)


def test_a_models_own_template_joins_the_pair(tmp_path: Path) -> None:
    """Special tokens of the template count; those that a text spells do not."""
    bert = replace(RERANKER, template="[CLS]the {query}[SEP]a {document}[SEP]")
    encoder = opened(write_bert(tmp_path / "bert.gguf", bert), "rank")
    pair = tokens_of("[CLS] the cat [SEP] a [UNK] s ##e ##p [UNK] mat [SEP]")
    assert encoder.score("cat", "[SEP] mat") == pytest.approx(score(bert, pair), abs=CLOSE)


def test_a_long_pair_keeps_its_separators(tmp_path: Path) -> None:
    """Both texts lose their ends, and the question leaves the passage half of the room."""
    bert = replace(RERANKER, context=35)
    encoder = opened(write_bert(tmp_path / "bert.gguf", bert), "rank")
    pair = tokens_of("[CLS] " + "cat " * 16 + "[SEP] " + "mat " * 16 + "[SEP]")
    found = encoder.score("cat " * 90, "mat " * 90)
    assert found == pytest.approx(score(bert, pair), abs=CLOSE)


@pytest.mark.parametrize(
    ("made", "task", "said"),
    [
        (Shape("qwen2"), "embed", "does not say how it makes a vector of a text"),
        (Shape("llama"), "rank", "cannot judge passages, since it has no classifier"),
        (Bert(), "rank", "cannot judge passages, since it has no classifier"),
        (RERANKER, "embed", "judges passages and makes no vectors"),
        (Bert(context=12), "embed", "leave no room for a text"),
        (replace(RERANKER, template="{query}"), "rank", "has not one place for the question"),
    ],
)
def test_a_file_for_something_else_is_refused(
    tmp_path: Path, made: Shape | Bert, task: Task, said: str
) -> None:
    """A model that writes, a reranker as an embedder and the reverse: one sentence each."""
    path = tmp_path / "wrong.gguf"
    if isinstance(made, Bert):
        write_bert(path, made)
    else:
        write_model(path, made)
    with pytest.raises(UnusableModelError, match=said) as raised:
        opened(path, task)
    assert str(raised.value).count(". ") == 0


def test_an_unknown_pooling_is_none() -> None:
    """A number that a newer llama.cpp may know is taken for silence."""
    with pytest.raises(UnusableModelError, match="does not say how"):
        pooling_for(
            EncoderOptions(Path("m.gguf"), "embed"),
            {"general.architecture": "bert", "bert.pooling_type": "9"},
            has_head=False,
        )


def _strings(path: Path, key: str) -> list[bytes]:
    field = gguf.GGUFReader(path).fields[key]
    return [bytes(field.parts[index]) for index in field.data]
