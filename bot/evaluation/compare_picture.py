"""The comparison as a picture: of each way, what is right, refused and wrong."""

from __future__ import annotations

from html import escape

from footnote.bot.evaluation.compare import Scores, Way
from footnote.bot.evaluation.compare_run import Comparison

LABELS = {
    Way.BASE: "Base model alone",
    Way.TUNED: "Tuned model alone",
    Way.RETRIEVAL: "Retrieval, base model",
    Way.BOTH: "Retrieval, tuned model",
}
"""What people call each way."""

_LEFT, _WIDTH, _BAR, _ROW, _TOP = 190, 380, 26, 62, 64
_MINUTES_FROM = 120
_LEAST_SHOWN = 0.08
"""A narrower piece has no room for its figure."""

_STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1d2126; }
  .soft { fill: #5d6670; font-size: 12px; } .on { fill: #fff; font-size: 12px; }
  .ground { fill: #fff; } .right { fill: #1a7f4b; } .refused { fill: #7d8793; }
  .wrong { fill: #c0322b; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eaed; } .soft { fill: #9aa3ad; } .ground { fill: #15181c; }
    .right { fill: #2c9a63; } .refused { fill: #68727d; } .wrong { fill: #d8524a; }
    .on { fill: #fff; } }
"""


def svg(found: Comparison) -> str:
    """The picture, for light and dark pages alike."""
    height = _TOP + _ROW * len(found.scores) + 8
    width = _LEFT + _WIDTH + 30
    rows = [
        _row(place, LABELS[way], each, found)
        for place, (way, each) in enumerate(found.scores.items())
    ]
    size = (
        f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"'
    )
    return "\n".join(
        (
            f'<svg {size} role="img" aria-label="{escape(_told(found))}">',
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}"/>',
            f'<text x="16" y="26">Answers to {_questions(found)} of the team</text>',
            _legend(),
            *rows,
            "</svg>\n",
        )
    )


def _legend() -> str:
    parts = []
    for place, name in enumerate(("right", "refused", "wrong")):
        x = _LEFT + place * 90
        parts.append(f'<rect class="{name}" x="{x}" y="38" width="11" height="11" rx="2"/>')
        parts.append(f'<text class="soft" x="{x + 17}" y="48">{name}</text>')
    return "\n".join(parts)


def _row(place: int, label: str, each: Scores, found: Comparison) -> str:
    way = list(found.scores)[place]
    y = _TOP + place * _ROW
    parts = [f'<text x="{_LEFT - 12}" y="{y + 18}" text-anchor="end">{label}</text>']
    x = float(_LEFT)
    for name, share in (("right", each.right), ("refused", each.refused), ("wrong", each.wrong)):
        wide = share * _WIDTH
        if share > 0:
            parts.append(
                f'<rect class="{name}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_BAR}"/>'
            )
        if share >= _LEAST_SHOWN:
            parts.append(
                f'<text class="on" x="{x + wide / 2:.1f}" y="{y + 17}" text-anchor="middle">'
                f"{100 * share:.0f} %</text>"
            )
        x += wide
    cost = found.costs[way]
    fresh = "" if cost.seconds is None else f" \u00b7 fresh again in {_long(cost.seconds)}"
    parts.append(
        f'<text class="soft" x="{_LEFT}" y="{y + _BAR + 16}">{each.seconds:.1f} s an answer \u00b7 '
        f"{each.read + each.written:.0f} tokens{fresh}</text>"
    )
    return "\n".join(parts)


def _long(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < _MINUTES_FROM else f"{seconds / 60:.0f} min"


def _told(found: Comparison) -> str:
    """The picture in words."""
    return "; ".join(
        f"{LABELS[way]}: {100 * each.right:.0f} % right" for way, each in found.scores.items()
    )


def _questions(found: Comparison) -> str:
    count = next(iter(found.scores.values())).questions
    return f"{count:,} question{'s' if count != 1 else ''}"
