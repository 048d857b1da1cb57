"""The training model that the settings name, and whether it is the model that is served."""

from __future__ import annotations

from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.schema import Settings
from footnote.bot.tuning.base_model import base_path
from footnote.models.export.installed import check_installed


def training_model(settings: Settings) -> Path:
    """The training model's folder.

    Raises:
        FootnoteError: The settings name none, or it is not there.
    """
    if settings.tune.model is None:
        raise FootnoteError(
            "There is no model to train: set model below [tune] to the folder of the model that "
            "[gguf] serves, as Transformers saves one."
        )
    folder = settings.root / settings.tune.model.expanduser()
    if not (folder / "config.json").is_file():
        raise FootnoteError(
            f"There is no model in {folder}: correct model below [tune], which names a folder with "
            "a config.json."
        )
    return folder


async def check_served(settings: Settings) -> Path:
    """The training model's folder, where it is the model that is served.

    Raises:
        FootnoteError: The settings do not name both.
        ExportError: They are not the same model, or one of them cannot be read.
    """
    check_installed()
    from footnote.models.export.sameness import check_same_model  # noqa: PLC0415  needs an extra

    folder = training_model(settings)
    await check_same_model(base_path(settings), folder)
    return folder
