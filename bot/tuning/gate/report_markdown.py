"""The report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.bot.tuning.gate.checks import BASE, CANDIDATE, CURRENT
from footnote.bot.tuning.gate.decision import Decision
from footnote.bot.tuning.gate.figures import figures
from footnote.bot.tuning.gate.told import NOT_IN_SOURCES, Told, worst_first
from footnote.bot.tuning.runs import Manifest

MOST = 20
"""So many items are shown with their answers; the HTML page shows all."""

HEADS = {
    "passed": "Passed",
    "refused": "Refused",
    "too_little": "Too little data to tell",
}
"""What a verdict is called above a report."""


def page(decision: Decision, told: Sequence[Told], manifest: Manifest) -> str:
    """The whole report."""
    parts = [
        f"# {HEADS[decision.verdict]}",
        f"Run {manifest.id}, compared with {against(decision)}.",
        *(f"- {text}" for text in (*decision.reasons, *decision.remarks)),
        "",
        "| | | Base | Current | Candidate | Difference | Asked | |",
        "|---|---|---:|---:|---:|---:|---|---|",
        *(
            f"| {each.suite} | {each.label} | {each.base} | {each.current} | {each.candidate} | "
            f"{each.difference} | {each.asked} | {each.found} |"
            for each in figures(decision)
        ),
        "",
        f"## Answers, worst first{_first(told)}",
        *(_told(each) for each in worst_first(told)[:MOST]),
    ]
    return "\n".join(parts) + "\n"


def against(decision: Decision) -> str:
    """What the candidate was compared with."""
    return f"the adapter {decision.against}" if decision.against else "the bare model"


def _first(told: Sequence[Told]) -> str:
    return f" (the first {MOST} of {len(told)})" if len(told) > MOST else ""


def _told(each: Told) -> str:
    """One item: the question, the wanted answer, and each contestant's."""
    lines = [
        f"### {_line(each.row.item.question)}",
        _quoted("Wanted", each.wanted.shown or NOT_IN_SOURCES),
    ]
    for name, by in (("Candidate", CANDIDATE), ("Current", CURRENT), ("Base", BASE)):
        flaws = each.flaws(by)
        lines.append(_quoted(name + (f" ({', '.join(flaws)})" if flaws else ""), each.shown(by)))
    return "\n".join(lines)


def _quoted(label: str, text: str) -> str:
    return f"- {label}:\n" + "\n".join(f"  > {line}" for line in _safe(text).splitlines())


def _line(text: str) -> str:
    return _safe(" ".join(text.split()))


def _safe(text: str) -> str:
    """The text with nothing that would be a tag or an image where it is shown."""
    return re.sub(r"!\[", "! [", text.replace("<", "&lt;"))
