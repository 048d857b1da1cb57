"""The losses of a training as a picture, SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from footnote.models.training.job import Point

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BOTTOM, _TOP = 640, 320, 55, 20, 40, 40
_LINES = 4
_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
    'font-family="sans-serif" font-size="12">'
)
_TRAINED, _TRIED = "#1a5fb4", "#b3261e"


def draw(losses: Sequence[Point], validations: Sequence[Point], target: Path) -> Path:
    """Write the picture: the loss of training, and that of the validation split with dots.

    Raises:
        OSError: It cannot be written.
    """
    target.write_text(picture(losses, validations), encoding="utf-8")
    return target


def picture(losses: Sequence[Point], validations: Sequence[Point]) -> str:
    """The picture; steps from left to right, and losses from 0 upwards."""
    points = [*losses, *validations]
    widest = max((point.step for point in points), default=1)
    most = max((point.loss for point in points), default=1.0) * 1.1 or 1.0

    def place(point: Point) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - _RIGHT) * point.step / widest
        up = _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * point.loss / most
        return round(across, 1), round(up, 1)

    drawn = [
        _OPENING,
        '<rect width="100%" height="100%" fill="white"/>',
        _words(_LEFT, _TOP - 18, "Loss of each answer's tokens", "start"),
        _words(_WIDTH - _RIGHT, _HEIGHT - 8, f"{widest} steps", "end"),
    ]
    for part in range(_LINES + 1):
        loss = most * part / _LINES
        _, up = place(Point(0, loss))
        drawn.append(f'<path d="M{_LEFT} {up}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        drawn.append(_words(_LEFT - 6, up + 4, f"{loss:.2g}", "end"))
    shown = (("training", losses, _TRAINED), ("validation", validations, _TRIED))
    for number, (name, line, colour) in enumerate(shown):
        if not line:
            continue
        places = [place(point) for point in line]
        path = "L".join(f"{across} {up}" for across, up in places)
        drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if line is validations:
            drawn += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places]
        drawn.append(_words(_WIDTH - _RIGHT - 90 * number, _TOP - 18, name, "end", colour))
    return "\n".join([*drawn, "</svg>", ""])


def _words(x: float, y: float, text: str, anchor: str, colour: str = "black") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
