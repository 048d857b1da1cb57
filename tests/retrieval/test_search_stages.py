"""The stages of a search as pure functions, over random input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.retrieval.alignment import WINDOW, alignment
from footnote.retrieval.arranging import arrange
from footnote.retrieval.candidates import Candidates, Pool, joined
from footnote.retrieval.compounds import MOST, split_compound
from footnote.retrieval.diversity import diversified
from footnote.retrieval.duplicates import near_duplicates
from footnote.retrieval.likeness import Compared, alike, likeness, shingles
from footnote.retrieval.merging import merge_adjacent
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.reranking import blended
from footnote.retrieval.trace import Fate
from tests.properties import holds_for
from tests.retrieval.naming import Named

DOCUMENT = "".join(f"word{n} " for n in range(60))


def passage(id_: str, text: str = "", start: int = 0, document: str = "d") -> Passage:
    """A passage of a document."""
    return Passage(id_, document, "s", "Title", (), text, start, start + len(text), 0)


def cut_from(id_: str, start: int, end: int, document: str = "d") -> Passage:
    """A passage that really stands in `DOCUMENT`."""
    return passage(id_, DOCUMENT[start:end], start, document)


texts = st.lists(st.sampled_from("red blue green old new".split()), max_size=6).map(" ".join)
passages = st.lists(texts, max_size=7).map(
    lambda all_: [passage(f"p{n}", text) for n, text in enumerate(all_)]
)
spans = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 90), st.sampled_from("de")), max_size=7
).map(
    lambda all_: [cut_from(f"p{n}", at, at + size, doc) for n, (at, size, doc) in enumerate(all_)]
)
unit = st.floats(0, 1).map(lambda value: round(value, 2))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How long is annual leave?", ()),
        ("Where is salt and pepper kept?", ()),
        ("Hello! How long is annual leave?", ()),
        (
            "How long is annual leave and who approves a trip?",
            ("How long is annual leave", "who approves a trip?"),
        ),
        (
            "How long is annual leave? Who approves a trip?",
            ("How long is annual leave?", "Who approves a trip?"),
        ),
        (
            "price of the blue bike; size of the garage",
            ("price of the blue bike", "size of the garage"),
        ),
        ("Thanks? How long is annual leave?", ()),
        ("; ".join(f"the price of bike{n}" for n in range(MOST + 1)), ()),
    ],
)
def test_compound_questions_are_split_where_a_question_begins(
    question: str, parts: tuple[str, ...]
) -> None:
    """Question marks, semicolons and a joining word before a question part; nothing else does."""
    assert split_compound(question) == parts


@holds_for(
    st.lists(
        st.sampled_from(["and ", "what is ", "it ", "? ", "; ", ", ", "or how can ", "red bike "]),
        max_size=24,
    ).map("".join)
)
def test_parts_stand_in_the_question_in_order(question: str) -> None:
    """Parts are pieces of the question, one after another, and there are two to `MOST` or none."""
    parts = split_compound(question)
    assert len(parts) in {0, *range(2, MOST + 1)}
    at = 0
    for part in parts:
        at = question.index(part, at) + len(part)
        assert part == part.strip()


@holds_for(texts, texts)
def test_likeness_is_a_share(one: str, other: str) -> None:
    """Likeness is symmetric, within 0…1, and 1 for the same words."""
    a, b = shingles(one), shingles(other)
    assert 0 <= likeness(a, b) == likeness(b, a) <= 1
    assert likeness(a, a) == (1 if a else 0)
    assert (likeness(a, b) == 1) == (a == b and bool(a))


@holds_for(texts, texts, st.sampled_from((0.0, 0.1, 0.7, 0.9, 1.0)))
def test_two_are_alike_from_a_likeness_on(one: str, other: str, least: float) -> None:
    """Also where their sizes alone decide."""
    a, b = shingles(one), shingles(other)
    assert alike(a, b, least) == (likeness(a, b) >= least)
    assert Compared(one).is_like(Compared(other), least) == (likeness(a, b) >= least)


@holds_for(
    st.lists(st.sampled_from("abcdefghijklmnop"), max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abyz")), max_size=4),
    st.sampled_from((0.3, 0.5, 0.7, 0.9)),
)
def test_words_alone_never_part_what_is_alike(
    text: list[str], changes: list[tuple[int, str]], least: float
) -> None:
    """However near the likeness of two long texts is to what it takes."""
    changed = list(text)
    for place, word in changes:
        changed[place : place + 1] = [word]
    one, other = Compared(" ".join(text)), Compared(" ".join(changed))
    level = likeness(one.shingles, other.shingles)
    assert one.is_like(other, least) == (level >= least)
    assert one.is_like(other, level)


def test_likeness_is_what_is_shared_of_all() -> None:
    """Two of four windows in common are a half, however long each text is by itself."""
    one, other = shingles("a b c d e"), shingles("b c d e f")
    assert likeness(one, other) == 0.5
    assert likeness(one, shingles("a b c")) == pytest.approx(1 / 3)
    assert shingles("a b") == {("a", "b")}


@holds_for(passages, unit.filter(bool))
def test_duplicates_leave_one_of_each(ranked: list[Passage], least: float) -> None:
    """What goes has a better passage that stays; what stays is unlike all others that stay."""
    goes = near_duplicates(ranked, least)
    order = [item.id for item in ranked]
    by_id = {item.id: shingles(item.text) for item in ranked}
    for id_, by in goes.items():
        assert by not in goes
        assert order.index(by) < order.index(id_)
        assert likeness(by_id[id_], by_id[by]) >= least
    stays = [item for item in ranked if item.id not in goes]
    assert near_duplicates(stays, least) == {}


@holds_for(passages, unit.filter(bool), st.integers(1, 5))
def test_looking_no_further_than_needed_changes_nothing(
    ranked: list[Passage], least: float, enough: int
) -> None:
    """The first that stay are the same where the rest is not looked at."""
    every, few = near_duplicates(ranked, least), near_duplicates(ranked, least, enough=enough)
    assert few.items() <= every.items()
    first = [[item.id for item in ranked if item.id not in goes][:enough] for goes in (every, few)]
    assert first[0] == first[1]


@holds_for(passages, st.lists(unit, min_size=7, max_size=7), unit)
def test_variety_only_reorders(ranked: list[Passage], values: list[float], share: float) -> None:
    """All ids are there once, the best stays first, and no share of variety keeps the order."""
    falling = sorted(values, reverse=True)
    scores = {item.id: score for item, score in zip(ranked, falling, strict=False)}
    alike = {item.id: shingles(item.text) for item in ranked}
    ids = [item.id for item in ranked]
    assert sorted(diversified(ids, scores, alike, share)) == sorted(ids)
    assert diversified(ids, scores, alike, share)[:1] == ids[:1]
    assert diversified(ids, scores, alike, 0) == ids


def test_just_alike_enough_is_the_same() -> None:
    """The bound itself belongs to the same, and a little more does not."""
    ranked = [passage("a", "a b c d e"), passage("b", "b c d e f")]
    assert near_duplicates(ranked, 0.5) == {"b": "a"}
    assert near_duplicates(ranked, 0.51) == {}


def test_variety_puts_new_things_before_repetition() -> None:
    """A weaker passage that says something else goes before one that repeats the best."""
    alike = {"a": shingles("red old bike"), "b": shingles("red old bike"), "c": shingles("new")}
    assert diversified("abc", {"a": 0.9, "b": 0.8, "c": 0.7}, alike, 0.5) == ["a", "c", "b"]


def test_what_repeats_any_of_those_taken_repeats() -> None:
    """What the best one said stays said after something else was taken."""
    alike = {"a": shingles("red"), "b": shingles("red"), "c": shingles("new"), "d": shingles("old")}
    scores = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.4}
    assert diversified("abcd", scores, alike, 0.5) == ["a", "c", "d", "b"]


@holds_for(spans, st.integers(0, 200))
def test_merging_loses_and_invents_nothing(ranked: list[Passage], longest: int) -> None:
    """Merged passages are exact spans, as long as allowed, that cover just what was there."""
    merged = merge_adjacent(ranked, longest)
    longest_given = max((len(item.text) for item in ranked), default=0)
    for item in merged.passages:
        assert item.text == DOCUMENT[item.start : item.end]
        assert len(item.text) <= max(longest, longest_given)
    ids = [item.id for item in merged.passages]
    assert {*ids, *merged.into} == {item.id for item in ranked}
    assert set(merged.into.values()) <= set(ids)
    assert not merged.into.keys() & set(ids)
    assert _covered(merged.passages) == _covered(ranked)


def _covered(those: object) -> set[tuple[str, int]]:
    assert isinstance(those, (list, tuple))
    return {(item.document_id, at) for item in those for at in range(item.start, item.end)}


def test_only_neighbours_in_one_section_merge() -> None:
    """Touching and overlapping passages join; a gap, another document or heading keeps apart."""
    first = cut_from("a", 0, 30)
    assert merge_adjacent([first, cut_from("b", 30, 50)], 99).into == {"b": "a"}
    assert merge_adjacent([cut_from("b", 20, 50), first], 99).passages[0].text == DOCUMENT[:50]
    assert merge_adjacent([first, cut_from("b", 31, 50)], 99).into == {}
    assert merge_adjacent([first, cut_from("b", 30, 50, "e")], 99).into == {}
    assert merge_adjacent([first, replace(cut_from("b", 30, 50), heading=("H",))], 99).into == {}
    assert merge_adjacent([first, cut_from("b", 30, 50)], 49).into == {}


@holds_for(
    st.dictionaries(st.sampled_from("abcdef"), unit, min_size=1),
    st.dictionaries(st.sampled_from("abcdef"), st.floats(-9, 9)),
    unit,
)
def test_blending_stays_in_range(
    ranked: dict[str, float], opinions: dict[str, float], share: float
) -> None:
    """Judged ones move within the range that they had; the others stay, and share 0 moves none."""
    judged = {key: value for key, value in opinions.items() if key in ranked}
    after = blended(ranked, judged, share)
    assert after.keys() == ranked.keys()
    for key, score in after.items():
        if key in judged:
            low, high = min(ranked[k] for k in judged), max(ranked[k] for k in judged)
            assert low - 1e-9 <= score <= high + 1e-9
        else:
            assert score == ranked[key]
    assert blended(ranked, judged, 0) == pytest.approx(ranked)


def test_the_judge_decides_where_it_counts_alone() -> None:
    """With share 1 the order of the judged is the judge's."""
    after = blended({"a": 0.9, "b": 0.5, "c": 0.1}, {"a": 1.0, "b": 7.0}, 1)
    assert after == pytest.approx({"b": 0.9, "a": 0.5, "c": 0.1})


