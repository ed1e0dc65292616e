"""When a run writes, measures and stops, and where it notes what happens."""

import json
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When a run writes, measures and stops."""

    #: Seconds between checkpoints.
    save_every: float = 150.0
    #: Steps between measurements on the validation split.
    measure_every: int = 1000
    #: Steps between loss lines in the log.
    log_every: int = 50
    #: Steps of this start, None for all that are left.
    at_most: int | None = None
    #: Seconds of this start, None for as many as it takes. On a machine that others use as well the number of steps
    #: until a given hour is not known, so the rate then falls with the clock to nought instead of with the steps.
    seconds: float | None = None

    def left(self, elapsed: float) -> float:
        """Return the part of this start's time that is left, 1 where it has no limit."""
        return 1.0 if self.seconds is None else max(0.0, 1 - elapsed / self.seconds)


class Diary:
    """Appends JSON lines to the run's log."""

    def __init__(self, path: Path) -> None:
        """Write to `path`."""
        self._path = path

    def note(self, **facts: object) -> None:
        """Append one line with the time of day."""
        line = json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **facts})
        with self._path.open("a", encoding="utf-8") as log:
            log.write(line + "\n")


class Stop:
    """Turns the first SIGTERM or SIGINT into a wish, so that the run can write its checkpoint."""

    def __init__(self) -> None:
        """Listen."""
        self.wished = False
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._wish)

    def _wish(self, _sign: int, _frame: FrameType | None) -> None:
        self.wished = True
