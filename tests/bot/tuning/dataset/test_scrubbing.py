"""Secrets and personal data, which nobody is taught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st

from footnote.bot.prompts import Draft
from footnote.bot.recalling import Recalled
from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why
from footnote.bot.tuning.dataset.scrubbing import Scrubber
from footnote.bot.tuning.dataset.secret_patterns import findings
from footnote.bot.tuning.examples import Origin
from tests.bot.parts import passage_of
from tests.bot.tuning.dataset.team import GOOD, team
from tests.library import Page
from tests.properties import holds_for

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"
GITHUB = "ghp_" + "aB3" * 12
SECRETS = {
    GITHUB: "SECRET",
    "glpat-" + "x1" * 12: "SECRET",
    "sk-" + "proj-abcDEF123456789": "SECRET",
    "AKIA" + "ABCDEFGH12345678": "SECRET",
    "xoxb-" + "123456789012-abcdef": "SECRET",
    "sk_live_" + "a1" * 12: "SECRET",
    "://jane:hunter2@": "SECRET",
    KEY: "SECRET",
    "jane.doe+x@example.co.uk": "EMAIL",
    "müller@exämple.de": "EMAIL",
    "<@U12345>": "PERSON",
    "<@!456>": "PERSON",
    "+49 30 1234567": "PHONE",
    "(212) 555-0187": "PHONE",
    "DE89 3704 0044 0532 0130 00": "IBAN",
    "4111 1111 1111 1111": "CARD",
}
"""What shall be found, by its kind; put together here so that nobody takes it for a real one."""

SAID = (
    ("The password is hunter2, ask Ann.", "hunter2"),
    ("The wifi password is swordfish.", "swordfish"),
    ("Password: swordfish", "swordfish"),
    ("Passwort lautet `offen sesam`", "offen sesam"),
    ("Your PIN is 4711.", "4711"),
    ('password = "abcd"', "abcd"),
    ("Authorization: Bearer abcdefghijkl.mnop", "Bearer abcdefghijkl.mnop"),
    ("Phone: 06 1234 56 78", "06 1234 56 78"),
)
PLAIN = (
    "The password is required.",
    "Your password is at least 12 characters long.",
    "A password expires after 90 days, and must be changed.",
    "Employees get 28 days of annual leave in 2024.",
    "Order 2024-10-11 of left-pad@1.2.3 costs 1 200 000 euros.",
    "Commit 8885239f86d081884c7d659a2feaa0c55ad015a3 is good; 192.168.100.200 is the router.",
    "ISBN 978-3-16-148410-0, ticket 20241011-1234567.",
    "See /handbook/PeopleOperations/AnnualLeavePolicy/AndSomethingMore/OfIt.",
    "The pin and the cap are blue; her mobile plan has 12 months.",
    "| 2023 | 1500 3000 4200 | 12.5 100 200 3000 | 2024-10-11 12:30 |",
    "Rows 10 20 30 40 50 60 70 80 90 100 110 120, 0.5 of 1000 2000 and 555 1234 in all.",
    "Sums: 12 5000 4000 3000 2000 12, and 12 411 11111 11111 111 12.",
)


NUMBERS = (
    "(212) 555-0187",
    "212-555-0187",
    "030 1234567",
    "+1 212-555-0187",
    "+44 20 7946 0018",
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500-0000-0000-0004",
    "3782 822463 10005",
)
NEIGHBOURS = (("", " 28"), ("28 ", ""), ("2024 ", " 2024"), ("", " 04/27 123"), ("7-", "-7"))


def candidate(question: str = "?", answer: str = "Yes. [1]", text: str = "Yes.") -> Candidate:
    """A candidate with one passage."""
    draft = Draft(question, question, (passage_of(text),))
    return Candidate("q", "c", Origin.PRAISED, draft, answer)


def clean(made: Candidate) -> Candidate:
    """The same without what nobody shall be taught."""
    scrubbed = Scrubber().scrubbed(made)
    assert isinstance(scrubbed, Candidate)
    return scrubbed


@pytest.mark.parametrize(("value", "kind"), SECRETS.items(), ids=range(len(SECRETS)))
def test_each_kind_has_its_placeholder(value: str, kind: str) -> None:
    """In question, answer and passage alike, and the same in all of them."""
    made = clean(candidate(f"Is {value} right?", f"Use {value} now. [1]", f"Use {value} now."))
    assert made.draft.question == f"Is {kind}-1 right?"
    assert made.answer == f"Use {kind}-1 now. [1]"
    assert made.draft.passages[0].text == f"Use {kind}-1 now."
    assert value not in str(made.example)


@pytest.mark.parametrize(("text", "value"), SAID)
def test_what_is_said_to_be_one_is_one(text: str, value: str) -> None:
    """Some are told only by the words in front of them; those words stay."""
    kind = "PHONE" if "Phone" in text else "SECRET"
    assert clean(candidate(text=text)).draft.passages[0].text == text.replace(value, f"{kind}-1")


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize(("before", "behind"), NEIGHBOURS)
def test_a_number_is_found_among_other_numbers(value: str, before: str, behind: str) -> None:
    """A year, a room, or when a card expires and its code do not hide it."""
    text = f"{before}{value}{behind}"
    assert value not in clean(candidate(text=text)).draft.passages[0].text
    assert any(value in finding.value for finding in findings(text))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_prose_stays(text: str) -> None:
    """Rules on passwords, numbers, hashes, versions and paths are no secrets."""
    assert not list(findings(text))


def test_different_values_stay_different() -> None:
    """An answer that copies one of two addresses from a passage still copies that one."""
    made = clean(candidate("Mail?", "Write to b@x.org. [1]", "Ann: a@x.org. Ben: b@x.org."))
    assert made.draft.passages[0].text == "Ann: EMAIL-1. Ben: EMAIL-2."
    assert made.answer == "Write to EMAIL-2. [1]"


def test_a_value_within_another_leaves_nothing_of_it() -> None:
    """The longer one is replaced as a whole."""
    made = clean(candidate(text="Password: swordfish\nThe pin is swordfish22, too."))
    assert made.draft.passages[0].text == "Password: SECRET-1\nThe pin is SECRET-2, too."


def test_every_text_of_a_prompt_is_scrubbed() -> None:
    """Titles, headings, links, and the turns before with their passages."""
    mail = "jane@example.com"
    there = replace(
        passage_of(f"By {mail}."),
        title=f"Of {mail}",
        heading=("Top", mail),
        url=f"https://x.org/{mail}",
        place=mail,
    )
    turn = Recalled(f"Who is {mail}?", f"{mail} is Jane. [1]", (there,), {1: there})
    draft = Draft("And?", f"And?\nWho is {mail}?", (there,), (turn,))
    made = clean(Candidate("q", "c", Origin.PRAISED, draft, "Yes. [1]"))
    assert "jane" not in str(made.example)
    assert "EMAIL-1" in made.example.messages[1].text


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA",
        'password = "abc"',
        "BEGIN OPENSSH PRIVATE KEY",
    ],
)
def test_what_cannot_be_taken_out_is_left_out(text: str) -> None:
    """A key whose end is elsewhere, and a value too short to be told from other words."""
    assert Scrubber().scrubbed(candidate(text=text)) == Left("q", Why.SECRETS)


def test_what_is_left_of_a_key_that_was_cut_is_taken_out() -> None:
    """A passage may hold the middle of one alone."""
    middle = "MIIEpAIBAAKCAQEA1c7z5Pad7OejecsQ0buny0b1bZ0CxYzAbCdEfGhIjKlMnOpQ"
    assert clean(candidate(text=f"It is\n{middle}\n")).draft.passages[0].text == "It is\nSECRET-1\n"


@holds_for(
    st.lists(st.sampled_from([*SECRETS, "and", "Yes.", "\n", "(", "28", "x"]), max_size=6),
    st.sampled_from([" ", "\n", ", "]),
    examples=40,
)
def test_nothing_is_left(pieces: list[str], between: str) -> None:
    """However they stand together: what is learned holds none, or nothing is learned."""
    made = Scrubber().scrubbed(candidate(text=between.join(pieces)))
    if isinstance(made, Candidate):
        assert clean(made) == made
        for value in set(pieces) & set(SECRETS):
            assert value not in made.draft.passages[0].text


async def test_a_dataset_holds_no_secret_of_a_page(tmp_path: Path) -> None:
    """From the index to the example; how much was taken out is told."""
    text = f"The deploy token of the crane is {GITHUB}. Ask jane@example.com about the crane."
    page = Page("deploy", f"# Deploy\n\n{text}\n")
    async with team(tmp_path, pages=[page]) as made:
        says = f"The deploy token of the crane is {GITHUB}. [1]"
        name = await made.ask("What is the deploy token of the crane?", says)
        await made.judge(name, GOOD)
        found = await made.gathered()
    (example,) = found.examples
    assert example.answer == "The deploy token of the crane is SECRET-1. [1]"
    assert GITHUB not in str(found)
    assert "jane" not in str(found)
    assert found.taken == {"SECRET": 1, "EMAIL": 1}
