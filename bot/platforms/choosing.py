"""What admins decide about an adapter by a button, on every platform alike.

Who is an admin is asked of the platform each time. The first decision holds, whoever makes it; all
who come later are told of it, and their message then says it as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import Chosen, ChosenBeforeError, Intake

DENIED = "Only admins can decide this: ask one of them."
PROMOTED = "{} has promoted it: further answers are written with it."
KEPT = "{} has kept what was current: answers are written as before."
BEFORE = "This was decided already. {}"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a press.

    Attributes:
        said: What the message says from now on, in place of its buttons.
        told: What is told to the one who pressed, or "".
    """

    said: str
    told: str = ""


async def choose(
    chosen: Chosen, intake: Intake, *, is_admin: bool, safe: Callable[[str], str]
) -> Done:
    """Decide, if nobody has yet.

    Args:
        chosen: What somebody wants.
        intake: Takes it.
        is_admin: Whether they are an admin now.
        safe: Makes a text one in which nothing is alive on this platform.

    Raises:
        UnavailableError: They are no admin, or it was not taken.
        FootnoteError: It cannot be promoted as it is.
    """
    if not is_admin:
        raise UnavailableError(DENIED)
    here = chosen.admin.partition(":")[0]
    try:
        await intake.take(chosen)
    except ChosenBeforeError as error:
        said = _said(error.by, here, safe, promoted=error.promoted)
        return Done(said, BEFORE.format(said))
    return Done(_said(chosen.admin, here, safe, promoted=chosen.promoted))


def _said(by: str, here: str, safe: Callable[[str], str], *, promoted: bool) -> str:
    platform, separator, user = by.partition(":")
    if not separator:
        who = safe(by)
    else:
        who = f"<@{user}>" if platform == here else f"An admin on {platform.title()}"
    return (PROMOTED if promoted else KEPT).format(who)
