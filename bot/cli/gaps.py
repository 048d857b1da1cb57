"""`footnote gaps`: what was asked and is not in the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from footnote.bot.cli.common import AsJson, load, print_all, reporter, run

if TYPE_CHECKING:
    from footnote.bot.gaps.groups import GapGroup
    from footnote.bot.settings.schema import Settings

NONE = "Nothing that was asked and is still kept was missing from the sources."


def gaps(
    context: typer.Context,
    alike: Annotated[
        float,
        typer.Option(
            "--alike",
            help="Questions of a group have at least this cosine to its first.",
            min=0.01,
            max=1.0,
        ),
    ] = 0.65,
    as_json: AsJson = False,
) -> None:
    """Name the questions that the sources did not answer, similar ones together."""
    found = run(_found(load(context), alike))
    if as_json:
        _print_json(found, alike)
    else:
        _print(found, alike)


async def _found(settings: Settings, alike: float) -> list[GapGroup]:
    """The groups; the embedder is not opened where there is nothing to group."""
    from footnote.bot.app import open_embedder
    from footnote.bot.gaps.groups import grouped, kept_gaps
    from footnote.bot.state.opening import has_state, open_state

    if not has_state(settings):
        return []
    async with open_state(settings) as state:
        kept = await kept_gaps(state, settings.audiences)
    if not kept:
        return []
    async with open_embedder(settings, reporter()) as embedder:
        return await grouped(kept, embedder, settings.audiences, alike=alike)


def _print_json(found: list[GapGroup], alike: float) -> None:
    import json

    printed = {
        "alike": alike,
        "questions": sum(len(group.gaps) for group in found),
        "groups": [_group_json(group) for group in found],
    }
    typer.echo(json.dumps(printed, ensure_ascii=False, indent=2))


def _group_json(group: GapGroup) -> dict[str, Any]:
    from footnote.bot.moments import moment

    return {
        "question": group.gaps[0].text,
        "count": len(group.gaps),
        "first_asked": moment(group.first),
        "last_asked": moment(group.last),
        "readers": None if group.known_to is None else sorted(group.known_to),
        "admins_only": group.admins_only,
        "questions": [
            {"id": gap.question_id, "text": gap.text, "asked": moment(gap.finished_at)}
            for gap in group.gaps
        ],
        "nearest": [
            {
                "document_id": near.passage.document_id,
                "title": near.passage.title,
                "url": near.passage.url,
                "questions": near.questions,
                "admins_only": near.admins_only,
            }
            for near in group.nearest
        ],
    }


def _print(found: list[GapGroup], alike: float) -> None:
    from datetime import UTC, datetime

    from footnote.bot.gaps.view import shown

    if found:
        print_all(shown(found, alike, datetime.now(UTC)))
    else:
        typer.echo(NONE)
