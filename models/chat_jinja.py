"""The Jinja in which chat templates are written: sandboxed, with the helpers that they use.

They are written for the environment of Hugging Face's transformers, `apply_chat_template`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """`{% generation %}…{% endgeneration %}` marks for training what a model writes; text here."""

    tags = {"generation"}  # noqa: RUF012  Jinja declares it as a plain set

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Give the body as it is."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class ChatEnvironment(ImmutableSandboxedEnvironment):
    """What chat templates are compiled in."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Compile templates.

        Args:
            now: The time, for templates that tell the model today's date.
        """
        super().__init__(
            trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
        )
        self.filters["tojson"] = _to_json
        self.globals["raise_exception"] = _raise
        self.globals["strftime_now"] = lambda pattern: now().strftime(pattern)


def _raise(message: object) -> NoReturn:
    raise TemplateError(str(message))


def _to_json(
    value: object,
    ensure_ascii: bool = False,  # noqa: FBT001,FBT002  templates give it by place
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001,FBT002  likewise
) -> str:
    """JSON as a model was trained on it; Jinja's own filter writes it for HTML."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )
