"""The models that `footnote models` knows: by name from the catalogue, or any file."""

from __future__ import annotations

from pathlib import Path

from footnote.bot.errors import FootnoteError
from footnote.bot.settings.edit import Values, with_values
from footnote.bot.settings.errors import did_you_mean
from footnote.bot.settings.file import read_settings_file
from footnote.models.catalog import CATALOG, CatalogModel, in_catalog
from footnote.models.hub import file_of, is_pulled

MAGIC = b"GGUF"
"""How a GGUF file begins."""


def known_model(name: str, also: tuple[str, ...] = ()) -> CatalogModel:
    """The model of this name.

    Args:
        name: What a person called it.
        also: Further names that would have been right.

    Raises:
        FootnoteError: There is none; the sentence says which there are.
    """
    model = in_catalog(name)
    if model is None:
        names = [*also, *(each.name for each in CATALOG)]
        raise FootnoteError(f"The catalogue has no model {name}{did_you_mean(name, names)}")
    return model


def chosen_file(name: str, cache: Path) -> Path:
    """The file that a name or a path means.

    Raises:
        FootnoteError: It is not there, or is no model.
    """
    path = Path(name).expanduser()
    if (model := in_catalog(name)) and not path.exists():
        if not is_pulled(model, cache):
            raise FootnoteError(f"{name} is not here yet: run footnote models pull {name}.")
        return file_of(model, cache)
    try:
        with path.open("rb") as file:
            begin = file.read(len(MAGIC))
    except OSError as error:
        if not path.exists() and path.name == name and path.suffix != ".gguf":
            known_model(name)
        raise FootnoteError(
            f"{path} cannot be read ({error.strerror}): name a GGUF file, or a model that "
            "footnote models list has."
        ) from error
    if begin != MAGIC:
        raise FootnoteError(
            f"{path} is no GGUF file: name another, or a model that footnote models list has."
        )
    return path.resolve()


def values_for(file: Path) -> Values:
    """The settings by which this file writes the answers."""
    return {("answer", "generator"): "gguf", ("gguf", "path"): str(file)}


def use(file: Path, settings: Path) -> None:
    """Write into a settings file that this model writes the answers.

    Raises:
        FootnoteError: The settings file cannot be read, changed or written.
    """
    read = read_settings_file(settings)
    text = with_values(read.text, values_for(file))
    try:
        read.path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FootnoteError(
            f"{read.path} cannot be written ({error.strerror}): change who may write it."
        ) from error
