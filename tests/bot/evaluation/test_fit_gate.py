"""The gate's figures and the fit of its numbers, on made-up looks."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.evaluation import fit_gate
from footnote.bot.evaluation.gate import Looks, Views, figures
from footnote.bot.gate import GateView, Strictness, load_parameters

NAMES = ("bm25", "window_coverage")


def _view(score: float, *, passed: bool = False) -> GateView:
    return GateView({"bm25": score}, score, passed)


def _views(prefix: str, *scores: float, passing: float = 0.0) -> Views:
    return {
        f"{prefix}{number}": _view(score, passed=score >= passing)
        for number, score in enumerate(scores)
    }


def _cloud(seed: int, prefix: str, count: int, centre: float) -> Views:
    draw = np.random.default_rng(seed)
    return {
        f"{prefix}{number}": GateView(
            {"bm25": float(draw.normal(centre, 1)), "window_coverage": float(draw.normal())},
            0.0,
            passed=True,
        )
        for number in range(count)
    }


def test_figures_by_hand() -> None:
    """Rates come from what passed; the others from a threshold at 5 % or 10 % false refusals."""
    looks = Looks(
        answerable=_views("a", *range(-1, 19)),
        near=_views("n", -2, -0.5, 0.5, 30),
        absent=_views("x", -3, 4),
        off_topic={"chat": _views("c", -1, -1, 1), "cars": _views("d", -1)},
    )
    found = figures(looks)
    assert found["false_refusal_rate"] == 1 / 20
    assert found["refusal_rate"] == 2 / 4
    assert found["refusal_fr5"] == 2 / 4
    assert found["refusal_fr10"] == 3 / 4
    assert found["absent_fr5"] == 1 / 2
    assert found["off_topic"] == 3 / 4
    assert found["off_topic_by_folder"] == {"chat": 2 / 3, "cars": 1.0}
    assert found["auc"] == (20 + 19 + 18 + 0) / 80


def test_figures_without_near_misses_are_gaps() -> None:
    """A corpus whose questions are all answerable has no refusal rate."""
    found = figures(Looks(answerable=_views("a", 1, 2), near={}, absent={}))
    assert math.isnan(found["refusal_rate"])
    assert math.isnan(found["auc"])
    assert found["false_refusal_rate"] == 0


def test_the_fit_finds_the_feature_that_tells(seed: int) -> None:
    """The weight goes to the feature that separates, and cross-validation sees it work."""
    looks = Looks(
        answerable=_cloud(seed, "a", 300, 3.0),
        near=_cloud(seed + 1, "n", 300, 0.0),
        absent=_cloud(seed + 2, "a", 300, -3.0),
    )
    gate = fit_gate.fit(looks, NAMES)
    assert gate.weights["bm25"] > 3 * gate.weights.get("window_coverage", 0.0)
    found = fit_gate.cross_validated(looks, NAMES)
    assert found["auc"] > 0.95
    assert found["refusal_fr5"] > 0.8
    assert found["absent_fr5"] > 0.99
    assert found["false_refusal_fr5"] == pytest.approx(0.05, abs=0.08)


def test_a_feature_that_counts_against_answers_is_left_out(seed: int) -> None:
    """Where more of a feature goes with near misses, that is an accident of the data."""
    answerable, near = _cloud(seed, "a", 200, 2.0), _cloud(seed + 1, "n", 200, 0.0)
    turned = {
        id_: GateView(
            {**view.features, "window_coverage": -view.features["bm25"]}, 0.0, passed=True
        )
        for id_, view in {**answerable, **near}.items()
    }
    looks = Looks(
        answerable={id_: turned[id_] for id_ in answerable},
        near={id_: turned[id_] for id_ in near},
        absent={},
    )
    assert list(fit_gate.fit(looks, NAMES).weights) == ["bm25"]


def test_no_feature_counts_against_an_answer(seed: int) -> None:
    """Not even where all of them would: then every question has the same score."""
    noise = [
        Looks(_cloud(seed + n, "a", 40, 0.0), _cloud(seed + 100 + n, "n", 40, 0.0), {})
        for n in range(1, 30)
    ]
    gates = [fit_gate.fit(looks, NAMES) for looks in noise]
    assert all(weight >= 0 for gate in gates for weight in gate.weights.values())
    turned = Looks(_views("a", *range(50)), _views("n", *range(50, 150)), {})
    gate = fit_gate.fit(turned, ("bm25",))
    assert gate.weights == {}
    assert gate.scores(turned.near.values()) == pytest.approx([math.log(1 / 2)] * 100)


def test_a_feature_that_some_views_lack_is_left_out(seed: int) -> None:
    """As of an embedder that does not give it: the others are fitted as if it did not exist."""
    answerable, near = _cloud(seed, "a", 50, 2.0), _cloud(seed + 1, "n", 50, 0.0)
    looks = Looks(answerable, near, {})
    assert fit_gate.fit(looks, (*NAMES, "weakest_word")) == fit_gate.fit(looks, NAMES)


@pytest.mark.parametrize("model", ["all-MiniLM-L6-v2@53aa51172d14", "any other"])
def test_no_feature_of_a_shipped_gate_counts_against_an_answer(model: str) -> None:
    """The gates of gate.json keep to it, the one for an embedder and the one for words alone."""
    assert all(weight > 0 for weight in load_parameters(model).weights.values())


def test_cross_validation_scores_what_the_fit_has_not_seen(seed: int) -> None:
    """Without any signal no figure is better than chance, however small the data."""
    looks = Looks(
        answerable=_cloud(seed, "a", 400, 0.0), near=_cloud(seed + 1, "n", 400, 0.0), absent={}
    )
    found = fit_gate.cross_validated(looks, NAMES)
    assert found["auc"] == pytest.approx(0.5, abs=0.09)


def test_thresholds_suit_every_corpus() -> None:
    """No corpus has more false refusals than the strictness allows, and one is at the limit."""
    gate = fit_gate.FittedGate({"bm25": 1.0}, 0.0)
    easy = Looks(answerable=_views("a", *range(100, 200)), near={}, absent={})
    hard = Looks(answerable=_views("a", *range(100)), near={}, absent={})
    levels = fit_gate.thresholds(gate, [easy, hard])
    assert levels == {
        strictness: round(share * 100) - 0.5
        for strictness, share in fit_gate.FALSE_REFUSALS.items()
    }
    rates = fit_gate.rates(gate, levels[Strictness.BALANCED], hard)
    assert rates["false_refusal_rate"] <= fit_gate.FALSE_REFUSALS[Strictness.BALANCED]


def test_a_threshold_is_far_from_any_score() -> None:
    """It stands in the middle of a gap; where it refuses nobody, at the lowest score."""
    gate = fit_gate.FittedGate({"bm25": 1.0}, 0.0)
    gap = Looks(answerable=_views("a", -3, *range(40)), near={}, absent={})
    few = Looks(answerable=_views("a", 7, 5), near={}, absent={})
    assert fit_gate.thresholds(gate, [gap])[Strictness.BALANCED] == -1.5
    assert set(fit_gate.thresholds(gate, [few]).values()) == {5.0}


def test_data_without_labels_is_a_sentence() -> None:
    """Fitting needs both kinds of questions."""
    with pytest.raises(FootnoteError, match="answerable true and false"):
        fit_gate.fit(Looks(answerable=_views("a", 1), near={}, absent={}), ("bm25",))


def test_nothing_found_scores_lowest() -> None:
    """A question for which nothing was found is refused at every threshold."""
    gate = fit_gate.FittedGate({"bm25": 1.0}, 0.0)
    assert gate.score(GateView({}, -math.inf, passed=False)) == -math.inf


def test_writing_keeps_other_embedders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is put beside those of other models, as the gate reads it."""
    path = tmp_path / "gate.json"
    path.write_text(json.dumps({"embedders": {"other": {"bias": 1}}, "lexical": {}}), "utf-8")
    monkeypatch.setattr(fit_gate, "files", lambda _: tmp_path)
    entry = fit_gate.as_json(
        fit_gate.FittedGate({"bm25": 1.23456}, -0.98765),
        dict.fromkeys(Strictness, -0.5),
        {"commit": "abc"},
    )
    assert fit_gate.write("mine", entry, entry) == path
    data = json.loads(path.read_text("utf-8"))
    assert data["embedders"]["other"] == {"bias": 1}
    assert data["embedders"]["mine"] == data["lexical"]
    assert data["lexical"] == {
        "weights": {"bm25": 1.235},
        "bias": -0.988,
        "thresholds": {"strict": -0.5, "balanced": -0.5, "eager": -0.5},
        "origin": {"commit": "abc"},
    }
