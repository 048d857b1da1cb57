"""Texts have the same tokens in llama.cpp as in the checkpoint's own tokenizer."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, normalizers

from footnote.models.export.agreement import SAMPLES
from footnote.models.export.errors import NotCarriedError, UnreadableError
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.models import Source, export_model
from tests.models.export.checkpoints import write_checkpoint
from tests.models.export.conftest import Models
from tests.models.export.greedy import served
from tests.models.export.tokenizers_of import characters, gpt2, pairs

SIGNS = "abcdefghij the staff days  leave\n\t123 4567'sS'Ll.,!?éüß中文字русский🦙\u200d▁<>|"
TEXTS = 200


def random_text(chance: random.Random) -> str:
    """Signs of many kinds in any order."""
    return "".join(chance.choice(SIGNS) for _ in range(chance.randint(1, 60)))


@pytest.mark.parametrize("name", ["llama", "llama3", "qwen2", "gemma3"])
async def test_random_texts_have_the_same_tokens(exported: Models, name: str, seed: int) -> None:
    """Any text, of whatever signs and spaces, has the tokens that the model was trained on."""
    made = await exported(name)
    own = Tokenizer.from_file(str(made.checkpoint / "tokenizer.json"))
    chance = random.Random(seed)  # noqa: S311  no secret
    texts = [*SAMPLES, *(random_text(chance) for _ in range(TEXTS))]
    with served(made.file) as loaded:
        for text in texts:
            expected = own.encode(text, add_special_tokens=False).ids
            assert loaded.model.vocabulary.tokens(text, trusted=False) == expected, (seed, text)


@pytest.mark.parametrize("name", ["llama", "llama3", "qwen2", "gemma3"])
async def test_special_tokens_and_template_come_along(exported: Models, name: str) -> None:
    """What begins and ends a text, and how a chat is written down, is in the file."""
    made = await exported(name)
    own = Tokenizer.from_file(str(made.checkpoint / "tokenizer.json"))
    settings = json.loads((made.checkpoint / "tokenizer_config.json").read_text())
    file = read_gguf(made.file)
    for key in ("bos", "eos"):
        token = settings.get(f"{key}_token")
        expected = None if token is None else own.token_to_id(token)
        assert file.value(f"tokenizer.ggml.{key}_token_id") == expected
    assert file.value("tokenizer.ggml.add_bos_token") is (name == "llama3")
    assert file.value("tokenizer.ggml.add_eos_token") is False
    assert file.value("tokenizer.chat_template") == settings["chat_template"]
    with served(made.file) as loaded:
        vocabulary = loaded.model.vocabulary
        for token, added in own.get_added_tokens_decoder().items():
            assert vocabulary.tokens(added.content, trusted=True)[-1:] == [token]
            assert vocabulary.tokens(added.content, trusted=False) != [token], "no page forges it"


async def test_rows_without_a_token_are_unused(exported: Models) -> None:
    """The embedding's rows beyond the vocabulary get names that no text has."""
    made = await exported("qwen2")
    tokens = read_gguf(made.file).value("tokenizer.ggml.tokens")
    types = read_gguf(made.file).value("tokenizer.ggml.token_type")
    assert [token.startswith("[PAD") for token in tokens[-4:]] == [False, True, True, True]
    assert types[-3:] == [5, 5, 5]


@pytest.mark.parametrize("digits", [True, False])
async def test_gpt2s_own_cuts_are_known(tmp_path: Path, digits: bool) -> None:  # noqa: FBT001  a case
    """Tokenizers that cut as GPT-2 does, with single digits or without, come out the same."""
    checkpoint = write_checkpoint(tmp_path)
    gpt2(("<|endoftext|>",), digits=digits).save(str(checkpoint / "tokenizer.json"))
    await export_model(Source(checkpoint), tmp_path / "model.gguf")
    found = read_gguf(tmp_path / "model.gguf").value("tokenizer.ggml.pre")
    assert found == ("smollm" if digits else "gpt-2")


async def test_unknown_cuts_are_refused(tmp_path: Path) -> None:
    """A tokenizer that cuts in its own way is not taken for one that llama.cpp knows."""
    checkpoint = write_checkpoint(tmp_path)
    pairs(r"\p{L}+|\s+|.", ("<|im_end|>",)).save(str(checkpoint / "tokenizer.json"))
    with pytest.raises(NotCarriedError, match="cuts texts in a way"):
        await export_model(Source(checkpoint), tmp_path / "model.gguf")


async def test_tokens_that_come_out_otherwise_are_refused(tmp_path: Path) -> None:
    """Whatever the reason: the file is tried in llama.cpp before it gets its name."""
    checkpoint = write_checkpoint(tmp_path, "llama")
    tokenizer = characters(("<unk>", "<s>", "</s>"), prefix=False)
    spaces = normalizers.Replace(" ", "▁")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), spaces])
    tokenizer.save(str(checkpoint / "tokenizer.json"))
    target = tmp_path / "model.gguf"
    with pytest.raises(NotCarriedError, match="into other tokens"):
        await export_model(Source(checkpoint), target)
    assert not target.exists()


async def test_a_vocabulary_can_be_copied(exported: Models, tmp_path: Path) -> None:
    """From a GGUF file of the same model every key of the tokenizer is taken over."""
    made = await exported("gemma3")
    (tmp_path / "bare").mkdir()
    for path in made.checkpoint.iterdir():
        if not path.name.startswith("tokenizer"):
            (tmp_path / "bare" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(UnreadableError, match=r"tokenizer\.json"):
        await export_model(Source(tmp_path / "bare"), tmp_path / "model.gguf")
    source = Source(tmp_path / "bare", vocabulary=made.file)
    await export_model(source, tmp_path / "model.gguf")
    mine, theirs = (
        {key: field for key, field in read_gguf(path).fields.items() if key.startswith("token")}
        for path in (tmp_path / "model.gguf", made.file)
    )
    assert mine == theirs


async def test_a_vocabulary_of_another_model_is_not_copied(
    exported: Models, tmp_path: Path
) -> None:
    """One of another length would shift every token."""
    made, other = await exported("gemma3"), await exported("qwen2")
    source = Source(made.checkpoint, vocabulary=other.file)
    with pytest.raises(UnreadableError, match="tokens and the model"):
        await export_model(source, tmp_path / "model.gguf")


async def test_a_larger_tokenizer_than_the_model_is_refused(tmp_path: Path) -> None:
    """Tokens without a row in the embedding belong to another model."""
    checkpoint = write_checkpoint(tmp_path)
    path = checkpoint / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_special_tokens([AddedToken(f"<{number}>") for number in range(10)])
    tokenizer.save(str(path))
    with pytest.raises(UnreadableError, match="tokens and the model"):
        await export_model(Source(checkpoint), tmp_path / "model.gguf")


async def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    """Unigram models are said, not guessed at."""
    checkpoint = write_checkpoint(tmp_path)
    (checkpoint / "tokenizer.json").write_text('{"model": {"type": "Unigram", "vocab": []}}')
    with pytest.raises(NotCarriedError, match="Unigram"):
        await export_model(Source(checkpoint), tmp_path / "model.gguf")
