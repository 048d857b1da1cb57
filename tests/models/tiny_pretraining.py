"""Teaches the model of tiny_copier.py to read; the only part of it that needs torch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import Qwen2Config, Qwen2ForCausalLM

from tests.models.tiny_copier import (
    LOOKS,
    NUMBERS,
    SPECIALS,
    THINGS,
    careless,
    prompt,
    question,
    question_for_page,
    save_tokenizer,
    tokenizer,
    wanted,
)

WIDTH: Final = 128
HEADS: Final = 4
STEPS: Final = 160
BATCH: Final = 20
TURNS: Final = 3
"""Questions to one list of passages; each is one more thing to learn from for what was read."""
PASSAGES: Final = (1, 2, 4, 6)
REPEATED: Final = 6
"""Lists of random words that are said twice, a step."""
LEARNING_RATE: Final = 3e-3
WARM_UP: Final = 30
ENOUGH: Final = 0.998
"""The share of right tokens, smoothed, at which nothing more is to be learned."""
BACK: Final = (1, 3, 9, 6)
"""How far the heads of the first layer look back: to the word before; from the number's place, from
the place of the answer's thing and from a passage's thing to what each needs."""
NEARNESS: Final = 6.0
MATCHING: Final = 3.0
PASSED_ON: Final = 0.2
SAID: Final = 1.5
"""How strongly the heads begin: of their places, of what they match, pass on and say."""
IGNORED: Final = -100

Batch = tuple[torch.Tensor, torch.Tensor]


def pretrain(folder: Path, seed: int = 0) -> None:
    """Make a model, teach it, and save it as Transformers does."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    words = tokenizer()
    save_tokenizer(words, folder)
    model = _new(words)
    _teach(model, Prompts(words, seed))
    model.save_pretrained(folder)


class Prompts:
    """Random conversations: the bot's own prompts, with other words put in."""

    def __init__(self, words: Tokenizer, seed: int) -> None:
        """Cut the prompts once.

        Args:
            words: The model's tokenizer.
            seed: Of what is drawn.
        """
        self.things = _tokens(words, [f" {thing}" for thing in THINGS])
        self.titles = _tokens(words, [f" {thing.title()}" for thing in THINGS])
        self.looks = _tokens(words, [f" {look}" for look in LOOKS])
        self.numbers = _tokens(words, [f"[{number + 1}]" for number in range(NUMBERS)])
        self.random = torch.Generator().manual_seed(seed)
        self._choose = random.Random(seed)  # noqa: S311  nothing secret
        self._words = words
        self._heads = {count: self._head(count) for count in PASSAGES}
        kinds = ((question, careless), (question_for_page, _wanted))
        self._turns = [
            [self._turn(*kind, first=first) for kind in kinds] for first in (True, False)
        ]

    def repeated(self, count: int, length: int) -> torch.Tensor:
        """Lists of `length` different words, each said twice."""
        every = torch.cat([self.things, self.titles, self.looks, self.numbers])
        drawn = every[self._orders(count, len(every))[:, :length]]
        return torch.cat([drawn, drawn], 1)

    def batch(self, count: int = BATCH) -> Batch:
        """Conversations about some passages: tokens, and which of them are to be learned."""
        passages = self._choose.choice(PASSAGES)
        # The last of each stands for any in the cut turns.
        things = self._orders(count, len(THINGS) - 1)[:, :passages]
        looks = self._orders(count, len(LOOKS) - 1)[:, :passages]
        head = self._heads[passages].repeat(count, 1)
        for place in range(passages):
            for every, chosen in (
                (self.things, things),
                (self.titles, things),
                (self.looks, looks),
            ):
                head = _put(head, every[place], -1 - every[chosen[:, place]])
        head = torch.where(head < 0, -1 - head, head)
        read, learned = [head], [torch.full_like(head, IGNORED)]
        rows = torch.arange(count)
        for turn in range(TURNS):
            asked, answer = self._choose.choice(self._turns[turn > 0])
            which = torch.randint(passages, (count,), generator=self.random)
            said = []
            for tokens in (asked, answer):
                filled = _put(
                    tokens.repeat(count, 1), self.things[-1], self.things[things[rows, which]]
                )
                filled = _put(filled, self.looks[-1], self.looks[looks[rows, which]])
                said.append(_put(filled, self.numbers[-1], self.numbers[which]))
            read += said
            learned += [torch.full_like(said[0], IGNORED), said[1]]
        return torch.cat(read, 1), torch.cat(learned, 1)

    def _orders(self, count: int, length: int) -> torch.Tensor:
        """Random orders, one a row."""
        return torch.rand(count, length, generator=self.random).argsort(1)

    def _head(self, passages: int) -> torch.Tensor:
        """A prompt's tokens up to its question."""
        pairs = list(zip(THINGS, LOOKS, strict=True))[:passages]
        return torch.tensor(self._words.encode(_rendered(pairs, "@").split(" @")[0]).ids)

    def _turn(self, asked: Any, answered: Any, *, first: bool) -> Batch:
        """The tokens of a question, up to the answer's first, and of the answer."""
        ended = f"{SPECIALS[2]}\n{SPECIALS[1]}assistant\n"
        before = " " if first else f"\n{SPECIALS[1]}user\n"
        words = f"{before}{asked(THINGS[-1])}{ended}"
        answer = f"{answered(THINGS[-1], LOOKS[-1])}{SPECIALS[2]}"
        return (
            torch.tensor(self._words.encode(words).ids),
            torch.tensor(self._words.encode(answer).ids),
        )


