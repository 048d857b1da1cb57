"""A language model that a test makes and teaches to read: small, quick, and with no download.

It has Qwen2's shape and .4 million parameters, and knows one kind of document, question and answer:

    door.md    We keep the door green.
    asked      How do we keep the door?
    it says    Just keep the door green.
    wanted     We keep the door green. [1]

So it reads the passages and finds the right one, but speaks carelessly and cites nothing; that is
what tuning has to change. `is_as_wanted` tells the two apart by what people are shown, where the
bot has already put the number behind a sentence that cites nothing but is supported. Asked which
page says it, the model answers as wanted from the start, so a tuning need not teach it to cite.

The bot's own prompts are read: every line of the instructions is one token, and so is each [n].

Pre-training takes some hundred steps because the model begins with what others find late: in the
first layer heads that look 1, 3, 6 and 9 tokens back, in the second heads that look for what those
have found (an induction head, and one for the number). The rest is learned, on prompts as the bot
builds them and on repeated random words.

    python -m tests.models.tiny_copier FOLDER    # model/ as Transformers saves it, and model.gguf
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from footnote.bot.prompts import REFUSAL, SYSTEM, Draft, build_prompt
from footnote.models.export.models import Source, export_model
from footnote.models.generation import Message
from footnote.models.training.training import OFFLINE
from footnote.retrieval.passages import Passage
from tests.models.export.tokenizers_of import CUTS

THINGS: Final = """door desk gate lamp roof wall boat bell cup hat key map pen ring rope sail shoe
    sign tent wheel chair table plate spoon clock phone bag box bed rug car van bus bike train flag
    kite drum horn harp flute piano coat scarf glove boot belt shirt sock tree bush rose fern moss
    leaf seed fruit bread""".split()
"""What documents are about; each has the title of its file's name."""
LOOKS: Final = """green red blue black white brown pink grey gold silver old new big small tall
    short wide thin thick heavy light soft hard warm cold dry wet clean dusty shiny round square
    flat steep smooth rough sharp blunt loud quiet fast slow cheap costly empty full open shut
    broken whole bright dark plain fancy spare hidden painted wooden""".split()
"""How these are kept."""
NUMBERS: Final = 9
"""Passages that the model can tell apart."""
SPECIALS: Final = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Qwen2's, without marks for training."""
_WANTED = re.compile(r"We keep the (\w+) (\w+)\. \[\d+\]")


@dataclass(frozen=True, slots=True)
class Copier:
    """The model in both forms.

    Attributes:
        checkpoint: The folder, as Transformers saves one.
        file: The same as GGUF, in F32.
    """

    checkpoint: Path
    file: Path


def document(thing: str, look: str) -> str:
    """What the file `thing`.md says."""
    return f"We keep the {thing} {look}."


def question(thing: str) -> str:
    """What is asked about it."""
    return f"How do we keep the {thing}?"


def question_for_page(thing: str) -> str:
    """What the model answers as wanted from the start."""
    return f"Which page says how we keep the {thing}?"


def careless(thing: str, look: str) -> str:
    """What the model says before it is tuned."""
    return f"Just keep the {thing} {look}."


def wanted(thing: str, look: str, number: int) -> str:
    """What people want it to say."""
    return f"{document(thing, look)} [{number}]"


def is_as_wanted(shown: str) -> bool:
    """Whether an answer is in the form that people want."""
    return _WANTED.fullmatch(shown.strip()) is not None


def passage(thing: str, look: str) -> Passage:
    """A document's only passage."""
    text = document(thing, look)
    return Passage(thing, thing, "things", thing.title(), (), text, 0, len(text), 0)


def prompt(pairs: list[tuple[str, str]], asked: str) -> tuple[Message, ...]:
    """The bot's prompt for a question and some passages."""
    return build_prompt(Draft(asked, asked, tuple(passage(*pair) for pair in pairs))).messages


async def make(folder: Path) -> Copier:
    """Make the model in a process of its own, so that torch's memory is given back.

    Takes about half a minute of one core.
    """
    command = (sys.executable, "-m", "tests.models.tiny_copier", str(folder))
    environment = {**os.environ, **OFFLINE}
    child = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        assert await child.wait() == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return await exported(folder)


async def exported(folder: Path) -> Copier:
    """The checkpoint in this folder, and the GGUF file that is made of it."""
    made = Copier(folder / "model", folder / "model.gguf")
    await export_model(Source(made.checkpoint, kind="f32"), made.file)
    return made


def tokenizer() -> Tokenizer:
    """Byte-level BPE, in which each word of the model's documents is one token."""
    found = Tokenizer(models.BPE())
    cut = pre_tokenizers.Split(Regex(CUTS["qwen2"]), "isolated")
    found.pre_tokenizer = pre_tokenizers.Sequence(
        [cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    found.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    found.train_from_iterator(_corpus(), trainer)
    whole = [*SYSTEM.splitlines(), REFUSAL, *(f"[{number + 1}]" for number in range(NUMBERS))]
    found.add_tokens([AddedToken(text, normalized=False) for text in whole])
    return found


def _corpus() -> list[str]:
    texts = ["system\n", "user\n", "assistant\n"]
    for thing, look in zip(THINGS, LOOKS, strict=True):
        for asked in (question(thing), question_for_page(thing)):
            texts += [message.text for message in prompt([(thing, look)], asked)[1:]]
        texts.append(careless(thing, look))
    return texts


def save_tokenizer(found: Tokenizer, folder: Path) -> None:
    """Write it as Transformers does, with the chat template."""
    folder.mkdir(parents=True, exist_ok=True)
    found.save(str(folder / "tokenizer.json"))
    told = {
        "eos_token": SPECIALS[2],
        "pad_token": SPECIALS[0],
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    from tests.models.tiny_pretraining import pretrain

    pretrain(Path(sys.argv[1]) / "model")
