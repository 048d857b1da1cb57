"""What is wrong with the settings, as one sentence that names the place."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

import pydantic_settings
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from footnote.bot.settings.file import Key, SettingsFile
from footnote.bot.settings.schema import ENVIRONMENT_DELIMITER, ENVIRONMENT_PREFIX, Settings
from footnote.retrieval.readers import GROUP

_MISSING = {
    "audience": (
        'source {source} does not say who may see it: write audience = ["everyone"] below '
        '[sources.{source}], or a list of labels such as ["group:hr"].'
    ),
    "kind": 'source {source} has no kind: write kind = "files" below [sources.{source}].',
    "path": 'source {source} has no path: write path = "docs" below [sources.{source}].',
}
_WANTED = {
    "bool": "true or false",
    "decimal": "a number",
    "dict": "a table",
    "enum": "{expected}",
    "finite": "a finite number",
    "float": "a number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "int": "a whole number",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "list": 'a list such as ["everyone"]',
    "literal": "{expected}",
    "model": "a table",
    "path": "a path in quotes",
    "string": "text in quotes",
    "string_too_short": "text that is not empty",
    "too_short": "a list that is not empty",
    "tuple": 'a list such as ["everyone"]',
    "value_error": "{error}",
}
"""What a value must be, by pydantic's type of error or the word that it begins with.

A ValueError of a validator of Footnote's own, or of a plugin, is worded to stand here too.
"""


_PASSWORD = re.compile(r"//[^/\s]*@")


def wrong_settings(
    error: ValidationError, file: SettingsFile, model: type[BaseModel], above: Key = ()
) -> str:
    """The first thing that is wrong, in the order of the file.

    Args:
        error: What pydantic found.
        file: The settings file.
        model: What was validated.
        above: Where in the settings the validated part stands.
    """
    located = [((*above, *details["loc"]), details) for details in error.errors()]
    key, details = min(located, key=lambda item: file.line(item[0]) or 0)
    return _sentence(key, details, file, _known_keys(model, details["loc"][:-1]))


def unreadable_variable(error: pydantic_settings.SettingsError) -> str:
    """A sentence on a variable of the environment whose list or table is not JSON."""
    tables = re.findall(r'"(\w+)"', str(error))
    start = variable_of(tuple(tables[:1]))
    variables = sorted(name for name in os.environ if name.upper().startswith(start))
    return (
        f"The environment variable {' or '.join(variables)} cannot be read: write a list or a "
        'table as JSON, such as ["everyone"].'
    )


def unknown_variable(names: Collection[str]) -> str | None:
    """A sentence on a variable of the environment that looks like a key of a table and is none.

    Args:
        names: The names of the tables.
    """
    for variable in sorted(os.environ):
        name = variable.upper()
        if not name.startswith(ENVIRONMENT_PREFIX) or ENVIRONMENT_DELIMITER not in name:
            continue
        table, _, rest = name.removeprefix(ENVIRONMENT_PREFIX).partition(ENVIRONMENT_DELIMITER)
        if table.lower() not in names:
            meant = [variable_of((close, rest)) for close in _close(table.lower(), names)]
            return f"The environment variable {variable} names no setting{_hint(meant, names)}"
    return None


def undefined_group(settings: Settings) -> str | None:
    """A sentence on the first group that may see a source and that the settings do not define."""
    for name, source in settings.sources.items():
        for index, label in enumerate(source.audience):
            group = label.removeprefix(GROUP)
            if label != group and group not in settings.groups:
                key: Key = ("sources", name, "audience", index)
                what = f'{_named(key)} names "{label}", but [groups] does not define {group}'
                if close := _close(group, settings.groups):
                    return (
                        f'{_place(key, settings.file)}: {what}: did you mean "{GROUP}{close[0]}"?'
                    )
                write = (
                    f'write {group} = ["slack:U7"] below [groups], with the labels of its members'
                )
                return f"{_place(key, settings.file)}: {what}: {write}."
    return None


def variable_of(key: Key) -> str:
    """The variable of the environment that sets a key."""
    return ENVIRONMENT_PREFIX + ENVIRONMENT_DELIMITER.join(str(part).upper() for part in key)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a sentence about a name that is not known, with its full stop."""
    return _hint(_close(name, known), known)


def _close(name: str, known: Collection[str]) -> list[str]:
    return get_close_matches(name, known, n=1)


def _hint(meant: Collection[str], known: Collection[str]) -> str:
    if meant:
        return f": did you mean {next(iter(meant))}?"
    return f": there {'are' if len(known) > 1 else 'is only'} {', '.join(sorted(known))}."


def _sentence(key: Key, details: ErrorDetails, file: SettingsFile, known: Collection[str]) -> str:
    kind = details["type"]
    variable = _variable(key)
    place = _place(key, file)
    name = key[-1]
    if kind == "missing":
        return f"{file.place(key)}: " + _missing(key)
    if kind == "extra_forbidden":
        table = f"[{_dotted(key[:-1])}]" if len(key) > 1 else "the settings"
        what = f"{table} {'has' if len(key) > 1 else 'have'} no key {name}"
        return f"{place}: {what}{did_you_mean(str(name), known)}"
    if name == "[key]":
        return (
            f"{place}: {json.dumps(key[-2])} cannot be the name of a {str(key[0])[:-1]}: use small "
            'letters, digits, "-" and "_", beginning with a letter or digit.'
        )
    value = _shown(details["input"])
    wanted = _wanted(kind, details.get("ctx", {})) or details["msg"]
    if variable:
        return f"{place} is {value} but must be {wanted}."
    return f"{place}: {_named(key)} is {value} but must be {wanted}."


def _place(key: Key, file: SettingsFile) -> str:
    variable = _variable(key)
    return f"The environment variable {variable}" if variable else file.place(key)


def _missing(key: Key) -> str:
    name = str(key[-1])
    if len(key) == 3 and name in _MISSING:  # noqa: PLR2004  ("sources", its name, the key)
        return _MISSING[name].format(source=key[1])
    return f"[{_dotted(key[:-1])}] needs the key {name}: add a line {name} = … to it."


def _variable(key: Key) -> str | None:
    """The variable of the environment that sets this key or a table above it, if there is one."""
    present = {name.upper(): name for name in os.environ}
    variables = (variable_of(key[:length]) for length in range(len(key), 0, -1))
    return next((present[name] for name in variables if name in present), None)


def _wanted(kind: str, context: Mapping[str, object]) -> str:
    template = _WANTED.get(kind) or _WANTED.get(kind.split("_", maxsplit=1)[0], "")
    return template.format(**context).replace("'", '"')


def _shown(value: object) -> str:
    """The value as TOML would have it, shortened, and without the password of a URL."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError:
        text = str(value)
    text = _PASSWORD.sub("//…@", text)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004  fits in a sentence


def _named(key: Key) -> str:
    """The key as the file has it: "[answer] gate"."""
    names = [part for part in key if isinstance(part, str)]
    return " ".join([f"[{'.'.join(names[:-1])}]"] * (len(names) > 1) + names[-1:])


def _dotted(key: Key) -> str:
    return ".".join(str(part) for part in key)


def _known_keys(model: type[BaseModel], path: Key) -> Collection[str]:
    """The keys of the table that `path` leads to within a model."""
    for part in path:
        field = model.model_fields.get(str(part))
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return ()
        model = inner
    return tuple(model.model_fields)
