"""`footnote explain`: the whole way of one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, load, print_all, reporter, run

if TYPE_CHECKING:
    from footnote.bot.explaining.explanation import Explanation
    from footnote.bot.settings.schema import Settings

NOTHING_SERVED = (
    'There is no finished question "{}": `footnote serve` has kept none yet. Give a whole question '
    "with a question mark to have it explained as asked now."
)


def explain(
    context: typer.Context,
    question: Annotated[
        str,
        typer.Argument(
            metavar="ID|QUESTION",
            help="The id or the reference of a question that was served, or a question to ask now.",
            show_default=False,
        ),
    ],
    again: Annotated[
        bool,
        typer.Option("--again", help="Also show what search and gate make of it today."),
    ] = False,
    candidates: Annotated[
        int, typer.Option("--candidates", help="How many candidates to show.", min=0)
    ] = 12,
    as_json: AsJson = False,
) -> None:
    """Tell what was searched, kept, cut and left out for a question, and why it ended so."""
    text = question.encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise typer.BadParameter("it is empty.", param_hint="ID|QUESTION")
    explained = run(_explained(load(context), text, again))
    if as_json:
        _print_json(explained)
    else:
        _print(explained, candidates)


async def _explained(settings: Settings, text: str, again: bool) -> Explanation:
    from footnote.bot.explaining.runs import names_a_question

    if names_a_question(text):
        return await _served(settings, text, again)
    return await _asked(settings, text)


async def _asked(settings: Settings, text: str) -> Explanation:
    """Go the whole way now, as an admin; nothing is recorded."""
    from footnote.bot.app import open_app
    from footnote.bot.explaining.runs import asked_now
    from footnote.bot.platforms.terminal import PLACE, new_id
    from footnote.bot.questions import Question
    from footnote.bot.syncing.indexed import require_documents
    from footnote.retrieval.readers import ADMIN

    await require_documents(settings)
    async with open_app(settings, report=reporter()) as app:
        return await asked_now(app, Question(new_id(), text, place=PLACE, readers=ADMIN))


async def _served(settings: Settings, name: str, again: bool) -> Explanation:
    """Tell what is kept, and nothing heavy is loaded unless it has to be looked up again."""
    from dataclasses import replace

    from footnote.bot.app import open_app
    from footnote.bot.errors import UnavailableError
    from footnote.bot.explaining.runs import looked_again, served
    from footnote.bot.state.opening import has_state, open_state
    from footnote.bot.syncing.indexed import require_documents

    if not has_state(settings):
        raise UnavailableError(NOTHING_SERVED.format(name))
    async with open_state(settings) as state:
        explained = await served(state, name)
    if not again:
        return explained
    await require_documents(settings)
    async with open_app(settings, report=reporter(), answers=False) as app:
        return replace(explained, again=await looked_again(app, explained.question))


def _print_json(explained: Explanation) -> None:
    import json

    from footnote.bot.explaining.as_json import explanation_json

    typer.echo(json.dumps(explanation_json(explained), ensure_ascii=False, indent=2))


def _print(explained: Explanation, candidates: int) -> None:
    from datetime import UTC, datetime

    from footnote.bot.explaining.view import shown

    print_all(shown(explained, datetime.now(UTC), candidates))
