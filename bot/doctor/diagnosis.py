"""What the doctor says of one thing that was looked at."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from policies.errors import OversightError


class Soundness(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"  #: nobody looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    what: str
    state: Soundness
    detail: str
    mend: str = ""
    code: str = ""  #: of the kind of mistake; empty where there is none
    file: str = ""  #: that has to be mended
    line: int = 0  #: from 1; 0 where no line is meant
    column: int = 0  #: from 1; 0 where no column is meant

    @property
    def place(self) -> str:
        """``file:line:column: `` as far as known, to stand in front of a sentence."""
        parts = [str(part) for part in (self.file, self.line, self.column) if part]
        return ":".join(parts) + ": " if parts else ""

    def json(self) -> dict[str, object]:
        """The stable form (docs/design.md, 5)."""
        return {
            "check": self.what,
            "state": self.state.value,
            "file": self.file or None,
            "line": self.line or None,
            "column": self.column or None,
            "code": self.code or None,
            "message": self.detail,
            "mend": self.mend or None,
        }


def skipped(what: str, because: str) -> Diagnosis:
    """Says that nobody looked, and why."""
    return Diagnosis(what=what, state=Soundness.SKIPPED, detail=f"not looked at with {because}")


def guarded(what: str, look: Callable[[], Iterable[Diagnosis]]) -> Iterator[Diagnosis]:
    """What a look finds, also where it cannot be finished."""
    try:
        yield from look()
    except OversightError as error:
        yield Diagnosis(what=what, state=Soundness.FAIL, detail=str(error.args[0]), mend=error.mend)
    except (OSError, ssl.SSLError) as error:
        mend = "Check the address and the network."
        yield Diagnosis(what=what, state=Soundness.FAIL, detail=str(error), mend=mend)
