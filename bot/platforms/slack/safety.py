"""Text from anywhere, made such that Slack finds nobody in it to call.

What would be alive is broken by a sign of no width, so that it reads as it did.
"""

from __future__ import annotations

import re

from footnote.bot.platforms.pages.safety import BREAK

_ORDER = re.compile(
    r"(?:<|&lt;|&#0{0,5}60;|&#x0{0,4}3c;)(?=\\*[@#!])(?!!--|!doctype)", re.IGNORECASE
)
_EVERYBODY = re.compile(r"@(?=\\*(?:channel|here|everyone|group)(?![a-z0-9_]))", re.IGNORECASE)
_TOKEN_OF_LINK = re.compile(r"<(?=(?:https?|mailto|tel|slack):)", re.IGNORECASE)


def without_mentions(text: str) -> str:
    """The text in which nobody is called: no user, group, channel or everybody."""
    text = _ORDER.sub(lambda sign: sign.group() + BREAK, text)
    text = _TOKEN_OF_LINK.sub(f"<{BREAK}", text)
    return _EVERYBODY.sub(f"@{BREAK}", text)