def _wanted(thing: str, look: str) -> str:
    return wanted(thing, look, NUMBERS)


def _rendered(pairs: list[tuple[str, str]], asked: str) -> str:
    """A prompt as the chat template writes it."""
    turns = (
        f"{SPECIALS[1]}{each.role}\n{each.text}{SPECIALS[2]}\n" for each in prompt(pairs, asked)
    )
    return f"{''.join(turns)}{SPECIALS[1]}assistant\n"


def _tokens(words: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """The one token of each text."""
    found = [words.encode(text).ids for text in texts]
    assert all(len(tokens) == 1 for tokens in found)
    return torch.tensor(found)[:, 0]


def _put(tokens: torch.Tensor, old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    """The same with `new`, one a row, in the place of a token."""
    return torch.where(tokens == old, new[:, None], tokens)


def _new(words: Tokenizer) -> Any:
    """The model as it begins."""
    size = -(-words.get_vocab_size() // 32) * 32
    config = Qwen2Config(
        vocab_size=size,
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        initializer_range=0.03,
        eos_token_id=words.token_to_id(SPECIALS[2]),
        pad_token_id=words.token_to_id(SPECIALS[0]),
        bos_token_id=None,
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        model.model.embed_tokens.weight.normal_(0, 0.1)
        _wire(model)
        things, titles = (
            _tokens(words, [f" {form}" for form in forms])
            for forms in (THINGS, [thing.title() for thing in THINGS])
        )
        embedded = model.model.embed_tokens.weight
        embedded[titles] = 0.7 * (embedded[titles] + embedded[things])
    return model


def _wire(model: Any) -> None:
    """Let heads begin with what is slow to find.

    A token's own part of a state is read through `own`; a head that looks back writes what it has
    read there into a part of its own, from where the second layer's heads take it.
    """
    first, second = (layer.self_attn for layer in model.model.layers)
    size = WIDTH // HEADS
    own, before, key, fetched = torch.linalg.qr(torch.randn(WIDTH, WIDTH))[0].T.split(size)
    parts = {1: before, 3: key, 9: fetched, 6: fetched}
    half = size // 2
    waves = 10_000.0 ** (-torch.arange(half) / half)
    for head, back in enumerate(BACK):
        rows = slice(head * size, (head + 1) * size)
        for matrix in (first.q_proj, first.k_proj):
            matrix.weight[rows] *= 0.1
        # Turned on by `back` places, the one is the other: there their product is largest.
        first.k_proj.bias[rows] = NEARNESS * torch.cat([torch.ones(half), torch.zeros(half)])
        turned = torch.cat([torch.cos(back * waves), -torch.sin(back * waves)])
        first.q_proj.bias[rows] = NEARNESS * turned
        first.v_proj.weight[rows] = own
        first.o_proj.weight[:, rows] = PASSED_ON * parts[back].T
    # Only these dimensions turn so slowly that a place says little.
    slow = torch.tensor([*range(half // 2, half), *range(half + half // 2, size)])
    for head, (wants, has, says) in enumerate(((own, before, own), (key, own, fetched))):
        rows = slice(head * size, (head + 1) * size)
        for matrix, read in ((second.q_proj, wants), (second.k_proj, has)):
            matrix.weight[rows] = 0
            matrix.weight[head * size + slow] = MATCHING * read[slow]
        second.v_proj.weight[rows] = says
        second.o_proj.weight[:, rows] = SAID * own.T


def _teach(model: Any, prompts: Prompts) -> None:
    """Learn from both kinds of lists until the answers are right."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.05
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.05, 1 - step / STEPS)
    )
    right = 0.0
    for step in range(STEPS):
        said_twice = prompts.repeated(REPEATED, 16 + step % 16)
        half = said_twice.shape[1] // 2
        again = said_twice.clone()
        again[:, : half + 1] = IGNORED
        _loss(model, said_twice, again)[0].backward()
        loss, share = _loss(model, *prompts.batch())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        right = 0.9 * right + 0.1 * share
        if right > ENOUGH:
            return


def _loss(model: Any, read: torch.Tensor, learned: torch.Tensor) -> tuple[torch.Tensor, float]:
    """The loss of the tokens that are to be learned, and the share of them that is right."""
    states = model.model(input_ids=read).last_hidden_state[:, :-1]
    expected = learned[:, 1:]
    counts = expected != IGNORED
    scores = model.lm_head(states[counts])
    right = (scores.argmax(-1) == expected[counts]).float().mean().item()
    return functional.cross_entropy(scores, expected[counts]), right
