"""The report as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from footnote.bot.tuning.gate.checks import BASE, CANDIDATE, CURRENT
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.gate.figures import Figure, figures
from footnote.bot.tuning.gate.items import Suite
from footnote.bot.tuning.gate.report_markdown import HEADS, against
from footnote.bot.tuning.gate.told import NOT_IN_SOURCES, Told, worst_first
from footnote.bot.tuning.runs import Manifest

_WIDTH, _REACH = 360.0, 0.3
"""Of the picture in pixels, and how large a difference it shows."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One difference in the picture, in pixels.

    Attributes:
        label: What it is of.
        low: Where its interval begins.
        high: Where that ends.
        mean: Where it is.
        least: How far to the left it may lie.
        found: "met", "missed" or "cannot be told".
    """

    label: str
    low: float
    high: float
    mean: float
    least: float
    found: str


@dataclass(frozen=True, slots=True)
class Column:
    """One contestant's answer to an item.

    Attributes:
        name: The contestant.
        shown: What people would see.
        written: What it wrote, where that is something else.
        flaws: What is wrong with it.
    """

    name: str
    shown: str
    written: str
    flaws: tuple[str, ...]


def page(decision: Decision, told: Sequence[Told], manifest: Manifest) -> str:
    """The whole page; whatever a model or a document wrote stands in it as text."""
    source = (files(__package__) / "report.html.jinja").read_text("utf-8")
    surroundings = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    shown = list(figures(decision))
    return surroundings.from_string(source).render(
        head=HEADS[decision.verdict],
        verdict=decision.verdict,
        against=against(decision),
        decision=decision,
        manifest=manifest,
        figures=shown,
        bars=[bar for each in shown if (bar := _bar(each))],
        width=_WIDTH,
        answers=[(each, _columns(each)) for each in worst_first(told)],
    )


def _bar(figure: Figure) -> Bar | None:
    check = figure.check
    if check.low is None or check.high is None or check.about not in {"gain", "loss"}:
        return None
    mean = (check.candidate or 0.0) - (check.current or 0.0)
    least = 0.0 if check.about == "gain" else -check.bar
    suite = "held-out" if check.suite == Suite.HELD_OUT else "standing"
    return Bar(
        label=f"{figure.label} ({suite})",
        low=_pixel(check.low),
        high=_pixel(check.high),
        mean=_pixel(mean),
        least=_pixel(least),
        found=figure.found,
    )


def _pixel(value: float) -> float:
    """Where a difference stands; what is beyond the picture stands at its edge."""
    inside = min(max(value, -_REACH), _REACH)
    return round((inside + _REACH) / (2 * _REACH) * _WIDTH, 1)


def _columns(each: Told) -> list[Column]:
    wanted = Column("Wanted", each.wanted.shown or NOT_IN_SOURCES, "", ())
    return [
        wanted,
        *(
            Column(
                name, each.shown(by), _hidden(each.seen[by].written, each.shown(by)), each.flaws(by)
            )
            for name, by in (("Candidate", CANDIDATE), ("Current", CURRENT), ("Base", BASE))
        ),
    ]


def _hidden(written: str, shown: str) -> str:
    """What was written, if people would see something else of it."""
    return written if "".join(written.split()) != "".join(shown.split()) else ""