words = st.lists(st.sampled_from("abcde"), max_size=90)


@holds_for(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), words, words)
def test_alignment_is_a_share(asked: list[str], context: list[str], text: list[str]) -> None:
    """Alignment is within 0…1, 1 for the question itself, and more context never lowers it."""
    telling = {"a": 1.0, "b": 2.0, "c": 0.5}
    score = alignment(asked, context, text, telling)
    assert 0 <= score <= 1 + 1e-9
    assert alignment(asked, [], asked, telling) == pytest.approx(1)
    assert alignment(asked, [], text, telling) <= score + 1e-9


def test_words_close_together_align_better_than_words_apart() -> None:
    """The same two words count more within a window, and in order, than far from one another."""
    telling = {"a": 1.0, "b": 1.0}
    apart = alignment("ab", [], ["a", *["x"] * 100, "b"], telling)
    swapped = alignment("ab", [], ["b", "x", "a"], telling)
    together = alignment("ab", [], ["x", "a", "b"], telling)
    assert (apart, swapped, together) == (0.25, 0.5, 1.0)


@pytest.mark.parametrize("before", [WINDOW - 1, WINDOW, 5 * WINDOW, 5 * WINDOW - 1])
def test_words_are_found_together_wherever_they_stand(before: int) -> None:
    """Windows overlap by half and go on to the end, so that no border parts two neighbours."""
    text = [*["x"] * before, "a", "b", *["x"] * WINDOW]
    assert alignment("ab", [], text, {"a": 1.0, "b": 1.0}) == 1.0


