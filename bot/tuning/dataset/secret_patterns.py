"""What secrets and personal data look like.

detect-secrets brings the shapes of many services' keys. Its patterns are used rather than its
`analyze_string`, which gives of some keys only the part that a pattern captures. Its detectors by
entropy are left out, since they fire on plain prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.keyword import KeywordDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector
from stdnum import iban

from footnote.bot.tuning.dataset.number_patterns import cards, phones

DETECTORS: tuple[type[RegexBasedDetector], ...] = (
    ArtifactoryDetector,
    AWSKeyDetector,
    AzureStorageKeyDetector,
    BasicAuthDetector,
    CloudantDetector,
    DiscordBotTokenDetector,
    GitHubTokenDetector,
    GitLabTokenDetector,
    IbmCloudIamDetector,
    JwtTokenDetector,
    MailchimpDetector,
    NpmDetector,
    OpenAIDetector,
    PypiTokenDetector,
    SendGridDetector,
    SlackDetector,
    SoftlayerDetector,
    SquareOAuthDetector,
    StripeDetector,
    TelegramBotTokenDetector,
    TwilioKeyDetector,
)

_KEYS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----.*?-----END [A-Z ]*-----", re.DOTALL),
    re.compile(r"\b(?:sk|pk|rk)-[\w-]{16,}"),
    re.compile(r"\bgithub_pat_\w{20,}"),
    re.compile(r"\bAIza[\w-]{30,}"),
    re.compile(r"\bxapp-\d-[\w-]{10,}"),
    re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    re.compile(r"(?i:\bbearer\s+)[\w.~+/-]{16,}=*"),
    # What is left of a key that was cut: of both cases, which no hash is, and with some digits,
    # which few paths have.
    re.compile(r"(?=\S*[A-Z])(?=\S*[a-z])(?=(?:[A-Za-z+/]*\d){4})[A-Za-z0-9+/]{48,}={0,2}"),
)

_SAID = re.compile(
    r"(?i:\b(?:password|passwd|passphrase|passcode|passwort|kennwort|pwd|pin)\b"
    r"(?:\s+(?:is|ist|lautet)(?:\s+now)?)?\s*[:=]?[ \t]+)"
    r"(?:[\"'`\u201c](?P<quoted>[^\"'`\u201d\n]+)[\"'`\u201d]"
    r"|(?P<bare>[^\s\"'`]*[^\s.,;:!?)\"'`]))(?P<ends>[.!]?[ \t]*$)?",
    re.MULTILINE,
)
_NO_WORD = re.compile(r"(?=\S*\d)\S{4,}|\w*[^\w\s'\u2019.,/()-]\S{2,}|\w*[a-z]+[A-Z]\w+")
_ORDINARY = frozenset(
    """
    changed correct empty encrypted enough expired forgotten hashed hidden invalid long lost
    mandatory missing needed new optional required reset safe secret sent set short shown stored
    strong temporary unknown valid weak wrong
    """.split()
)
"""What people say of a password in a single word that is none."""

_EMAIL = re.compile(r"[\w.+'-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
_MENTION = re.compile(r"<@[!&]?\w+(?:\|[^>\n]*)?>")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that nobody should learn.

    Attributes:
        kind: What it is: "SECRET", "EMAIL", "PHONE", "PERSON", "IBAN", "CARD".
        value: Its exact words.
    """

    kind: str
    value: str


def findings(text: str) -> Iterator[Finding]:
    """Everything in a text that nobody should learn; some of it twice or within another."""
    for kind, values in (
        ("SECRET", _secrets(text)),
        ("EMAIL", _matches(_EMAIL, text)),
        ("PERSON", _matches(_MENTION, text)),
        ("IBAN", filter(iban.is_valid, _ibans(text))),
        ("CARD", cards(text)),
        ("PHONE", phones(text)),
    ):
        for value in values:
            if value.strip():
                yield Finding(kind, value.strip())


def holds_part_of_a_key(text: str) -> bool:
    """Whether a private key begins in a text; one that also ends there is found as a whole."""
    return any(pattern.search(text) for pattern in PrivateKeyDetector.denylist)


def _secrets(text: str) -> Iterator[str]:
    for pattern in _KEYS:
        yield from _matches(pattern, text)
    for detector in DETECTORS:
        for pattern in detector().denylist:
            yield from _matches(pattern, text)
    keywords = KeywordDetector()
    for line in text.splitlines():
        yield from keywords.analyze_string(line)
    for said in _SAID.finditer(text):
        value = said["quoted"] or said["bare"]
        alone = said["ends"] is not None and value.lower() not in _ORDINARY
        if said["quoted"] or alone or _NO_WORD.fullmatch(value):
            yield value


def _ibans(text: str) -> Iterator[str]:
    """What may be one, with the words behind it taken off from the end."""
    for value in _matches(_IBAN, text):
        pieces = value.split(" ")
        yield from (" ".join(pieces[:count]) for count in range(len(pieces), 0, -1))


def _matches(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (match.group() for match in pattern.finditer(text))
