"""The same training by a script as people write it who use TRL and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from footnote.models.training.job import Job
from footnote.models.training.training import OFFLINE

SCRIPT: Final = """
import json, sys, time
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
from trl import SFTConfig, SFTTrainer

model, train, folder, steps, batch = sys.argv[1:]
torch.set_num_threads(1)
set_seed(1)
words = AutoTokenizer.from_pretrained(model)
rows = []
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
start, worked = time.monotonic(), time.process_time()
trainer.train()
print("SECONDS", time.monotonic() - start, time.process_time() - worked)
"""
"""It neither validates nor saves on its way, and prints the seconds of its training."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plain script's training took.

    Attributes:
        seconds: By the clock.
        processor: Of the processor.
    """

    seconds: float
    processor: float


async def train(job: Job, folder: Path, steps: int) -> Plain:
    """Train by a plain script, on one thread.

    Args:
        job: Names the model, the examples and the batch.
        folder: Where TRL may write.
        steps: How many it does.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SCRIPT,
        *map(str, (job.model, job.train, folder, steps, job.batch)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **OFFLINE},
    )
    printed, _ = await child.communicate()
    assert child.returncode == 0, printed.decode()
    line = next(line for line in printed.decode().splitlines() if line.startswith("SECONDS"))
    _, by_clock, of_processor = line.split()
    return Plain(float(by_clock), float(of_processor))