def test_what_the_context_says_is_there() -> None:
    """A word of the headings counts as held, but is no neighbour of the text's words."""
    telling = {"a": 1.0, "b": 1.0}
    assert alignment("ab", ["a"], ["b"], telling) == 0.5
    assert alignment("ab", [], ["b"], telling) == 0.25
    assert alignment("ab", ["a", "b"], ["x"], telling) == 1.0


def test_a_pair_tells_as_much_as_its_lesser_word() -> None:
    """Of the pairs "a b" and "b c" the first is held, which tells half of what the other does."""
    telling = {"a": 1.0, "b": 2.0, "c": 4.0}
    assert alignment("abc", [], [*"ab", "x", "c"], telling) == pytest.approx((1 + 1 / 3) / 2)


NAMES = Named({key: key.upper() for key in "dcba"})


def _side(fused: dict[str, float]) -> Candidates:
    keys = np.array(sorted(NAMES.ids.index(key) for key in fused), np.intp)
    pool = Pool.of(NAMES, keys)
    scores = np.array([fused[id_] for id_ in pool.ids])
    return Candidates(pool, scores, scores, scores, scores, 0.5, len(fused))


@holds_for(
    st.dictionaries(st.sampled_from("abc"), unit),
    st.dictionaries(st.sampled_from("bcd"), unit),
    unit,
)
def test_parts_only_add(whole: dict[str, float], part: dict[str, float], share: float) -> None:
    """Parts bring candidates and raise scores to their share; what the whole says is kept."""
    both = joined(_side(whole), [_side(part)], share)
    assert set(both.pool.ids) == both.pool.owners.keys() == whole.keys() | part.keys()
    for place, key in enumerate(both.pool.ids):
        score = max(whole.get(key, 0.0), share * part.get(key, 0.0))
        assert both.fused[place] == both.documents[both.pool.owner[place]] == score
        assert both.pool.owners[key] == key.upper()
        assert both.cosines[place] == (whole[key] if key in whole else part[key])
        assert both.lexical[place] == (whole.get(key) or part.get(key, 0.0))


