"""What Weaviate and the way to it complain of, as a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from grpc import StatusCode
from grpc.aio import AioRpcError
from httpx import HTTPError
from weaviate import exceptions as refused

from footnote.retrieval.errors import StoreError

UNREACHABLE = "cannot be reached: start it, or correct url and grpc under [weaviate]"
UNTRUSTED = (
    "shows a certificate that nothing here trusts: name a file with the certificate of its "
    "authority in the environment variable SSL_CERT_FILE"
)
SLOW = (
    "did not answer in time: see whether it is overloaded, or raise timeout_s under [weaviate], "
    "and try again"
)
WRONG_KEY = "does not accept the API key: set the right one in the variable that key_env names"
TOO_LITTLE = (
    "does not allow this API key all that Footnote does: let it read, write and make collections"
)
READ_ONLY = (
    "takes no writes, which it does when its disk is nearly full: free some space, make its "
    "shards ready again, and sync again"
)
OTHER_LENGTH = "holds vectors of another length: run `footnote sync --rebuild`"
FEW_REPLICAS = (
    "has too few replicas in reach: bring its nodes back, or lower consistency under [weaviate]"
)

_ADVICE = (
    ("is not supported", "is too old for Footnote, which needs 1.33 or newer: upgrade it"),
    ("unauthenticated", WRONG_KEY),
    ("invalid api key", WRONG_KEY),
    ("forbidden", TOO_LITTLE),
    ("read-only", READ_ONLY),
    ("read only", READ_ONLY),
    # What deleting says on a shard that is read-only.
    ('parse id "" as uuid', READ_ONLY),
    ("vector length", OTHER_LENGTH),
    ("dimension", OTHER_LENGTH),
    ("could not find class", "has lost a collection of this index: run `footnote sync --rebuild`"),
    ("not enough memory", "is out of memory: give it more, or free some, and sync again"),
    ("resource_exhausted", "refuses a batch as too large: raise its limit on messages"),
    ("consistency level", FEW_REPLICAS),
    ("deadline", SLOW),
    ("unavailable", UNREACHABLE),
)
"""What is wrong and what to do, by what stands in Weaviate's own words, in small letters."""


_KINDS: dict[type[Exception], str] = {
    refused.WeaviateTimeoutError: SLOW,
    TimeoutError: SLOW,
    refused.InsufficientPermissionsError: TOO_LITTLE,
    refused.WeaviateClosedClientError: "was closed: open it again",
    refused.WeaviateConnectionError: UNREACHABLE,
    refused.WeaviateStartUpError: UNREACHABLE,
    refused.WeaviateRetryError: UNREACHABLE,
    refused.WeaviateGRPCUnavailableError: UNREACHABLE,
    OSError: UNREACHABLE,
}
"""The same by the class of the error, where that says enough."""


@contextmanager
def told(server: str) -> Iterator[None]:
    """Turn whatever the client raises into a sentence.

    Args:
        server: The server's address, to be read by anybody.

    Raises:
        StoreError: The client raised something.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise StoreError(
            f"Weaviate at {server} cannot take text that is not valid Unicode: mend the document."
        ) from error
    except (refused.WeaviateBaseError, HTTPError, TimeoutError, OSError) as error:
        raise StoreError(f"Weaviate at {server} {_sentence(error)}.") from error


def object_refused(server: str, message: str) -> StoreError:
    """One object of a batch was not taken, and Weaviate said why."""
    return StoreError(f"Weaviate at {server} {_advice(message) or _unknown(message)}.")


def _sentence(error: Exception) -> str:
    match error:
        case refused.UnexpectedStatusCodeError(status_code=HTTPStatus.UNAUTHORIZED):
            return WRONG_KEY
        case refused.UnexpectedStatusCodeError(status_code=HTTPStatus.FORBIDDEN):
            return TOO_LITTLE
    causes = list(_causes(error))
    if any("certificate_verify_failed" in str(cause).lower() for cause in causes):
        return UNTRUSTED
    # The client goes on trying until its time is up.
    if any(
        isinstance(cause, AioRpcError) and cause.code() is StatusCode.UNAVAILABLE
        for cause in causes
    ):
        return UNREACHABLE
    known = (sentence for kind, sentence in _KINDS.items() if isinstance(error, kind))
    return _advice(str(error)) or next(known, "") or _unknown(str(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _advice(message: str) -> str:
    lowered = message.lower()
    return next((advice for words, advice in _ADVICE if words in lowered), "")


def _unknown(message: str) -> str:
    said = " ".join(message.split()).rstrip(".")
    return f"refuses to work ({said[:300]}): look into its log"
