"""The picture of the losses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from footnote.models.training.curve import draw, picture
from footnote.models.training.job import Point

SVG = "{http://www.w3.org/2000/svg}"


def test_every_loss_is_in_the_picture(tmp_path: Path) -> None:
    """Both lines go through all their points, lower losses lie lower, and validations have dots."""
    losses = [Point(1, 4.0), Point(2, 3.0), Point(3, 1.0)]
    tried = [Point(2, 3.5), Point(3, 2.0)]
    drawn = draw(losses, tried, tmp_path / "curve.svg")
    root = ET.fromstring(drawn.read_text())  # noqa: S314  our own
    lines = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") == "none"]
    assert [line.count("L") + 1 for line in lines] == [3, 2]
    heights = [float(place.split()[1]) for place in lines[0].removeprefix("M").split("L")]
    assert heights == sorted(heights)
    assert len(list(root.iter(f"{SVG}circle"))) == len(tried)
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"training", "validation", "3 steps"} <= words


@pytest.mark.parametrize("losses", [[], [Point(1, 0.0)]])
def test_a_picture_of_little_is_a_picture(losses: list[Point]) -> None:
    """No loss at all, or one of 0, can be drawn."""
    ET.fromstring(picture(losses, []))  # noqa: S314  our own