@holds_for(passages, unit, st.sampled_from([None, 0.5, 0.9]), st.integers(1, 4))
def test_arranging_tells_of_each_cut(
    ranked: list[Passage], diversity: float, duplicate: float | None, limit: int
) -> None:
    """No more than wanted are found, none of them cut, and each cut names one that can be seen."""
    scores = {item.id: 1 - n / 10 for n, item in enumerate(ranked)}
    parts = Parts(duplicate=duplicate, diversity=diversity)
    arranged = arrange(ranked, scores, parts, limit)
    found = {item.id for item in arranged.passages}
    gone = {id_ for id_, cut in arranged.cuts.items() if cut.fate is Fate.DUPLICATE}
    assert len(arranged.passages) == len(found) == min(limit, len(found | ({*scores} - gone)))
    assert not found & arranged.cuts.keys()
    for cut in arranged.cuts.values():
        assert cut.by in scores.keys() - gone
        assert cut.fate is not Fate.ALIKE or cut.by in found


def test_variety_chooses_among_what_is_no_copy() -> None:
    """Where the order may still change, copies go from all that was read, not from its head."""
    ranked = [passage("a", "red old bike"), passage("b", "new"), passage("c", "red old bike")]
    arranged = arrange(ranked, {"a": 0.9, "b": 0.8, "c": 0.7}, Parts(diversity=0.5), 2)
    assert [item.id for item in arranged.passages] == ["a", "b"]
    assert arranged.cuts["c"].fate is Fate.DUPLICATE
