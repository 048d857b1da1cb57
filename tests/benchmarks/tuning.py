"""Training and exporting 300 examples: seconds by step, and speed beside a plain TRL script.

The model is the small one of the tests, so what is measured is what comes on top of computing.
Both trainings read the same tokens in processes of their own, one thread each, by turns.

python -m tests.benchmarks.tuning --json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Final

from footnote.models.export.adapters import export_adapter
from footnote.models.training.job import Job, Trained
from footnote.models.training.training import OFFLINE, train
from tests.benchmarks.timing import say, show
from tests.models.tiny_copier import LOOKS, THINGS, make, prompt, question, wanted

EXAMPLES: Final = 300
ROUNDS: Final = 3
PLAIN: Final = """
import json, sys
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
from trl import SFTConfig, SFTTrainer

model, train, folder, steps, batch = sys.argv[1:]
torch.set_num_threads(1)
set_seed(1)
words = AutoTokenizer.from_pretrained(model)
rows, tokens = [], 0
for line in open(train):
    chat = json.loads(line)["messages"]
    asked = words.apply_chat_template(chat[:-1], add_generation_prompt=True, return_dict=False)
    answer = words.encode(chat[-1]["content"] + "<|im_end|>", add_special_tokens=False)
    rows.append({"input_ids": asked + answer, "labels": [-100] * len(asked) + answer})
trainer = SFTTrainer(
    model=AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32),
    args=SFTConfig(
        output_dir=folder, max_steps=int(steps), per_device_train_batch_size=int(batch),
        learning_rate=1e-3, max_length=None, report_to="none", use_cpu=True, bf16=False,
        gradient_checkpointing=False, save_strategy="no", disable_tqdm=True,
    ),
    train_dataset=Dataset.from_list(rows),
    processing_class=words,
    peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear"),
)
found = trainer.train().metrics["train_runtime"]
print("SECONDS", found)
"""
"""What people write who train with TRL and nothing else; prints the seconds of its training."""


def write_examples(path: Path, count: int, seed: int) -> Path:
    """Examples as corrections of the small model's answers give them."""
    draw = random.Random(seed)  # noqa: S311  nothing secret
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            passages = draw.randint(1, 6)
            pairs = list(
                zip(draw.sample(THINGS, passages), draw.sample(LOOKS, passages), strict=True)
            )
            chosen = draw.randrange(passages)
            asked = prompt(pairs, question(pairs[chosen][0]))
            messages = [{"role": each.role, "content": each.text} for each in asked]
            answer = {"role": "assistant", "content": wanted(*pairs[chosen], chosen + 1)}
            file.write(json.dumps({"id": f"e{number}", "messages": [*messages, answer]}) + "\n")
    return path


def plain(job: Job, folder: Path, steps: int) -> float:
    """Seconds of a plain script's training."""
    arguments = [job.model, job.train, folder, steps, job.batch]
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **OFFLINE},
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("SECONDS"))
    return float(line.split()[1])


async def measure(examples: int, rounds: int) -> dict[str, object]:
    """Train by turns, export, and say how long each took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("Pre-training the small model…")
        start = monotonic()
        copier = await make(folder)
        made = monotonic() - start
        train_file = write_examples(folder / "train.jsonl", examples, 1)
        ours, theirs, whole = [], [], []
        result: Trained | None = None
        for number in range(rounds):
            job = Job(
                copier.checkpoint,
                train_file,
                folder / f"round{number}",
                learning_rate=1e-3,
                threads=1,
            )
            start = monotonic()
            result = await train(job)
            whole.append(monotonic() - start)
            read = result.counted.tokens * result.steps * job.batch / result.counted.examples
            ours.append(read / result.seconds)
            theirs.append(
                read / await asyncio.to_thread(plain, job, folder / "plain", result.steps)
            )
            say(f"{ours[-1]:.0f} tokens a second, and {theirs[-1]:.0f} by a plain script")
        assert result is not None
        assert result.adapter is not None
        start = monotonic()
        await export_adapter(result.adapter, copier.checkpoint, folder / "adapter.gguf")
        exported = monotonic() - start
    return {
        "examples": examples,
        "pretraining_s": round(made, 1),
        "train_s": round(median(whole), 1),
        "export_s": round(exported, 2),
        "tokens_per_second": round(median(ours)),
        "plain_tokens_per_second": round(median(theirs)),
        "share": round(median(one / other for one, other in zip(ours, theirs, strict=True)), 3),
        "peak_mb": round(result.peak_bytes / 1e6),
        "device": result.device,
    }


def main() -> None:
    """Run by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    show(asyncio.run(measure(chosen.examples, chosen.rounds)), as_json=chosen.json)


if __name__ == "__main__":
    main()
