"""`python -m tests.simulator SEED` plays one schedule and says what happened in it."""

from __future__ import annotations

import asyncio
import logging
import sys

from tests.simulator.schedule import play_schedule


class _VirtualTime(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's name
        """Seconds since the schedule began."""
        del record, datefmt
        return f"{asyncio.get_running_loop().time():8.2f}"


def main() -> None:
    """Play the schedule of the seed on the command line; the exit code is 1 where it went wrong."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_VirtualTime("%(asctime)s s  %(message)s"))
    logging.getLogger("footnote").addHandler(handler)
    logging.getLogger("footnote").setLevel(logging.INFO)
    played = play_schedule(int(sys.argv[1]))
    sys.stdout.write(f"{played.questions} deeds; trouble: {', '.join(played.faults) or 'none'}\n")
    sys.stdout.writelines(f"WRONG: {wrong}\n" for wrong in played.wrong)
    sys.exit(bool(played.wrong))


if __name__ == "__main__":
    main()
