"""`footnote ask`: one question, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnote.bot.cli.common import AsJson, errors_console, load, reporter, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from footnote.bot.questions import Answer, Event
    from footnote.bot.settings.schema import Settings


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What you want to know.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Answer one question from the sources, with citations."""
    from footnote.bot.errors import UnavailableError
    from footnote.bot.questions import Outcome

    text = question.encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise typer.BadParameter("it is empty.", param_hint="QUESTION")
    answer = run(_answer(load(context), text, as_json))
    if answer.outcome is Outcome.FAILED:
        raise UnavailableError(answer.note)


async def _answer(settings: Settings, text: str, as_json: bool) -> Answer:
    from contextlib import aclosing

    from rich.console import Console

    from footnote.bot.app import open_app
    from footnote.bot.outcomes import answer_events
    from footnote.bot.platforms.terminal import PLACE, new_id
    from footnote.bot.platforms.terminal_view import AnswerView
    from footnote.bot.questions import Question
    from footnote.bot.syncing.indexed import require_documents
    from footnote.retrieval.readers import ADMIN

    await require_documents(settings)
    question = Question(id=new_id(), text=text, place=PLACE, readers=ADMIN)
    async with (
        open_app(settings, report=reporter()) as app,
        aclosing(answer_events(app.core.answerer, question)) as events,
    ):
        if as_json:
            return await _print_json(events)
        return await AnswerView(Console(highlight=False), errors_console()).show(events)


async def _print_json(events: AsyncIterator[Event]) -> Answer:
    import json

    from footnote.bot.cli.answer_json import answer_json
    from footnote.bot.questions import Answer

    answer = [event async for event in events if isinstance(event, Answer)][-1]
    typer.echo(json.dumps(answer_json(answer), ensure_ascii=False, indent=2))
    return answer
