"""The step export: what was trained as GGUF, which the engine loads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.base_model import base_digest, base_path
from footnote.bot.tuning.runs import Done, Run, digest_of
from footnote.bot.tuning.training import ADAPTER
from footnote.bot.tuning.training_model import check_served

FILE = "export/adapter.gguf"
"""The adapter in a run's folder."""
_PARTS = 10


async def export(run: Run, settings: Settings, *, report: Callable[[str], None]) -> Done:
    """Make a GGUF adapter for the model that is served.

    Args:
        run: The run; its adapter is read.
        settings: The settings.
        report: Told what goes on.

    Raises:
        FootnoteError: Nothing was trained, or the settings name no model.
        ModelError: The adapter cannot be carried over or written, or the training model is not the
            one that is served.
    """
    run.needs("train")
    began = monotonic()
    model = await check_served(settings)
    from footnote.models.export.adapters import export_adapter  # noqa: PLC0415  needs an extra

    target = run.folder / FILE
    await export_adapter(run.folder / ADAPTER, model, target)
    inputs = {
        "adapter": digest_of(run.folder / ADAPTER / "adapter_model.safetensors"),
        "base": await base_digest(settings),
    }
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    size = target.stat().st_size
    done = Done(
        now, round(monotonic() - began, 3), inputs, {FILE: digest_of(target)}, {"bytes": size}
    )
    run.finish("export", done)
    report(f"Wrote the adapter {target} ({size / 1e6:.1f} MB).")
    return done


async def export_merged(
    run: Run, settings: Settings, kind: str, *, report: Callable[[str], None]
) -> Path:
    """Make a GGUF model with the adapter merged in, to be served elsewhere.

    Args:
        run: The run; its adapter is read.
        settings: The settings.
        kind: How the numbers are stored, such as q8_0 or q4_k_m.
        report: Told what goes on.

    Raises:
        FootnoteError: Nothing was trained, or the settings name no model.
        ModelError: It cannot be carried over or written.
    """
    run.needs("train")
    model = await check_served(settings)
    from footnote.models.export.models import Source, export_model  # noqa: PLC0415  needs an extra

    target = run.folder / "export" / f"model-{kind}.gguf"
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        part = done * _PARTS // max(1, total)
        if part > told:
            told = part
            report(f"{part * 100 // _PARTS} % of {total / 1e9:.2f} GB")

    source = Source(model, run.folder / ADAPTER, base_path(settings), kind)
    await export_model(source, target, progress)
    report(f"Wrote the model {target} ({target.stat().st_size / 1e9:.2f} GB).")
    return target
