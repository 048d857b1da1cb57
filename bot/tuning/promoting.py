"""From a run to the current adapter: filing what it has made, and promoting it."""

from __future__ import annotations

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.adapters import Adapter, Choice, Provenance, check_against
from footnote.bot.tuning.base_model import base_digest
from footnote.bot.tuning.gate import keeping
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import Run

ADAPTER = "export/adapter.gguf"


async def file_run(run: Run, settings: Settings, registry: Registry) -> Adapter:
    """Put what a run has made into the registry, with what the gate said of it, if anything.

    Raises:
        FootnoteError: It has made no adapter yet, or one for another model file than the settings
            name.
        StateUnavailableError: The state has not taken it.
    """
    run.needs("export")
    base = await base_digest(settings)
    if _base_of(run, base) != base:
        raise FootnoteError(
            f"The run {run.id} belongs to another model file than the one that [gguf] names now: "
            "set path to that file again, or train a new adapter with footnote tune run."
        )
    decision = keeping.read(run) if run.done("gate") else None
    origin = Provenance(
        base,
        run.id,
        run.manifest.parent,
        decision.verdict if decision else "",
        decision.summary if decision else "",
        decision.against if decision else "",
    )
    return await registry.file(run.folder / ADAPTER, origin)


async def promote_run(
    run: Run, settings: Settings, registry: Registry, by: str, *, anyway: bool = False
) -> Choice:
    """Make what a run has made the current adapter.

    Args:
        run: The run.
        settings: Name the model.
        registry: Where it is filed.
        by: Who wants it.
        anyway: Whether it need not have passed its gate.

    Raises:
        FootnoteError: It has not passed its gate, or what that compared it with is no longer
            current, or it is current already.
        StateUnavailableError: The state has not taken it.
    """
    read = await registry.current()
    if not anyway:
        _check_passed(run)
    filed = await file_run(run, settings, registry)
    if not anyway:
        check_against(filed, read)
    return await registry.promote(filed.id, by, read)


def _check_passed(run: Run) -> None:
    decision = keeping.read(run)
    if not decision.passed:
        raise FootnoteError(
            f"The run {run.id} has not passed its gate, and is not promoted without --anyway. "
            f"{decision.summary}"
        )


def _base_of(run: Run, usual: str) -> str:
    """The hash of the model file that the adapter was compared with when it was exported."""
    return run.needs("export").inputs.get("base", usual)
