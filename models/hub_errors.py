"""Why a model does not come from the hub, each as one sentence with what to do."""

from __future__ import annotations

import errno
from http import HTTPStatus

from huggingface_hub.errors import (
    EntryNotFoundError,
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from footnote.models.catalog import CatalogModel
from footnote.models.errors import DownloadError

_AGAIN = "run the same command again, and it goes on from there"


def unavailable(error: Exception, model: CatalogModel) -> DownloadError:
    """The error for what the hub did not tell about a model."""
    where = f"{model.repository} on the hub"
    match error:
        case OfflineModeIsEnabled():
            text = (
                f"{model.name} cannot be fetched while HF_HUB_OFFLINE is set: unset it, or copy "
                "the file here and name it with footnote models use."
            )
        case GatedRepoError():
            text = (
                f"{where} asks for consent to its licence: give it on its page there, and set "
                "HF_TOKEN to a token of your account."
            )
        case EntryNotFoundError():
            text = f"{where} has no {model.file} any more: update Footnote, or choose another."
        case HfHubHTTPError() if _is_closed(error):
            text = (
                f"{where} is not there, or not for everybody: set HF_TOKEN to a token of an "
                "account that may see it, or choose another model."
            )
        case HfHubHTTPError():
            status = error.response.status_code
            text = f"{where} has trouble (status {status}): try again in a while."
        case FileMetadataError():
            text = f"{where} does not say what its file is: check HF_ENDPOINT and your proxy."
        case _:
            text = (
                f"The hub cannot be reached to fetch {model.name}: check the network, or copy the "
                "file here and name it with footnote models use."
            )
    return DownloadError(text)


def _is_closed(error: HfHubHTTPError) -> bool:
    """Whether the hub does not show a repository to this account, or has none of this name."""
    closed = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    return isinstance(error, RepositoryNotFoundError) or error.response.status_code in closed


def broken_off(model: CatalogModel, done: int, total: int) -> DownloadError:
    """The error for a download that does not go on."""
    share = f"{done / 1e9:,.1f} of {total / 1e9:,.1f} GB"
    return DownloadError(f"The download of {model.name} broke off after {share}: {_AGAIN}.")


def no_place(model: CatalogModel, folder: object, error: OSError) -> DownloadError:
    """The error for a folder that cannot take the file."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DownloadError(
            f"There is no room in {folder} for {model.name}, which takes {model.size_gb} GB: free "
            f"some space or set FOOTNOTE_CACHE to another folder; {_AGAIN}."
        )
    return DownloadError(
        f"{model.name} cannot be kept in {folder} ({error.strerror or error}): set FOOTNOTE_CACHE "
        "to another folder."
    )
